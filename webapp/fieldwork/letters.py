"""Letters with access codes: what is issued by town, lost letters, later mail-outs. Codes stay in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys.collection import issue, reissue, reminders
from surveys.collection.codes import AccessCode
from surveys.collection.progress import issued_by_town
from surveys.errors import NotFound, Refusal
from surveys.records.frames import Invitation, SealedCodes, Unit
from surveys.records.kinds import PassKind
from surveys.records.passes import DesignPsu
from surveys.records.waves import Wave
from webapp import printing
from webapp.config import Settings
from webapp.db import Stores
from webapp.fieldwork.places import towns_of
from webapp.issuing import issue_codes

Coded = tuple[Unit, AccessCode]


@dataclass(frozen=True)
class TownLetters:
    """One town: letters to send in all, and issued so far."""

    town: str
    wanted: int
    issued: int

    @property
    def left(self) -> int:
        return self.wanted - self.issued


def by_town(registrar: Session, wave_id: int) -> dict[str, TownLetters]:
    """The towns of the sample by code."""
    mine = select(Unit.town, func.count()).where(Unit.wave_id == wave_id, Unit.reserve.is_(False)).group_by(Unit.town)
    issued = issued_by_town(registrar, wave_id)
    counted = registrar.execute(mine.order_by(Unit.town))
    return {town: TownLetters(town, wanted, issued.get(town, 0)) for town, wanted in counted}


def new_letters(stores: Stores, settings: Settings, wave: Wave, town: str | None) -> tuple[int, bytes]:
    """Issue the codes of a town's units (None: of all) that have none and print them: how many, and the PDF.

    Raises Refusal when nothing is left, the design is not published, or the letters would name a loopback address.
    """
    _must_be_printable(stores, settings, wave)
    with stores.registrar_reading() as registrar:
        left = sum(one.left for one in by_town(registrar, wave.id).values() if town in (None, one.town))
    if left < 1:
        raise Refusal("letters.none_left")
    issued = issue_codes(stores, wave, town or "")
    coded = [(one.unit, one.invitation) for one in issued]
    return len(coded), _printed(stores, settings, wave, coded, PassKind.INVITATION)


def lost_letters(
    stores: Stores, settings: Settings, wave: Wave, psu: str, dwelling: int | None, private_key: bytes
) -> tuple[int, bytes]:
    """New letters for one dwelling, or for all of a PSU; the codes sent so far are void from now on.

    Raises NotFound for dwellings without a letter, NotAllowed for a wrong key.
    """
    _must_be_printable(stores, settings, wave)
    batch = uuid4()
    with stores.registrar_transaction() as registrar:
        known = issue.begin_issuing(registrar, wave.id)
        units = _with_letters(registrar, wave.id, psu, dwelling)
        bundles = [reissue.opened_bundle(registrar, wave, unit.id, private_key) for unit in units]
        with stores.box_transaction() as box:
            issue.sweep_orphans(box, wave, known)
            issue.settle(box, wave, known)
            codes = [reissue.new_pass(box, wave, bundle, batch) for bundle in bundles]
        for unit, bundle, code in zip(units, bundles, codes, strict=True):
            reissue.write_reissue(registrar, wave, unit.id, bundle, code, batch)
    with stores.box_transaction() as box:
        issue.settle(box, wave, {batch})
    return len(units), _printed(stores, settings, wave, list(zip(units, codes, strict=True)), PassKind.REISSUE)


def later_letters(
    stores: Stores, settings: Settings, wave: Wave, town: str, kind: PassKind, private_key: bytes
) -> tuple[int, bytes]:
    """Letters of a reminder or visit for a town; units known to have answered or refused get none.

    They may be printed again until `destroy_sent`. Raises Refusal when there is none, NotAllowed for a wrong key.
    """
    _must_be_printable(stores, settings, wave)
    with stores.registrar_reading() as registrar:
        found = reminders.letters(registrar, wave, kind, private_key)
        coded = [(letter.unit, letter.code) for letter in found if letter.unit.town == town]
    if not coded:
        raise Refusal("letters.none_later")
    return len(coded), _printed(stores, settings, wave, coded, kind)


def sealed_left(registrar: Session, wave_id: int) -> int:
    """Units whose later codes are still kept sealed."""
    kept = select(func.count()).select_from(SealedCodes).where(SealedCodes.wave_id == wave_id)
    return registrar.scalar(kept) or 0


def _with_letters(registrar: Session, wave_id: int, psu: str, dwelling: int | None) -> Sequence[Unit]:
    invited = select(Invitation.unit_id).where(Invitation.wave_id == wave_id)
    mine = select(Unit).where(Unit.wave_id == wave_id, Unit.psu == psu, Unit.id.in_(invited))
    found = registrar.scalars(mine if dwelling is None else mine.where(Unit.dwelling == dwelling)).all()
    if not found:
        raise NotFound("letters.unknown_unit", psu=psu, dwelling=dwelling or "")
    return found


def _must_be_printable(stores: Stores, settings: Settings, wave: Wave) -> None:
    printing.must_be_reachable(settings, wave)
    with stores.box_reading() as box:
        published = box.scalar(select(func.count()).select_from(DesignPsu).where(DesignPsu.wave_id == wave.id))
    if not published:
        raise Refusal("letters.no_design")
    printing.must_print(wave, settings.public_url)


def _printed(stores: Stores, settings: Settings, wave: Wave, coded: list[Coded], kind: PassKind) -> bytes:
    with stores.box_reading() as box:
        towns = towns_of(box, wave)
    with stores.registrar_reading() as registrar:
        places = printing.addresses(registrar, wave.id, towns)
    return printing.printed(wave, printing.letters_of(coded, places, settings.public_url), kind)
