"""Letters for sampled dwellings: from codes just issued to a PDF in memory; codes are never stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.collection.codes import AccessCode
from surveys.collection.letters.letter import Letter
from surveys.collection.letters.pdf import letters_pdf
from surveys.collection.letters.wording import invitation_head
from surveys.errors import Refusal
from surveys.records.areas import Area
from surveys.records.frames import DrawRecord, FramePsuRow, Unit
from surveys.records.kinds import PassKind
from surveys.records.waves import Wave
from webapp.config import Settings

TRIAL = AccessCode("0" * 17)


def must_be_reachable(settings: Settings, wave: Wave) -> None:
    """Raises Refusal when letters of a wave that is not synthetic would name an address nobody else can open."""
    if settings.leads_nowhere and not wave.synthetic:
        raise Refusal("command.loopback_letters", address=settings.public_url)


def addresses(registrar: Session, wave_id: int, towns: Mapping[str, Area]) -> dict[str, tuple[str, str]]:
    """Town, and community with block, of every PSU of the wave's frame."""
    drawn = select(DrawRecord.frame_id).where(DrawRecord.wave_id == wave_id)
    rows = registrar.scalars(select(FramePsuRow).where(FramePsuRow.frame_id.in_(drawn)))
    return {row.psu: (towns[row.town].name["zh"] if row.town in towns else row.town, _place(row)) for row in rows}


def _place(row: FramePsuRow) -> str:
    return row.name if row.name.startswith(row.community) else f"{row.community} {row.name}"


def letters_of(
    given: Iterable[tuple[Unit, AccessCode]], places: Mapping[str, tuple[str, str]], public_url: str
) -> list[Letter]:
    """A letter for each unit with the code printed in it."""
    return [
        Letter(
            (*places.get(unit.psu, (unit.town, unit.psu)), f"第{unit.dwelling}户"),
            code.printed,
            f"{public_url}/s/{code.symbols}",
        )
        for unit, code in given
    ]


def printed(wave: Wave, letters: list[Letter], kind: PassKind = PassKind.INVITATION) -> bytes:
    """The letters as one PDF, a page each; raises RuntimeError when the typesetter fails."""
    return letters_pdf(invitation_head(wave, kind), letters)


def must_print(wave: Wave, public_url: str) -> None:
    """Typeset a trial letter before any code is issued: a code that cannot be printed is lost."""
    printed(wave, [Letter(("试印",), TRIAL.printed, f"{public_url}/s/{TRIAL.symbols}")])
