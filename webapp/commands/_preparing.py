"""Preparing a release with a progress bar; the analyse and release commands share it. Loads numpy and scipy."""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy import select

from surveys.records.jobs import Job
from surveys.records.kinds import Audience
from surveys.records.releases import Release
from surveys.records.waves import Wave
from surveys.reporting.edition import edition
from surveys.reporting.sentences import headline
from surveys.reporting.uncalibrated import uncalibrated_sentence
from surveys.reporting.words import LANGUAGES
from webapp.commands._progress import bars, step_words
from webapp.db import Stores
from webapp.work.analyse import analyse

CACHE = {
    "used": "totals found again, nothing was added up / 沿用上次的汇总",
    "made": "totals kept for next time / 汇总已保存，下次直接使用",
    "rebuilt": "the file was damaged and was made anew / 缓存文件已损坏，已重新汇总",
    "off": "none / 无",
}


def prepared(stores: Stores, wave: Wave, erratum_of: int | None, reason: str) -> int:
    """Do the analyse job here and now, print the release's headline, and give its number. Raises as the job does."""
    job = Job(kind="analyse", wave_id=wave.id, parameters={"erratum_of": erratum_of, "reason": reason}, account_id=None)
    with bars() as report:
        made = analyse(job, stores, lambda done, total, step="": report(step, done, total))
    _say_how(made)
    with stores.box_reading() as box:
        kept = box.scalars(select(Release).where(Release.wave_id == wave.id, Release.number == made["number"])).one()
        read = edition(box, kept, Audience.OFFICIAL)
        said = [wording(read, language) for wording in (headline, uncalibrated_sentence) for language in LANGUAGES]
        click.echo("\n".join(filter(None, said)))
        return kept.number


def _say_how(made: dict[str, Any]) -> None:
    """Seconds by step, and for residents' answers who added them up."""
    for step, seconds in made["seconds"].items():
        click.echo(f"{step_words(step)}: {seconds:.1f} s")
    if "engine" in made:
        versions = ", ".join(f"{name} {version}" for name, version in made["versions"].items())
        click.echo(f"Engine (引擎): {made['engine']} ({versions}). Cache (缓存): {CACHE[made['cache']]}.")
        if made["snapshot"]:
            click.echo(f"Snapshot (快照): sha256 {made['snapshot']}")
