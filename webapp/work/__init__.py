"""Kinds of long work, one file each, run by the worker and never loaded by the web.

    @JOB_KINDS.register("analyse")
    def analyse(job: Job, stores: Stores, progress: Progress) -> dict[str, object]: ...

`job` is detached: read `wave_id`, `parameters`, `account_id`. What the function gives is kept as the
job's result; `{"next": "/waves/x/analysis"}` is offered as the way on. A Refusal it raises is worded
for the reader. Work must be safe to start again after it was interrupted.
"""

from __future__ import annotations

from typing import Protocol

from surveys.plugins import Registry
from surveys.records.jobs import Job
from webapp.db import Stores


class Progress(Protocol):
    """Says how far a job is, in a short transaction of its own; `step` is worded as "step.<step>"."""

    def __call__(self, done: int, total: int, step: str = "") -> None: ...


class Work(Protocol):
    """A kind of work."""

    def __call__(self, job: Job, stores: Stores, progress: Progress) -> dict[str, object]: ...


JOB_KINDS: Registry[Work] = Registry("webapp.work")
