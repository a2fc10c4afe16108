"""Refusals: what somebody asked for and cannot have, as a code with its values. The web words them for the reader."""

from __future__ import annotations

from dataclasses import dataclass, field


class Refusal(Exception):
    """A request that cannot be met; `code` names why, `values` fill the sentence a reader sees."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values: dict[str, object] = values

    def __str__(self) -> str:
        said = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{self.code} ({said})" if said else self.code


class AnswerInvalid(Refusal):
    """One question's answer cannot be taken as it stands."""


class AnswersInvalid(Refusal):
    """Some answers cannot be taken; every question at fault is named, never only the first."""

    def __init__(self, faults: dict[str, AnswerInvalid]) -> None:
        super().__init__("answers.invalid", questions=", ".join(faults))
        self.faults = faults


class Ineligible(Refusal):
    """An answer that ends the interview kindly: the person does not belong to the target population."""


@dataclass(frozen=True)
class FileFault:
    """One fault in a file: where it stands, what stood there, and the code of what to mend."""

    code: str
    row: int | None = None
    column: str = ""
    value: str = ""
    values: dict[str, object] = field(default_factory=dict)


class FileRefused(Refusal):
    """A file that is not taken at all; nothing of it was kept."""

    def __init__(self, faults: list[FileFault]) -> None:
        super().__init__("file.refused", count=len(faults))
        self.faults = faults


class InstrumentInvalid(Refusal):
    """An instrument file that cannot be published; each fault says its place."""

    def __init__(self, faults: list[FileFault]) -> None:
        super().__init__("instrument.invalid", count=len(faults))
        self.faults = faults

    def __str__(self) -> str:
        return "; ".join(f"{fault.column}: {fault.code} {fault.value}".strip() for fault in self.faults)


class UnknownCode(Refusal):
    """An access code that no pass of this installation knows."""


class SpentCode(Refusal):
    """An access code whose slot has been used."""


class NotYetOpen(Refusal):
    """The wave has not opened."""


class Closed(Refusal):
    """The wave has closed, or its approval has expired."""


class NotFound(Refusal):
    """It does not exist, or not for this person: both look alike."""


class NotAllowed(Refusal):
    """The person is known and may not do this."""


class Conflict(Refusal):
    """What was asked does not fit the present state, for example closing a wave that is not open."""
