"""File formats a frame may come in: one file each, discovered, no list."""

from __future__ import annotations

from typing import Protocol

from surveys.plugins import Registry
from surveys.sampling.table import Table


class FrameFormat(Protocol):
    """Reads one kind of file into a table of text."""

    def recognises(self, content: bytes) -> bool:
        """Whether these bytes are of this kind, told by the bytes and never by the file's name."""

    def table(self, content: bytes) -> Table:
        """The table; raises FileRefused when the file is damaged, locked or larger than the limits."""


FRAME_FORMATS: Registry[FrameFormat] = Registry(__name__)
