"""Inviting evaluators: one code each; a slot and a pass for every case they see."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from surveys.collection.codes import AccessCode
from surveys.errors import Conflict, NotFound
from surveys.records.kinds import Channel, PassKind
from surveys.records.passes import Pass, Slot
from surveys.records.registers import Evaluator

PANEL, PARTY = "panel", "party"


@dataclass(frozen=True)
class Invited:
    """One evaluator with a fresh code, in memory only; `rater` is "<group>-<nn>" for the panel, empty for a party."""

    kind: str
    group: str
    name: str
    rater: str
    code: AccessCode
    cases: tuple[str, ...]


def panel_member(registrar: Session, wave_id: int, group: str, name: str, cases: Sequence[str]) -> Invited:
    """A panel member of a group with the next pseudonym of the wave, invited to `cases`."""
    before = registrar.scalar(
        select(func.count()).where(
            Evaluator.wave_id == wave_id, Evaluator.kind == PANEL, Evaluator.panel_group == group
        )
    )
    rater = f"{group}-{(before or 0) + 1:02d}"
    return Invited(PANEL, group, name, rater, AccessCode.random(), tuple(cases))


def party(case: str) -> Invited:
    """A party of one case; neither name nor pseudonym is kept."""
    return Invited(PARTY, "", "", "", AccessCode.random(), (case,))


def write_evaluator_passes(box: Session, wave_id: int, invited: Sequence[Invited]) -> None:
    """Let the codes in: a slot and a pass for each case, in shuffled order, before the registrar hears of them."""
    batch = uuid4()
    order = [(one, case) for one in invited for case in one.cases]
    secrets.SystemRandom().shuffle(order)
    for one, case in order:
        slot = Slot(
            id=uuid4(),
            wave_id=wave_id,
            channel=Channel.PANEL if one.kind == PANEL else Channel.PARTY,
            form=one.kind,
            subject=case,
            rater=one.rater,
        )
        box.add(slot)
        box.add(_pass(one, case, wave_id, slot.id, batch))
    box.flush()


def write_evaluators(registrar: Session, wave_id: int, invited: Sequence[Invited]) -> None:
    """Keep whom the codes were made for; only after the box has them may a letter be printed."""
    registrar.add_all(
        Evaluator(
            wave_id=wave_id,
            kind=one.kind,
            panel_group=one.group,
            name=one.name,
            rater=one.rater,
            registrar_fingerprint=one.code.fingerprint("registrar"),
        )
        for one in invited
    )
    registrar.flush()


def void_evaluator_slots(box: Session, wave_id: int, rater: str) -> int:
    """Void a panel member's unused passes, for a lost code; returns how many. Raises NotFound for an unknown rater."""
    slots = list(box.scalars(select(Slot.id).where(Slot.wave_id == wave_id, Slot.rater == rater)))
    if not rater or not slots:
        raise NotFound("cases.no_rater")
    done = box.execute(update(Pass).where(Pass.slot_id.in_(slots)).values(void=True))
    return int(getattr(done, "rowcount", 0))


def reissue_panel_code(box: Session, registrar: Session, wave_id: int, rater: str) -> Invited:
    """A new code for a panel member's cases that are not evaluated yet; the old code opens nothing any more.

    The caller commits the box first. Raises Conflict when nothing is left to evaluate.
    """
    open_slots = list(
        box.scalars(select(Slot).where(Slot.wave_id == wave_id, Slot.rater == rater, Slot.spent.is_(False)))
    )
    void_evaluator_slots(box, wave_id, rater)
    if not open_slots:
        raise Conflict("cases.nothing_left")
    known = registrar.scalars(
        select(Evaluator).where(Evaluator.wave_id == wave_id, Evaluator.rater == rater, Evaluator.void.is_(False))
    ).first()
    if known is None:
        raise NotFound("cases.no_rater")
    cases = tuple(sorted(slot.subject for slot in open_slots))
    fresh = Invited(PANEL, known.panel_group, known.name, rater, AccessCode.random(), cases)
    batch = uuid4()
    box.add_all(_pass(fresh, slot.subject, wave_id, slot.id, batch) for slot in open_slots)
    known.registrar_fingerprint = fresh.code.fingerprint("registrar")
    return fresh


def _pass(one: Invited, case: str, wave_id: int, slot_id: UUID, batch: UUID) -> Pass:
    return Pass(
        fingerprint=one.code.fingerprint("box"),
        subject=case,
        wave_id=wave_id,
        slot_id=slot_id,
        kind=PassKind.INVITATION,
        batch=batch,
    )
