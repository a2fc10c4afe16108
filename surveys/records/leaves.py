"""The ledger's rows: pending leaves of a running phase, leaves in their Merkle log, and checkpoints."""

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from surveys.records.base import WITHOUT_ROWID, BoxRecord, Code


class PendingLeaf(BoxRecord):
    """A leaf whose phase is not sealed; it has no order yet."""

    __tablename__ = "pending_leaf"
    __table_args__ = WITHOUT_ROWID

    leaf: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    tag: Mapped[bytes] = mapped_column(LargeBinary(32))
    commitment: Mapped[bytes] = mapped_column(LargeBinary(32))


class Leaf(BoxRecord):
    """A leaf in a wave's log, in its place for good; batches are numbered, never dated."""

    __tablename__ = "leaf"

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[int]
    leaf: Mapped[bytes] = mapped_column(LargeBinary(32))
    kind: Mapped[str] = mapped_column(Code)
    tag: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    commitment: Mapped[bytes] = mapped_column(LargeBinary(32))


class Checkpoint(BoxRecord):
    """The log's size and root after a batch."""

    __tablename__ = "checkpoint"

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    batch: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int]
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
