"""A fault so grave that it decides the grade."""

from __future__ import annotations

from surveys.instrument.questions import QUESTION_TYPES
from surveys.instrument.types.flag import Flag


@QUESTION_TYPES.register("veto")
class Veto(Flag):
    """A tick for a veto item (一票否决). It changes the grade once confirmed, never the score."""

    control = "veto"
    is_veto = True
