"""How long the steps of long work take."""

from __future__ import annotations

import time
from collections.abc import Callable


class Watch:
    """Passes progress on, and adds up the seconds of each step until the next one is reported."""

    def __init__(self, progress: Callable[[int, int, str], None]) -> None:
        self._progress = progress
        self._step, self._since = "", time.monotonic()
        self._seconds: dict[str, float] = {}

    def __call__(self, done: int, total: int, step: str) -> None:
        """Note `done` of `total` of a step."""
        self._note()
        self._step = step
        self._progress(done, total, step)

    @property
    def seconds(self) -> dict[str, float]:
        """By step in the order they began, rounded to milliseconds; the step under way is counted until now."""
        self._note()
        return {step: round(seconds, 3) for step, seconds in self._seconds.items()}

    def _note(self) -> None:
        now = time.monotonic()
        if self._step:
            self._seconds[self._step] = self._seconds.get(self._step, 0.0) + now - self._since
        self._since = now
