"""Print a release as text (报告)."""

from __future__ import annotations

import click

from surveys.records.kinds import Audience
from surveys.reporting.plain_text import report_text
from surveys.reporting.release import released_edition
from webapp.commands._opened import opened, wave_named


@click.command()
@click.argument("wave")
@click.argument("number", type=int, required=False)
@click.option("--audience", type=click.Choice([one.value for one in Audience]), default="official", show_default=True)
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language (语言).")
def command(wave: str, number: int | None, audience: str, lang: str) -> None:
    """Print WAVE's latest release, or the one with NUMBER: every figure with its definition, n and interval.

    `public` hides more than `official`: figures from fewer than 10 people, instead of 5.
    """
    with opened() as stores:
        kept = wave_named(stores, wave)
        with stores.box_reading() as box:
            click.echo(report_text(released_edition(box, kept, Audience(audience), number), lang), nl=False)
