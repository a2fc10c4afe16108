"""Where the weights do not meet the population totals, the assessor is told before the release and the reader after."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from surveys.analysis.waves.domains import areas_of
from surveys.records.waves import Margin, Wave
from surveys.reporting.release import release
from tests.results import samples
from tests.results.conftest import Keeping, SignedIn
from webapp.db import Stores

SAID = "“镇街 15 周岁及以上人口”的{town}登记的人口数为 0，却有答卷"


def unmet(box: Session) -> Wave:
    wave = samples.closed_survey(box)
    towns = (*samples.TOWNS, samples.SPARSE)
    for town, total in zip(towns, (0, 500, 500, 500), strict=True):
        about = {"name": "town", "key": town, "total": total, "source": "普查", "synthetic": True}
        box.add(Margin(wave_id=wave.id, dated=date(2020, 11, 1), **about))
    box.flush()
    release(box, samples.prepared(box, wave), "评估人员", samples.NOW)
    return wave


def test_both_pages_name_the_margin_and_the_category(signed_in: SignedIn, keep: Keeping, stores: Stores) -> None:
    wave = keep(unmet)
    shown = signed_in("official").get(f"/results/{wave.code}/1/").get_data(as_text=True)
    with stores.box_reading() as box:
        town = next(area.name["zh"] for area in areas_of(box, wave) if area.code == samples.HERE)
    said = SAID.format(town=town)
    assert said in shown
    checked = signed_in("assessor").get(f"/waves/{wave.code}/analysis/1").get_data(as_text=True)
    assert f"请注意：加权后的数字未按人口总量校准（模拟数据）：{said}。" in checked
