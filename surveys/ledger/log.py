"""A wave's log: leaves wait without an order until their phase is sealed, then take their places for good."""

from __future__ import annotations

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from surveys.ledger.leaves import RESPONSE, commitment_of, leaf_of, tag_of
from surveys.ledger.tree import root_of
from surveys.records.leaves import Checkpoint, Leaf, PendingLeaf
from surveys.records.responses import Kept
from surveys.records.waves import Wave


def append(box: Session, wave: Wave, kept: Kept, instrument_sha256: str) -> bytes:
    """Add the pending leaf of an answer, in the answer's own transaction; returns its tag."""
    tag = tag_of(wave.log_id, kept.receipt_id)
    commitment = commitment_of(kept.commitment_key, kept.answers, instrument_sha256, kept.channel.value)
    leaf = leaf_of(wave.log_id, RESPONSE, tag, commitment)
    box.add(PendingLeaf(leaf=leaf, wave_id=wave.id, kind=RESPONSE, tag=tag, commitment=commitment))
    return tag


def seal_pending(box: Session, wave: Wave) -> Checkpoint:
    """Move all pending leaves of the wave into its log as one batch, sorted by hash, and add the checkpoint."""
    last = latest_checkpoint(box, wave.id)
    size, batch = (last.size, last.batch + 1) if last else (0, 1)
    columns = (PendingLeaf.leaf, PendingLeaf.kind, PendingLeaf.tag, PendingLeaf.commitment)
    pending = box.execute(select(*columns).where(PendingLeaf.wave_id == wave.id)).mappings().all()
    rows = [
        {**row, "wave_id": wave.id, "position": size + place, "batch": batch}
        for place, row in enumerate(sorted(pending, key=lambda row: bytes(row["leaf"])))
    ]
    if rows:
        box.execute(insert(Leaf), rows)
    box.execute(delete(PendingLeaf).where(PendingLeaf.wave_id == wave.id))
    leaves = leaf_hashes(box, wave.id)
    checkpoint = Checkpoint(wave_id=wave.id, batch=batch, size=len(leaves), root=root_of(leaves))
    box.add(checkpoint)
    box.flush()
    return checkpoint


def latest_checkpoint(box: Session, wave_id: int) -> Checkpoint | None:
    """The newest checkpoint of a wave, None before its first sealing."""
    return box.scalars(
        select(Checkpoint).where(Checkpoint.wave_id == wave_id).order_by(Checkpoint.batch.desc())
    ).first()


def leaf_hashes(box: Session, wave_id: int) -> list[bytes]:
    """All sealed leaf hashes in the log's order."""
    return [
        bytes(leaf) for leaf in box.scalars(select(Leaf.leaf).where(Leaf.wave_id == wave_id).order_by(Leaf.position))
    ]


def broken_checkpoints(box: Session, wave: Wave) -> list[int]:
    """The batches whose size or root the leaves no longer give; empty when the log is whole.

    Each leaf is computed anew from its tag and commitment, so an edited row is found too.
    """
    ordered = select(Leaf).where(Leaf.wave_id == wave.id).order_by(Leaf.position)
    leaves = [leaf_of(wave.log_id, row.kind, row.tag, row.commitment) for row in box.scalars(ordered)]
    kept = leaf_hashes(box, wave.id)
    checkpoints = box.scalars(select(Checkpoint).where(Checkpoint.wave_id == wave.id).order_by(Checkpoint.batch)).all()
    broken = [point.batch for point in checkpoints if not _stands(point, leaves, kept)]
    beyond = len(kept) - (checkpoints[-1].size if checkpoints else 0)
    return broken or ([checkpoints[-1].batch if checkpoints else 0] if beyond else [])


def _stands(checkpoint: Checkpoint, leaves: list[bytes], kept: list[bytes]) -> bool:
    covered = leaves[: checkpoint.size]
    whole = len(covered) == checkpoint.size and covered == kept[: checkpoint.size]
    return whole and root_of(covered) == checkpoint.root
