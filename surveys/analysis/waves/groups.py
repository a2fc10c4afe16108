"""Whom a release can speak of: the kinds of domains, and the questions whose answers are reporting groups.

Imports nothing heavy: the plan, which web pages read, stands on it.
"""

from __future__ import annotations

from surveys.analysis.drafts import DISTRICT
from surveys.instrument import Instrument, Question

TOWN, KIND = "town", "kind"
COMPARISONS = "comparisons"  # the part of a release that holds differences
REST = "rest"  # of the district: what one of its domains is compared with
BETWEEN = ":"  # "2:1" is code 2 minus code 1


def group_questions(instrument: Instrument) -> list[Question]:
    """Questions whose answers are reporting groups. A reported town is none: a town is the frame's."""
    asked = instrument.questions.values()
    return [question for question in asked if question.cell in ("margin", "domain") and question.code != TOWN]


def group_codes(question: Question) -> list[str]:
    """The answers that name a group: neither missing, nor one that ends the interview."""
    return [code for code in question.substantive if code not in question.ending]


def kinds_of_domain(instrument: Instrument) -> list[str]:
    """Every kind of domain that a release of this instrument may report, in print order."""
    return [DISTRICT, TOWN, KIND, *(question.code for question in group_questions(instrument))]
