"""One wave from its opening to a corrected release, through the assessor's pages, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from surveys.collection.codes import AccessCode
from surveys.collection.submit import submit
from surveys.collection.waves import open_wave
from surveys.records.frames import Invitation, SealedCodes
from surveys.records.jobs import Job
from surveys.records.kinds import JobState, WaveState
from surveys.records.releases import Release
from surveys.records.responses import Arrival, Response
from surveys.records.staff import Action
from surveys.records.waves import Wave
from surveys.sampling.store import keep_frame, keep_margins, publish_design, run_draw
from tests.collection.samples import answers
from tests.fieldwork.samples import CODE, OTHER_TOWN, TOWN, a_wave, frame, said_in, send
from tests.fieldwork.test_letters import codes_in
from tests.fieldwork.test_margin_pages import AGES, TOWNS, text
from tests.webapp.conftest import LONG_AGO
from webapp.db import Stores
from webapp.ending import end_wave
from webapp.fieldwork.margin_file import read_margins
from webapp.issuing import issue_codes
from webapp.words import word

PAGES = ("", "frame", "margins", "draw", "invitations", "posters", "progress", "close", "analysis")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def drawn_wave(stores: Stores) -> Wave:
    wave, _pair = a_wave(stores)
    with stores.registrar_transaction() as registrar:
        keep_frame(registrar, wave, "firm", frame(), "f.csv", LONG_AGO)
        draw = run_draw(registrar, wave, {TOWN: 3, OTHER_TOWN: 3}, "seed", LONG_AGO, 8, 0)
    with stores.box_transaction() as box:
        publish_design(box, wave, draw)
    return wave


def answer_all(stores: Stores, codes: list[AccessCode]) -> None:
    """Everybody answers; ages and sexes take turns."""
    with stores.box_transaction() as box:
        for place, code in enumerate(codes):
            said = answers(age=[str(1 + place % 7)], sex=[str(1 + place // 7 % 2)], sat_publicity=[str(1 + place % 4)])
            submit(box, code, said, datetime.now(UTC))


@pytest.mark.slow
def test_a_wave_is_opened_sealed_closed_analysed_released_and_corrected(client: FlaskClient, stores: Stores) -> None:
    home = f"/waves/{CODE}"
    wave = drawn_wave(stores)
    for page in PAGES:
        assert client.get(f"{home}/{page}").status_code == 200

    codes = [code for town in (TOWN, OTHER_TOWN) for code in codes_in(send(client, f"{home}/invitations", town=town))]
    assert send(client, f"{home}/open").status_code == 303
    assert send(client, f"{home}/open").status_code == 409
    answer_all(stores, codes[:7])
    assert "少于10" in client.get(f"{home}/progress").get_data(as_text=True)
    assert "少于10" in client.get(f"{home}/progress.csv").get_data(as_text=True)
    answer_all(stores, codes[7:])

    assert send(client, f"{home}/seal").status_code == 303
    with stores.box_reading() as box, stores.registrar_reading() as registrar:
        assert box.scalars(select(Arrival.id)).all() == []
        assert len(box.scalars(select(Response.id)).all()) == 48
        assert registrar.scalars(select(Invitation.answered).where(Invitation.answered)).all()
    assert client.get(f"{home}/analysis").status_code == 200
    assert send(client, f"{home}/analysis").status_code == 409

    close_it(client, stores, wave)
    for page in PAGES:
        assert client.get(f"{home}/{page}").status_code == 200
    release_it(client, stores)


def closed_wave(stores: Stores) -> None:
    """The small wave answered and closed, with its margins, ready to be analysed."""
    wave = drawn_wave(stores)
    with stores.box_transaction() as box:
        open_wave(box, box.get_one(Wave, wave.id), datetime.now(UTC))
        for name, cells in read_margins(text(*AGES, *TOWNS), {TOWN, OTHER_TOWN}, {}, True).items():
            keep_margins(box, wave, name, cells)
    answer_all(stores, [one.invitation for one in issue_codes(stores, wave)])
    end_wave(stores, wave)


def close_it(client: FlaskClient, stores: Stores, wave: Wave) -> None:
    home = f"/waves/{CODE}"
    unsure = send(client, f"{home}/close", confirm="yubei")
    assert said_in(unsure) == word("close.confirm", {"wave": CODE}, "zh")
    assert send(client, f"{home}/close", confirm=f" {CODE} ").status_code == 303
    with stores.box_reading() as box, stores.registrar_reading() as registrar:
        assert box.get_one(Wave, wave.id).state is WaveState.CLOSED
        assert registrar.scalars(select(SealedCodes)).all() == []
    assert send(client, f"{home}/invitations", town=TOWN).status_code == 400
    assert send(client, f"{home}/margins", file=(text(*AGES, *TOWNS), "m.csv")).status_code == 303


def release_it(client: FlaskClient, stores: Stores) -> None:
    home = f"/waves/{CODE}/analysis"
    asked = send(client, home)
    assert asked.status_code == 303
    with stores.registrar_reading() as registrar:
        job = registrar.scalars(select(Job)).one()
    assert (job.state, job.fault) == (JobState.DONE, "")
    assert client.get(asked.headers["Location"]).status_code == 200

    page = client.get(f"{home}/1").get_data(as_text=True)
    assert "模拟数据" in page
    assert "没有给出的数字" in page
    assert said_in(send(client, f"{home}/1/release")) == word("release.confirm", {}, "zh")
    assert send(client, f"{home}/1/erratum", reason="算错了一个数字").status_code == 409
    assert send(client, f"{home}/1/release", confirm="1").status_code == 303
    assert send(client, f"{home}/1/release", confirm="1").status_code == 409
    assert client.get(f"{home}/7").status_code == 404

    assert send(client, f"{home}/1/erratum", reason="").status_code == 400
    assert send(client, f"{home}/1/erratum", reason="发现一个网格的名单有误").status_code == 303
    with stores.box_reading() as box, stores.registrar_reading() as registrar:
        first, second = box.scalars(select(Release).order_by(Release.number)).all()
        actions = registrar.scalars(select(Action.action).order_by(Action.sequence)).all()
    assert (second.erratum_of, second.reason) == (first.id, "发现一个网格的名单有误")
    assert first.released_by == "人员 assessor.li"
    assert second.released_at is None
    assert "发现一个网格的名单有误" in client.get(home).get_data(as_text=True)
    expected = ["wave.open", "wave.seal", "wave.close", "margins.take", "analysis.ask", "release.release"]
    assert [action for action in actions if action in expected] == [*expected, "analysis.ask"]
