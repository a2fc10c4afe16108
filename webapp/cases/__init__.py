"""Evaluations of enforcement cases: the evaluators' public pages, and the assessor's."""

from webapp.cases import drawing, follow, panel, parties, register, vetoes
from webapp.cases.assess import bp as assessors
from webapp.cases.evaluate import bp as evaluators

__all__ = ["assessors", "drawing", "evaluators", "follow", "panel", "parties", "register", "vetoes"]
