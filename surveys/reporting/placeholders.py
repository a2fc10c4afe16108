"""Filling {name} places in stored sentences; nothing else in braces means anything."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACE = re.compile(r"\{([a-z0-9_]+)\}")


def filled(sentence: str, values: Mapping[str, object]) -> str:
    """The sentence with each {name} replaced once by its value as text; unknown names stay as they are.

    Values are never read as places themselves, and nothing is looked up on them, as str.format would.
    """
    return PLACE.sub(lambda found: str(values.get(found[1], found[0])), sentence)
