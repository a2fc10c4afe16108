"""Progress of long work in the terminal: one bar a step, on standard error so that output can be piped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from webapp.words import is_worded, word

Report = Callable[[str, int, int], None]  # step, done, total


class Bars:
    """Draws a bar for each step as it is reported; a step that begins again gets a new one."""

    def __init__(self, drawn: Progress) -> None:
        self._drawn = drawn
        self._step, self._task, self._done = "", TaskID(0), 0

    def __call__(self, step: str, done: int, total: int) -> None:
        """Note `done` of `total` of a step; `step` is worded as "step.<step>" or "command.step.<step>"."""
        if step != self._step or done < self._done:
            self._finish()
            self._step, self._task = step, self._drawn.add_task(step_words(step), total=total)
        self._done = done
        self._drawn.update(self._task, completed=done, total=total)

    def _finish(self) -> None:
        """What began before is over, whatever its total was."""
        if self._step:
            self._drawn.update(self._task, completed=self._done, total=self._done)


@contextmanager
def bars() -> Iterator[Report]:
    """Gives the function that work reports to."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as drawn:
        yield Bars(drawn)


def step_words(step: str) -> str:
    """A step in both languages, or its bare name; "answers-2" is the third round of "answers"."""
    name, _, place = step.partition("-")
    number = f" {int(place) + 1}" if place.isdigit() else ""
    codes = [f"{kind}.{name if number else step}" for kind in ("step", "command.step")]
    code = next((code for code in codes if is_worded(code)), None)
    return step if code is None else f"{word(code, lang='zh')}{number} / {word(code, lang='en')}{number}"
