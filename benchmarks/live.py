"""How long PostgreSQL takes to add up a million sealed synthetic answers where they lie: the indicators, and all.

Run: python -m benchmarks.live [answers] [--explain]   (5 s wanted for the indicators of a million, best of three)

On a server of the tests' own in a temporary folder (2 GB for a million; deleted at the end), or on the one that
TEST_POSTGRES_URL names. Some thousand people are simulated one by one; the others are their likes, each with the place
in the design of one of them and the cell, marks and scores of another. 模拟数据: nobody exists.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from benchmarks.invented import demonstration
from migrations import upgrade
from surveys.analysis.totals.live import sums_of_wave
from surveys.analysis.totals.partial import Partial
from surveys.analysis.totals.wanted import Wanted
from surveys.instrument import Instrument
from tests import postgres
from webapp.db import engine_for

ANSWERS, SIMULATED = 1_000_000, 18_000
COMPLETES_A_DWELLING = 180  # of the demonstration's design, for each dwelling taken in a PSU
WANTED, TIMES = 5.0, 3

PEOPLE = "CREATE TEMPORARY TABLE person AS SELECT row_number() OVER (ORDER BY id) - 1 AS n, * FROM response"
LIKES = """
INSERT INTO response (id, wave_id, instrument_version_id, form, mode, channel, phase, stratum, psu, town, base_weight,
  subject, rater, cell, marks, scores, answers, receipt_id, commitment_key)
SELECT gen_random_uuid(), a.wave_id, a.instrument_version_id, b.form, b.mode, a.channel, a.phase, a.stratum, a.psu,
  a.town, a.base_weight, '', '', b.cell, b.marks, b.scores, b.answers, uuid_send(gen_random_uuid()),
  uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
FROM generate_series(CAST(:people AS bigint), CAST(:answers AS bigint) - 1) AS one
JOIN person AS a ON a.n = one % :people
JOIN person AS b ON b.n = (one * 7919 + one / CAST(:people AS bigint) * 104729) % :people
"""


def filled(engine: Engine, answers: int) -> tuple[int, Instrument]:
    """A closed wave with so many answers, in a database without tables; the wave's id and its instrument."""
    upgrade(engine, "box")
    with Session(engine) as box:
        wave = demonstration(box, take=max(1, min(answers, SIMULATED) // COMPLETES_A_DWELLING), opened=0).wave
        found = wave.id, Instrument.parse(wave.instrument_version.content)
        box.execute(text(PEOPLE))
        people = box.execute(text("SELECT count(*) FROM person")).scalar_one()
        box.execute(text(LIKES), {"people": people, "answers": answers})
        box.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE response"))  # as its own cleaner would in time
    return found


def measured(engine: Engine, wave_id: int, wanted: Wanted, what: str) -> float:
    """The least seconds of some runs, each in a transaction of its own; printed with those in the database alone."""
    runs = [run(engine, wave_id, wanted) for _ in range(TIMES)]
    seconds, inside, sums = min(runs, key=lambda one: one[0])
    size = f"{len(sums):,} rows, {sums.numbers.shape[1] + sums.counts.shape[1]} columns"
    print(f"{seconds:6.2f} s  {what}: {size} ({inside:.2f} s until PostgreSQL has answered)", flush=True)
    return seconds


def run(engine: Engine, wave_id: int, wanted: Wanted) -> tuple[float, float, Partial]:
    """Seconds of the group-by as the engine `database` does it, those inside the database, and what it came to."""
    asked: list[float] = []

    def watching(*_said: Any) -> None:
        asked.append(time.perf_counter())

    with Session(engine) as box:
        for moment in ("before_cursor_execute", "after_cursor_execute"):
            event.listen(box.connection(), moment, watching)
        started = time.perf_counter()
        sums = sums_of_wave(box, wave_id, wanted)
        return time.perf_counter() - started, asked[-1] - asked[-2], sums


def explained(engine: Engine, wave_id: int, wanted: Wanted) -> str:
    """What PostgreSQL did for the group-by, and how long each step took."""
    statements: list[tuple[str, Any]] = []
    with Session(engine) as box:
        event.listen(box.connection(), "before_cursor_execute", lambda *said: statements.append((said[2], said[3])))
        sums_of_wave(box, wave_id, wanted)
        statement, values = statements[-1]
        asked = box.connection().exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", values)
        return "\n".join(row[0][:180] for row in asked)


def main() -> int:
    """1 when the indicators took longer than wanted."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    answers = numbers[0] if numbers else ANSWERS
    with postgres.databases() as databases:
        url = databases.create()
        engine = engine_for(url, durable=False)
        wave_id, instrument = filled(engine, answers)
        wanted = Wanted.by(instrument)
        alone = wanted.without_marks()
        print(f"{answers:,} synthetic answers (模拟数据) on PostgreSQL, best of {TIMES}", flush=True)
        seconds = measured(engine, wave_id, alone, "indicators")
        measured(engine, wave_id, wanted, "indicators and marks of every item")
        print(f"{seconds / WANTED:6.2f}    of the {WANTED:.0f} s wanted for the indicators")
        if "--explain" in sys.argv:
            print(explained(engine, wave_id, alone))
        engine.dispose()
        databases.drop(url)
    return 0 if seconds <= WANTED else 1


if __name__ == "__main__":
    raise SystemExit(main())
