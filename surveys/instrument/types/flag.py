"""A box to tick."""

from __future__ import annotations

from surveys.errors import AnswerInvalid
from surveys.instrument.missing import Missing
from surveys.instrument.questions import QUESTION_TYPES, Item, Question, QuestionType
from surveys.instrument.raw import RawAnswer
from surveys.instrument.texts import Text

TICKED = "1"


@QUESTION_TYPES.register("flag")
class Flag(QuestionType[bool]):
    """One tick box: ticked is yes, not ticked is no. Where silence must differ from no, ask a single question."""

    control = "flag"
    alphabet = "10-"

    def read(self, question: Question, raw: RawAnswer) -> bool | Missing:
        if not raw.given:
            return False
        if raw.only != TICKED:
            raise AnswerInvalid("choice.unknown", given=raw.only)
        return True

    def mark(self, question: Question, item: Item, value: bool) -> str:
        return "1" if value else "0"

    def choices(self, question_text: Text) -> dict[str, Text]:
        return {TICKED: question_text}

    def codes(self, value: bool) -> frozenset[str]:
        return frozenset((TICKED,)) if value else frozenset()
