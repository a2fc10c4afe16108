"""Dask over the parts of a snapshot: the one module that knows it.

A task is pure: one part in, a small table of sums out. So a task whose worker died is done again by another, and the
parts are added here in the order they were given in, whoever was first.
"""
# mypy: allow-untyped-calls

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from dask import config
from distributed import Client, Future, KilledWorker, LocalCluster

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.totals.partial import Partial
from surveys.errors import Refusal

WORKERS, LOOPBACK = 2, "127.0.0.1"
UNDER_WAY = ("pending", "lost")
LOOK_EVERY, PATIENCE = 0.05, 60  # seconds
WAIT = "30s"  # for a scheduler elsewhere
QUIET = {
    "distributed.worker.memory.spill": False,  # workers hold sums, never answers
    "distributed.worker.memory.target": False,
    "distributed.scheduler.http.routes": [],  # no page tells what is done here
    "distributed.worker.http.routes": [],
}

P = TypeVar("P")
Progress = Callable[[int, int], None]  # parts done, of how many


@dataclass(frozen=True)
class Refused:
    """A refusal on its way from a worker to us."""

    code: str
    values: dict[str, Any]


def each(
    client: Client,
    task: Callable[[P], Partial],
    parts: Sequence[P],
    progress: Progress,
    patience: float = PATIENCE,
) -> list[Partial]:
    """The task's result for every part, in the order of `parts`; `patience`: seconds without any worker.

    Raises AnalysisRefused totals.worker_lost, totals.no_workers, and what the task refuses.
    """
    futures = client.map(Carried(task), parts, pure=False, key="part")
    _watch(client, futures, progress, patience)
    try:
        found = client.gather(futures)
    except KilledWorker as fault:
        lost = "、".join(_lost(futures, parts))
        raise AnalysisRefused("totals.worker_lost", parts=lost, times=fault.allowed_failures + 1) from fault
    for result in found:
        if isinstance(result, Refused):
            raise AnalysisRefused(result.code, **result.values)
    return list(found)


def _lost(futures: Sequence[Future[Any]], parts: Sequence[object]) -> Iterator[str]:
    """The parts that were with a worker whenever it died: those it worked on, and those that waited for it."""
    for future, part in zip(futures, parts, strict=True):
        if future.status == "error" and isinstance(future.exception(), KilledWorker):
            yield str(getattr(part, "name", part))


def _watch(client: Client, futures: Sequence[Future[Any]], progress: Progress, patience: float) -> None:
    """Report until every part is done; looked at again and again, for a result is no longer done once its worker died.

    Raises AnalysisRefused totals.no_workers when nobody has worked for `patience` seconds.
    """
    reported, last_seen = 0, time.monotonic()
    while reported < len(futures):
        done = sum(future.status not in UNDER_WAY for future in futures)
        for number in range(reported + 1, done + 1):
            progress(number, len(futures))
        reported = max(reported, done)
        if reported < len(futures):
            time.sleep(LOOK_EVERY)
            if client.nthreads():
                last_seen = time.monotonic()
            elif time.monotonic() - last_seen > patience:
                raise AnalysisRefused("totals.no_workers", seconds=round(patience))


@contextmanager
def client_of(scheduler: str = "", workers: int = WORKERS) -> Iterator[Client]:
    """A way to the workers: of the scheduler with this address, or processes of our own until the block ends.

    Raises AnalysisRefused totals.scheduler.
    """
    with config.set(QUIET), _connected(scheduler) if scheduler else _local(workers) as client:
        yield client


@dataclass(frozen=True)
class Carried:
    """The task, with a refusal as its result: exceptions that carry names do not travel well."""

    task: Callable[[Any], Partial]

    def __call__(self, part: Any) -> Partial | Refused:
        try:
            return self.task(part)
        except Refusal as refusal:
            return Refused(refusal.code, refusal.values)


@contextmanager
def _connected(scheduler: str) -> Iterator[Client]:
    try:
        client = Client(scheduler, timeout=WAIT, set_as_default=False)
    except (OSError, ValueError) as fault:
        raise AnalysisRefused("totals.scheduler", address=scheduler) from fault
    with client:
        yield client


@contextmanager
def _local(workers: int) -> Iterator[Client]:
    """Processes of our own on loopback; keys of the moment keep the other users of the machine out."""
    with (
        tempfile.TemporaryDirectory(prefix="minping-dask-") as scratch,
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host=LOOPBACK,
            dashboard_address=None,
            scheduler_kwargs={"dashboard_address": f"{LOOPBACK}:0"},
            security=True,
            local_directory=scratch,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client
