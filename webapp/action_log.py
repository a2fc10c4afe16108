"""The append-only action log: who did what and when, each line chained to the one before by its hash."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from surveys.records.staff import Action

START = bytes(32)


def record_action(
    registrar: Session, account_id: int | None, action: str, wave_id: int | None, now: datetime, **details: object
) -> Action:
    """Append one line; `account_id` is None for the command line.

    `details` are small JSON values: never an answer, a code, or a resident's address.
    """
    if registrar.get_bind().dialect.name == "postgresql":
        registrar.execute(text("LOCK TABLE action IN SHARE ROW EXCLUSIVE MODE"))  # one line after the other
    last = registrar.scalar(select(Action).order_by(Action.sequence.desc()).limit(1))
    line = Action(
        sequence=last.sequence + 1 if last else 1,
        at=now,
        account_id=account_id,
        action=action,
        wave_id=wave_id,
        details=details,
        previous=last.digest if last else START,
    )
    line.digest = digest(line)
    registrar.add(line)
    registrar.flush()
    return line


def digest(line: Action) -> bytes:
    """SHA-256 over the previous digest and the line as canonical JSON."""
    said = [line.sequence, line.at.isoformat(), line.account_id, line.action, line.wave_id, line.details]
    canonical = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(line.previous + canonical.encode()).digest()


def verify_chain(registrar: Session) -> int | None:
    """The sequence number of the first line that was altered, removed or put in; None when all agree."""
    previous, expected = START, 1
    for line in registrar.scalars(select(Action).order_by(Action.sequence).execution_options(yield_per=1000)):
        if line.sequence != expected or line.previous != previous or line.digest != digest(line):
            return expected
        previous, expected = line.digest, expected + 1
    return None
