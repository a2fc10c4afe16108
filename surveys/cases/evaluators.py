"""Inviting evaluators: one code each; a slot and a pass for every case they see.

The order, which may be broken off anywhere and run again: in one transaction of the registrar `begin_inviting`, then
`panel_member`, `parties` or `fresh_code`; inside it one of the box, committed first, `sweep_orphans` and
`write_evaluator_passes` or `renew_passes`; then `write_evaluators` or `write_renewed`, commit, print.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from surveys.cases.declared import PANEL, PARTY
from surveys.cases.store import held_register
from surveys.collection.codes import AccessCode
from surveys.errors import Conflict, Refusal
from surveys.records.kinds import Channel, PassKind, WaveState
from surveys.records.passes import Pass, Slot
from surveys.records.registers import Evaluator
from surveys.records.waves import Wave

MOST_LETTERS_A_CASE = 10
CHANNELS = {PANEL: Channel.PANEL, PARTY: Channel.PARTY}


@dataclass(frozen=True)
class Invited:
    """One evaluator with a fresh code, in memory only; `rater` is "<group>-<nn>" for the panel, empty for a party."""

    kind: str
    group: str
    name: str
    rater: str
    code: AccessCode
    cases: tuple[str, ...]


def must_take_evaluators(wave: Wave) -> None:
    """Raises Conflict for a closed wave."""
    if wave.state is WaveState.CLOSED:
        raise Conflict("wave.closed", wave=wave.code)


def begin_inviting(registrar: Session, wave_id: int) -> set[str]:
    """Make other acts on the wave's evaluators wait until this transaction ends; gives the pseudonyms in use.

    While it is held, a panel slot of another pseudonym is nobody's. Raises NotFound without a register, Conflict
    before the draw.
    """
    if not held_register(registrar, wave_id).drawn:
        raise Conflict("cases.not_drawn_yet")
    return set(registrar.scalars(select(Evaluator.rater).where(Evaluator.wave_id == wave_id, Evaluator.kind == PANEL)))


def panel_member(
    registrar: Session, wave_id: int, group: str, name: str, cases: Sequence[str], ahead: int = 0
) -> Invited:
    """A panel member of a group with the next pseudonym of the wave, invited to `cases`.

    `ahead`: how many members of the group were made before this one and are not written yet.
    """
    before = registrar.scalar(
        select(func.count()).where(
            Evaluator.wave_id == wave_id, Evaluator.kind == PANEL, Evaluator.panel_group == group
        )
    )
    rater = f"{group}-{(before or 0) + ahead + 1:02d}"
    return Invited(PANEL, group, name, rater, AccessCode.random(), tuple(cases))


def party(case: str) -> Invited:
    """A party of one case; neither name nor pseudonym is kept."""
    return Invited(PARTY, "", "", "", AccessCode.random(), (case,))


def parties(cases: Sequence[str], letters: int) -> list[Invited]:
    """So many letters for the parties of each case; raises Refusal for a number out of bounds."""
    if not 1 <= letters <= MOST_LETTERS_A_CASE:
        raise Refusal("cases.letters_a_case", asked=letters, most=MOST_LETTERS_A_CASE)
    return [party(case) for case in cases for _ in range(letters)]


def letters_made(registrar: Session, wave_id: int) -> int:
    """Letters made for parties so far, over all cases."""
    made = select(func.count()).where(Evaluator.wave_id == wave_id, Evaluator.kind == PARTY)
    return registrar.scalar(made) or 0


def write_evaluator_passes(box: Session, wave_id: int, invited: Sequence[Invited]) -> None:
    """Let the codes in: a slot and a pass for each case, in shuffled order, before the registrar hears of them."""
    batch, slots, passes = uuid4(), [], []
    for one in invited:
        for case in one.cases:
            slot = _slot(one, case, wave_id)
            slots.append(slot)
            passes.append(pass_to(slot["id"], one.code, case, wave_id, batch))
    secrets.SystemRandom().shuffle(slots)
    secrets.SystemRandom().shuffle(passes)
    if slots:
        box.execute(insert(Slot), slots)
        box.execute(insert(Pass), passes)


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


def sweep_orphans(box: Session, wave_id: int, known: Collection[str]) -> int:
    """Delete panel slots, with their passes, whose pseudonym the registrar never got; gives how many slots.

    `known` is what `begin_inviting` gave, in a transaction that still runs. Nobody holds a code that is swept.
    """
    theirs = (Slot.wave_id == wave_id, Slot.channel == Channel.PANEL, Slot.spent.is_(False), Slot.rater.not_in(known))
    orphans = list(box.scalars(select(Slot.id).where(*theirs)))
    box.execute(delete(Pass).where(Pass.slot_id.in_(select(Slot.id).where(*theirs))))
    box.execute(delete(Slot).where(*theirs))
    return len(orphans)


def pass_to(slot_id: object, code: AccessCode, case: str, wave_id: int, batch: UUID) -> dict[str, object]:
    """A pass of an evaluator's code to the slot of one case."""
    place = {"wave_id": wave_id, "slot_id": slot_id, "kind": PassKind.INVITATION, "batch": batch}
    return {"fingerprint": code.fingerprint("box"), "subject": case, **place}


def _slot(one: Invited, case: str, wave_id: int) -> dict[str, object]:
    about = {"channel": CHANNELS[one.kind], "form": one.kind, "subject": case, "rater": one.rater}
    return {"id": uuid4(), "wave_id": wave_id, **about}
