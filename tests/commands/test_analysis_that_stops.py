"""`minping analyse` where the population totals do not fit: stopped by a contradiction, a caution for the rest."""

from __future__ import annotations

from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, select

from surveys.records.kinds import WaveState
from surveys.records.releases import Release
from surveys.records.waves import Margin, Wave
from tests.commands.conftest import TOWNS, Run
from webapp.commands import main
from webapp.db import Stores


@pytest.fixture
def closed(drawn: Stores, run: Run) -> Stores:
    """A closed wave without an answer."""
    run("invite", "trial", "--out", "-", "--yes")
    run("wave", "open", "trial")
    run("wave", "close", "trial", "--yes")
    return drawn


def keep(stores: Stores, totals: dict[tuple[str, str], int]) -> None:
    with stores.box_transaction() as box:
        wave = box.scalars(select(Wave)).one()
        box.execute(delete(Margin))
        for (name, key), total in totals.items():
            about = {"name": name, "key": key, "total": total}
            box.add(Margin(wave_id=wave.id, source="普查", dated=date(2020, 11, 1), synthetic=True, **about))


def test_totals_that_differ_are_named_with_their_sums_and_nothing_is_kept(closed: Stores, run: Run) -> None:
    keep(closed, {("town", TOWNS[0]): 900, ("town", TOWNS[1]): 800, ("sex", "1"): 1200, ("sex", "2"): 499})
    said = run("analyse", "trial", code=1).stderr
    for part in ("镇街 15 周岁及以上人口 1,700", "性别 1,699", "最多相差 1", "上传合计一致的人口数", "没有生成报告"):
        assert part in said
    for part in ("population 15 and over by town 1,700", "Sex 1,699", "up to 1 apart", "analyse again"):
        assert part in said
    with closed.box_reading() as box:
        assert box.scalar(select(func.count()).select_from(Release)) == 0
        assert box.scalars(select(Wave.state)).one() is WaveState.CLOSED
    keep(closed, {("town", TOWNS[0]): 900, ("town", TOWNS[1]): 799, ("sex", "1"): 1200, ("sex", "2"): 499})
    assert "trial 1" in run("analyse", "trial").output


def test_its_help_tells_a_newcomer_what_happens_what_goes_before_and_what_next() -> None:
    said = CliRunner().invoke(main, ["analyse", "--help"]).output
    for part in ("weigh them to the population totals", "minping wave list", "minping wave close WAVE", "下一步"):
        assert part in said
    assert said.index("minping wave close WAVE") < said.index("minping release WAVE")
