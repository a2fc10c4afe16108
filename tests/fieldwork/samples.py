"""A small area with a frame, margins and a wave, for tests of the assessor's pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from surveys.catalog import catalog_content
from surveys.collection.publish import publish
from surveys.collection.sealed import KeyPair, new_key_pair
from surveys.collection.waves import new_wave
from surveys.records.kinds import Role
from surveys.records.waves import Wave
from surveys.sampling.area_store import keep_areas
from surveys.sampling.areas import areas_of_yubei
from surveys.sampling.frame import FrameFile, FramePsu
from tests.collection.samples import wave_plan
from tests.webapp.conftest import organisations, person, sign_in
from webapp.db import Stores
from webapp.fieldwork import keyfile

TOWN, OTHER_TOWN = "500112002", "500112004"
CODE = "yubei-2026"


def staffed(stores: Stores) -> None:
    """Two firms, two commissioners, an assessor of each firm and an official; the areas of Yubei."""
    organisations(stores)
    person(stores, "assessor.li", (Role.ASSESSOR, "firm"))
    person(stores, "rival.qian", (Role.ASSESSOR, "rival"))
    person(stores, "official.zhao", (Role.OFFICIAL, "yubei"))
    with stores.box_transaction() as box:
        keep_areas(box, areas_of_yubei())


def frame(psus: int = 12, dwellings: int = 40, towns: Sequence[str] = (TOWN, OTHER_TOWN)) -> FrameFile:
    """Towns with blocks of the same size."""
    rows = [
        FramePsu(town, f"第{1 + place // 6}社区", f"S{town}-{place:02d}", f"模拟·第{place}网格", "block", dwellings)
        for town in towns
        for place in range(1, psus + 1)
    ]
    return FrameFile(tuple(rows))


def frame_csv(*rows: str) -> bytes:
    """A frame file with the template's headings."""
    head = "镇街代码,社区,网格编号,网格名称,类别,户数"
    return "\n".join([head, *rows, ""]).encode()


def a_wave(stores: Stores, key: KeyPair | None = None, **changes: Any) -> tuple[Wave, KeyPair]:
    """A planned wave that may open now, with its key pair."""
    pair, now = key or new_key_pair(), datetime.now(UTC)
    days = {"opens_at": now - timedelta(days=2), "closes_at": now + timedelta(days=18)}
    area = {"area_scheme": "stats", "commissioner": "yubei", "approval_expires": date.today() + timedelta(days=60)}
    said = {"code": CODE, "assessor_key": pair.public, "plan": {"expected_response": 0.5}, **days, **area}
    with stores.box_transaction() as box:
        plan = wave_plan(**said | changes)
        publish(box, catalog_content(plan.instrument_code), now)
        return new_wave(box, plan, now), pair


def assessor(client: FlaskClient, login: str = "assessor.li") -> FlaskClient:
    """A browser in which somebody signed in."""
    return sign_in(client, login)


def send(client: FlaskClient, path: str, **data: Any) -> TestResponse:
    """Send a form with its token; a tuple (content, name) is a chosen file."""
    page = client.get("/staff/me").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    files = {name: (BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value for name, value in data.items()}
    return client.post(path, data={**files, "csrf_token": token}, content_type="multipart/form-data")


def key_file(pair: KeyPair, code: str = CODE) -> tuple[bytes, str]:
    """The wave's key as a chosen file."""
    return keyfile.written(code, pair.private).encode(), keyfile.file_name(code)


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    return page.split(f'name="{name}" value="')[1].split('"')[0]


def said_in(answer: TestResponse) -> str:
    """What a page's red box says; empty when it has none."""
    _, found, rest = answer.get_data(as_text=True).partition('<div class="said fault" role="alert"><p>')
    return rest.split("</p>")[0] if found else ""
