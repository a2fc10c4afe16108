"""Population totals that contradict each other: the job's page says so, and nothing comes of it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from flask.testing import FlaskClient
from sqlalchemy import func, select

from surveys.collection.waves import open_wave
from surveys.records.jobs import Job
from surveys.records.kinds import JobState, WaveState
from surveys.records.releases import Figure, Release
from surveys.records.waves import Margin, Wave
from tests.fieldwork.samples import CODE, OTHER_TOWN, TOWN, send
from tests.fieldwork.test_way import drawn_wave
from webapp.db import Stores
from webapp.ending import end_wave


def test_the_jobs_page_names_both_sums_and_the_wave_stays_as_it_was(client: FlaskClient, stores: Stores) -> None:
    wave = drawn_wave(stores)
    with stores.box_transaction() as box:
        open_wave(box, box.get_one(Wave, wave.id), datetime.now(UTC))
        for name, key, total in (("town", TOWN, 600), ("town", OTHER_TOWN, 800), ("sex", "1", 1399)):
            about = {"name": name, "key": key, "total": total, "source": "普查", "synthetic": True}
            box.add(Margin(wave_id=wave.id, dated=date(2020, 11, 1), **about))
    end_wave(stores, wave)
    asked = send(client, f"/waves/{CODE}/analysis")
    page = client.get(asked.headers["Location"]).get_data(as_text=True)
    assert "没有完成" in page
    assert "性别 1,399、镇街 15 周岁及以上人口 1,400，最多相差 1" in page
    assert "请核对各项的来源和日期" in page
    assert f'href="/waves/{CODE}/analysis"' in page
    with stores.box_reading() as box, stores.registrar_reading() as registrar:
        assert registrar.scalars(select(Job.state)).one() is JobState.FAILED
        assert box.get_one(Wave, wave.id).state is WaveState.CLOSED
        assert [box.scalar(select(func.count()).select_from(record)) for record in (Release, Figure)] == [0, 0]
    assert "还没有结果" in client.get(f"/waves/{CODE}/analysis").get_data(as_text=True)
