"""How long 20,000 sealed synthetic answers take from store to release, and then their files.

Run: python -m benchmarks.release_speed [answers] [database URL]   (a fresh SQLite file by default; under 3 s wanted)
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.invented import demonstration
from migrations import upgrade
from surveys.records.kinds import Audience
from surveys.records.responses import Response
from surveys.reporting.edition import edition
from surveys.reporting.prepare import Progress, prepare_figures, render
from webapp.db import engine_for

ANSWERS = 20_000
WANTED = 3.0
COMPLETES_A_DWELLING = 180  # of the demonstration's design, for each dwelling taken in a PSU
NOW = datetime(2021, 12, 20, 3, 0, tzinfo=UTC)


def measure(url: str, answers: int) -> float:
    """Seconds from store to release; prints each part."""
    engine = engine_for(url, durable=False)
    upgrade(engine, "box")
    with Session(engine) as box:
        invented = demonstration(box, take=max(1, round(answers / COMPLETES_A_DWELLING)))
        box.commit()
        kept = box.scalar(select(func.count()).select_from(Response))
        print(f"{kept:,} synthetic answers (模拟数据) on {engine.dialect.name}")
        start = time.perf_counter()
        release = prepare_figures(box, invented.wave, invented.fieldwork, NOW, _step(start))
        box.commit()
        seconds = time.perf_counter() - start
        print(f"{seconds:6.2f} s  release committed, {len(release.figures):,} figures")
        for audience in Audience:
            render(box, edition(box, release, audience), _step(start))
        box.commit()
        print(f"{time.perf_counter() - start:6.2f} s  all files kept")
    engine.dispose()
    return seconds


def _step(start: float) -> Progress:
    return lambda _done, step: print(f"{time.perf_counter() - start:6.2f} s  {step} …")


def main() -> int:
    """1 when it took longer than wanted."""
    answers = int(sys.argv[1]) if len(sys.argv) > 1 else ANSWERS
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{Path(folder) / 'box.db'}"
        seconds = measure(url, answers)
    return 0 if seconds < WANTED else 1


if __name__ == "__main__":
    raise SystemExit(main())
