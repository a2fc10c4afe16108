"""Turn a closed wave's answers into figures and a report, not yet released (分析)."""

from __future__ import annotations

import click

from webapp.commands._opened import opened, wave_named
from webapp.commands._preparing import prepared


@click.command()
@click.argument("wave")
@click.option(
    "--erratum-of", type=int, metavar="NUMBER", help="Make a correction of the released report with this number (更正)."
)
@click.option("--reason", default="", help="Why a correction is needed; it is printed (更正原因).")
def command(wave: str, erratum_of: int | None, reason: str) -> None:
    """Turn the answers of WAVE, a closed wave, into figures and a report. Nobody outside sees them yet.

    \b
    What happens, in this order:
      1  add up the sealed answers
      2  weigh them to the population totals kept for the wave
      3  estimate each figure with its 95 % interval
      4  take out whatever could tell on a single person
      5  write the Word, Excel and CSV files and the charts

    Population totals that contradict each other stop it: both sums are named and nothing is kept. Each run makes a
    new numbered report and changes no earlier one.

    \b
    WAVE:     the wave's code, as minping wave list shows it
    Before:   minping wave close WAVE
    Next:     look at what is printed, then minping release WAVE

    \b
    把已结束批次的答卷算成数字和报告：汇总、加权、估计、保密检查、写成文件。
    发布之前别人看不到；各项人口总量互相矛盾时会停下并说明。
    批次编号见 minping wave list；下一步：minping release WAVE。
    """
    _with_reason(erratum_of, reason)
    with opened() as stores:
        number = prepared(stores, wave_named(stores, wave), erratum_of, reason)
    click.echo(f"Prepared, not yet released (已生成，尚未发布): {wave} {number}")
    click.echo(f"Next (下一步): minping release {wave} {number}")


def _with_reason(erratum_of: int | None, reason: str) -> None:
    if (erratum_of is None) is not (reason.strip() == ""):
        raise click.UsageError("--erratum-of and --reason go together / 更正须同时给出 --erratum-of 和 --reason。")
