"""Files a release is handed over in: one module each, discovered. All numbers come from surveys.reporting.numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from surveys.plugins import Registry
from surveys.records.kinds import Audience
from surveys.reporting.edition import Edition


@dataclass(frozen=True)
class File:
    """One rendered file; `format` is its name among a release's renditions."""

    format: str
    filename: str
    media_type: str
    content: bytes


class Format(ABC):
    """One kind of file; `audiences` says for whom it is made."""

    audiences: ClassVar[frozenset[Audience]] = frozenset({Audience.OFFICIAL})

    @abstractmethod
    def render(self, edition: Edition) -> Iterator[File]:
        """The file, or the files, of one edition."""


FORMATS: Registry[Format] = Registry("surveys.reporting.formats")


def filename(edition: Edition, ending: str) -> str:
    """A plain file name that says wave, release and, where it is so, that the data are synthetic."""
    synthetic = "-synthetic" if edition.synthetic else ""
    return f"{edition.wave.code}-r{edition.release.number}{synthetic}-{edition.audience.value}.{ending}"
