"""The draw: planned with honest half-widths, run once from a recorded seed, proved again on request."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from surveys.records.frames import Unit
from surveys.records.passes import DesignPsu
from surveys.records.waves import Wave
from surveys.sampling.frame import TownCount
from surveys.sampling.store import draw_again, drawn, keep_frame
from surveys.sampling.uniforms import public_seed
from tests.fieldwork.samples import CODE, OTHER_TOWN, TOWN, frame, said_in, send
from tests.webapp.conftest import LONG_AGO
from webapp.db import Stores
from webapp.fieldwork.planning import Design, default_design, district_plan, town_plans, typed_design
from webapp.words import word

PAGE = f"/waves/{CODE}/draw"
RUN = {
    "act": "run",
    "seed": "双色球 01 02",
    "take": "5",
    "reserve": "2",
    f"psus-{TOWN}": "6",
    f"psus-{OTHER_TOWN}": "4",
}


@pytest.fixture
def framed(planned: tuple[Wave, object], stores: Stores) -> Wave:
    """A wave with a frame of two towns, 12 PSUs of 40 dwellings each."""
    with stores.registrar_transaction() as registrar:
        keep_frame(registrar, planned[0], "firm", frame(), "f.csv", LONG_AGO)
    return planned[0]


def test_without_a_frame_the_page_leads_to_it(client: FlaskClient, planned: object) -> None:
    assert f'href="/waves/{CODE}/frame"' in client.get(PAGE).get_data(as_text=True)


def test_the_plan_of_the_whole_district_is_that_of_measurement(planned: tuple[Wave, object]) -> None:
    """18 PSUs give ±7.9 and ±5.9 points, 9 PSUs ±12.3 and ±9.2; ±5 at .9 takes 245 answers, not 139."""
    counts = {TOWN: TownCount(600, 78_000), OTHER_TOWN: TownCount(24, 3_000)}
    plans = town_plans(Design({TOWN: 18, OTHER_TOWN: 9}, 20, 10), counts, {}, planned[0])
    assert [[round(100 * half, 1) for half in plan.halves] for plan in plans] == [[7.9, 5.9], [12.3, 9.2]]
    whole = district_plan(plans, Design({TOWN: 18, OTHER_TOWN: 9}, 20, 10), planned[0])
    assert (whole.psus, whole.letters, whole.answers) == (27, 540, 270)
    assert (whole.needed, whole.usual) == (245, 139)


def test_the_default_never_asks_for_more_than_a_town_lists() -> None:
    assert default_design({TOWN: TownCount(12, 480), OTHER_TOWN: TownCount(7, 100)}).psus == {TOWN: 12, OTHER_TOWN: 7}


def test_numbers_that_cannot_be_are_marked_and_nothing_is_drawn(
    client: FlaskClient, stores: Stores, framed: Wave
) -> None:
    answer = send(client, PAGE, **RUN | {f"psus-{TOWN}": "13", "take": "viele"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert set(re.findall(r'id="([a-z0-9-]+)-fault"', page)) == {f"psus-{TOWN}", "take"}
    assert 'value="viele"' in page
    with stores.registrar_reading() as registrar:
        assert drawn(registrar, framed.id) is None
    assert typed_design({}, frame().counts).faults.keys() == {f"psus-{TOWN}", f"psus-{OTHER_TOWN}", "take", "reserve"}


def test_a_seed_can_come_from_a_public_lottery(client: FlaskClient, framed: Wave) -> None:
    page = send(client, PAGE, **RUN | {"act": "seed", "rule": "某日双色球", "results": "01020304"}).get_data(
        as_text=True
    )
    assert public_seed("某日双色球", "01020304") in page


def test_a_draw_needs_a_seed(client: FlaskClient, framed: Wave) -> None:
    assert "种子" in said_in(send(client, PAGE, **RUN | {"seed": " "}))


def test_a_draw_is_kept_published_and_proved(client: FlaskClient, stores: Stores, framed: Wave) -> None:
    assert send(client, PAGE, **RUN).status_code == 303
    with stores.box_reading() as box:
        design = box.scalars(select(DesignPsu)).all()
    assert sorted((psu.town, psu.psus_drawn) for psu in design) == [(TOWN, 6)] * 6 + [(OTHER_TOWN, 4)] * 4
    assert {psu.base_weight for psu in design if psu.town == TOWN} == {480 / (6 * 5)}
    page = client.get(PAGE).get_data(as_text=True)
    assert "双色球 01 02" in page
    assert "16.00" in page
    assert "0.50000" in page
    proof = send(client, f"{PAGE}/verify").get_data(as_text=True)
    with stores.registrar_reading() as registrar:
        assert f'样本完全相同。 <span class="code">{draw_again(registrar, 1).sha256}' in " ".join(proof.split())


def test_a_unit_that_was_altered_is_noticed(client: FlaskClient, stores: Stores, framed: Wave) -> None:
    send(client, PAGE, **RUN)
    with stores.registrar_transaction() as registrar:
        first = registrar.scalars(select(Unit.id).limit(1)).one()
        registrar.execute(update(Unit).where(Unit.id == first).values(base_weight=1.0))
    assert said_in(send(client, f"{PAGE}/verify")) == word("draw.units_differ", {"count": 2}, "zh")


def test_a_second_draw_is_refused(client: FlaskClient, framed: Wave) -> None:
    send(client, PAGE, **RUN)
    assert send(client, PAGE, **RUN | {"seed": "better luck"}).status_code == 409


def test_the_design_can_be_published_after_a_break(client: FlaskClient, stores: Stores, framed: Wave) -> None:
    send(client, PAGE, **RUN)
    with stores.box_transaction() as box:
        for psu in box.scalars(select(DesignPsu)):
            box.delete(psu)
    assert "公布抽样设计" in client.get(PAGE).get_data(as_text=True)
    assert send(client, f"{PAGE}/publish").status_code == 303
    with stores.box_reading() as box:
        assert len(box.scalars(select(DesignPsu)).all()) == 10


def test_the_lists_are_sorted_by_link_and_downloaded_whole(client: FlaskClient, framed: Wave) -> None:
    send(client, PAGE, **RUN)
    page = client.get(f"{PAGE}?sort=-psu").get_data(as_text=True)
    codes = re.findall(r'<th scope="row" class="code">(S\d+-\d\d)</th>', page)
    assert codes == sorted(codes, reverse=True)
    assert 'aria-sort="descending"' in page
    psus = client.get(f"{PAGE}/psus.csv").get_data(as_text=True).splitlines()
    dwellings = client.get(f"{PAGE}/dwellings.csv").get_data(as_text=True).splitlines()
    assert (len(psus), len(dwellings)) == (1 + 10, 1 + 10 * 7)
    assert all("模拟数据" in line for line in psus + dwellings)
