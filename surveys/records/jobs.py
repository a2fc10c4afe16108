"""Background jobs: this table is the truth, the queue only carries ids."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Mapped, mapped_column

from surveys.records.base import Code, RegistrarRecord
from surveys.records.kinds import JobState


class Job(RegistrarRecord):
    """A piece of long work: who asked, what for, how far it is, and what came of it."""

    __tablename__ = "job"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(Code)
    wave_id: Mapped[int | None]
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    account_id: Mapped[int | None]
    state: Mapped[JobState] = mapped_column(default=JobState.WAITING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)  # 0 while unknown
    step: Mapped[str] = mapped_column(Code, default="")  # code of what it is doing now
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    fault: Mapped[str] = mapped_column(default="")
