"""From what was posted to what is kept: read, marked and scored at the door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveys.instrument import Answers, Instrument, RawAnswers
from surveys.instrument.raw import Posted
from surveys.records.kinds import Mode

Source = RawAnswers | Posted | Mapping[str, Sequence[str]]

WHO_FILLED = "who_filled"  # the question that says who held the device
MODES = {"interviewer": Mode.INTERVIEWER}
TOWN = "town"  # where a volunteer says they live


@dataclass(frozen=True, repr=False)
class ReadAnswers:
    """One person's answers as they are kept; `town` is the reported one, empty when not asked or not said."""

    answers: bytes
    marks: str
    scores: dict[str, float]
    cell: str
    mode: Mode
    town: str


def read_answers(instrument: Instrument, form: str, raw: Source, mode: Mode | None = None) -> ReadAnswers:
    """Read a posted form; raises AnswersInvalid with every question at fault, or Ineligible."""
    answers = instrument.read(raw, form=form)
    town = answers.get(TOWN)
    return ReadAnswers(
        answers=instrument.canonical(answers),
        marks=instrument.marks(answers),
        scores=instrument.scores(answers),
        cell=instrument.cell(answers),
        mode=mode or mode_of(answers),
        town=town if isinstance(town, str) else "",
    )


def mode_of(answers: Answers) -> Mode:
    """Self, unless the form itself says that an interviewer filled it in."""
    filled = answers.get(WHO_FILLED)
    return MODES.get(filled, Mode.SELF) if isinstance(filled, str) else Mode.SELF
