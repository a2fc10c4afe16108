"""Computing a wave's release with a progress bar; the analyse and release commands share it. Loads numpy and scipy."""

from __future__ import annotations

import click
from sqlalchemy import select

from surveys.analysis.cases import is_case_wave
from surveys.analysis.fieldwork import Fieldwork
from surveys.collection.progress import fieldwork_counts
from surveys.collection.publish import instrument_of
from surveys.errors import NotFound
from surveys.records.kinds import Audience
from surveys.records.releases import Release
from surveys.records.waves import Wave
from surveys.reporting.edition import edition
from surveys.reporting.prepare import prepare
from surveys.reporting.sentences import headline
from webapp.commands._opened import noted
from webapp.commands._progress import bars
from webapp.db import Stores
from webapp.stores import clock


def prepared(stores: Stores, wave: Wave, erratum_of: int | None, reason: str) -> int:
    """Prepare a release of a closed wave, print its headline, and give its number. Raises as `prepare` does."""
    counts = _fieldwork(stores, wave)
    with bars() as report, stores.box_transaction() as box:
        kept = box.get_one(Wave, wave.id)
        corrects = None
        if erratum_of is not None:
            corrects = box.scalar(select(Release).where(Release.wave_id == wave.id, Release.number == erratum_of))
            if corrects is None:
                raise NotFound("command.release_unknown", wave=wave.code, number=erratum_of)
        made = prepare(
            box, kept, counts, clock(), lambda done, _step: report("analyse", round(100 * done), 100), corrects, reason
        )
        number = made.number
        read = edition(box, made, Audience.OFFICIAL)
        said = headline(read, "zh"), headline(read, "en")
    noted(stores, "release.prepare", wave, number=number, erratum_of=erratum_of)
    click.echo("\n".join(said))
    return number


def _fieldwork(stores: Stores, wave: Wave) -> Fieldwork | None:
    if is_case_wave(instrument_of(wave)):
        return None
    with stores.box_reading() as box, stores.registrar_reading() as registrar:
        return fieldwork_counts(box, registrar, wave)
