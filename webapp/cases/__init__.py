"""Evaluations of enforcement cases: the evaluators' public pages, and the assessor's."""

from webapp.cases.evaluate import bp as evaluators

__all__ = ["evaluators"]
