"""Preparing a release with a progress bar; the analyse and release commands share it. Loads numpy and scipy."""

from __future__ import annotations

import click
from sqlalchemy import select

from surveys.records.jobs import Job
from surveys.records.kinds import Audience
from surveys.records.releases import Release
from surveys.records.waves import Wave
from surveys.reporting.edition import edition
from surveys.reporting.sentences import headline
from webapp.commands._progress import bars
from webapp.db import Stores
from webapp.work.analyse import analyse


def prepared(stores: Stores, wave: Wave, erratum_of: int | None, reason: str) -> int:
    """Do the analyse job here and now, print the release's headline, and give its number. Raises as the job does."""
    job = Job(kind="analyse", wave_id=wave.id, parameters={"erratum_of": erratum_of, "reason": reason}, account_id=None)
    with bars() as report:
        number = analyse(job, stores, lambda done, total, step="": report(step, done, total))["number"]
    with stores.box_reading() as box:
        made = box.scalars(select(Release).where(Release.wave_id == wave.id, Release.number == number)).one()
        read = edition(box, made, Audience.OFFICIAL)
        click.echo(f"{headline(read, 'zh')}\n{headline(read, 'en')}")
        return made.number
