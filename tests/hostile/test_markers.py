"""After a whole run of the real server, what must be written nowhere is found nowhere: codes, receipts, addresses."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from surveys.collection.codes import AccessCode, new_nonce
from surveys.collection.entry import new_poster
from surveys.collection.waves import wave_by_code
from surveys.records.responses import Arrival, Response
from tests.collection.samples import answers, passes, running_wave
from tests.conftest import Fresh
from tests.durability.serving import RECEIPT, Web, serving
from tests.respond.samples import NAMES, today
from webapp.db import Stores
from webapp.ending import end_wave

pytestmark = [pytest.mark.parametrize("database", ["sqlite"], indirect=True), pytest.mark.xdist_group("durability")]

ADDRESS = "203.0.113.77"
BROWSER = "MarkerBrowser/77.7"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The server's own folder for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.fixture
def stores(fresh: Fresh) -> Iterator[Stores]:
    """Both stores in the mode a server runs them in."""
    found = Stores.at(fresh("box"), fresh("registrar"))
    yield found
    found.dispose()


@pytest.fixture
def web(stores: Stores, temporary: Path, tmp_path: Path) -> Iterator[Web]:
    """gunicorn as `minping serve` runs it, behind one proxy."""
    folder = tmp_path / "var"
    folder.mkdir()
    urls: list[URL] = [stores.box.url, stores.registrar.url]
    with serving(urls[0], urls[1], folder) as running:
        yield running


def asked(
    web: Web, method: str, path: str, form: dict[str, list[str]] | None = None, **headers: str
) -> tuple[int, str]:
    """Status and page, as a phone whose address a proxy has passed on."""
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=30)
    sent = {"X-Forwarded-For": ADDRESS, "X-Real-IP": ADDRESS, "User-Agent": BROWSER}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    body = urlencode(form, doseq=True) if form is not None else None
    try:
        connection.request(method, path, body, sent | {"Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def opened(stores: Stores, letters: int) -> tuple[list[AccessCode], str]:
    """A wave that is open: codes, and the code of a poster."""
    with stores.box_transaction() as box:
        wave = running_wave(box, **today(code="marked", **NAMES))
        return [codes[0] for codes in passes(box, wave, letters)], new_poster(box, wave, "社区").code


def receipt_in(page: str) -> str:
    """The receipt of a thank-you page."""
    found = RECEIPT.search(page)
    assert found is not None, page
    return found[1]


def found_in(folder: Path, markers: dict[str, bytes]) -> list[str]:
    """Which marker stands in which file; a file that cannot be read is said, too."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [
        f"{name} in {path.name}" for path in files for name, marker in markers.items() if marker in path.read_bytes()
    ]


def test_a_code_a_receipt_and_an_address_are_written_nowhere(
    stores: Stores, web: Web, temporary: Path, tmp_path: Path
) -> None:
    codes, poster = opened(stores, 3)
    code, nonce = codes[0], new_nonce()
    receipts = {}
    for name, path in (("letter", f"/s/{code.printed}"), ("poster", f"/o/{poster}/{nonce}")):
        assert asked(web, "GET", path)[0] == 200
        assert asked(web, "POST", path, answers(age=[]))[0] == 422
        receipts[name] = receipt_in(asked(web, "POST", path, answers(comment=["很好"]))[1])
    asked(web, "GET", f"/s/{code.printed}")
    asked(web, "GET", f"/s/{code.printed}/nothing?code={code.printed}")
    asked(web, "POST", "/", {"code": [code.printed]})
    with stores.box_reading() as box:
        wave = wave_by_code(box, "marked")
    end_wave(stores, wave)
    web.kill()
    stores.dispose()
    markers = {"address": ADDRESS.encode(), "browser": BROWSER.encode(), "nonce": nonce.encode()}
    markers |= {"code": code.printed.encode(), "symbols": code.symbols.encode()}
    markers |= {"the registrar's half": code.fingerprint("registrar")}  # the box keeps its own: the code is spent
    markers |= {name: receipt.encode() for name, receipt in receipts.items()}
    markers |= {f"bare {name}": receipt.replace("-", "").encode() for name, receipt in receipts.items()}
    assert found_in(tmp_path, markers) == []
    assert list(temporary.iterdir()) == []


def test_five_taps_at_once_keep_one_response_and_bring_five_thank_you_pages(stores: Stores, web: Web) -> None:
    codes, poster = opened(stores, 1)
    for path in (f"/s/{codes[0].symbols}", f"/o/{poster}/{new_nonce()}"):
        with ThreadPoolExecutor(5) as taps:
            sent = [taps.submit(asked, web, "POST", path, answers()) for _ in range(5)]
        pages = [one.result() for one in sent]
        assert [status for status, _ in pages] == [200] * 5
        assert len({receipt_in(page) for _, page in pages}) == 1
    with stores.box_reading() as box:
        assert box.scalar(select(func.count()).select_from(Arrival)) == 2
    with stores.box_reading() as box:
        wave = wave_by_code(box, "marked")
    end_wave(stores, wave)
    with stores.box_reading() as box:
        assert box.scalar(select(func.count()).select_from(Response)) == 2


def test_a_post_from_another_site_is_refused_with_the_filled_form_and_others_are_taken(
    stores: Stores, web: Web
) -> None:
    codes, poster = opened(stores, 4)
    own = f"http://127.0.0.1:{web.port}"
    paths = [f"/s/{codes[0].symbols}", f"/o/{poster}/{new_nonce()}"]
    for path in paths:
        for headers in (
            {"Sec_Fetch_Site": "cross-site", "Origin": own},
            {"Origin": "null"},
            {"Referer": "http://x.example/"},
        ):
            status, page = asked(web, "POST", path, answers(comment=["别丢了"]), **headers)
            assert status == 403
            assert "别丢了" in page
            assert re.search(r'name="age" value="3"[^>]* checked', page)
    with stores.box_reading() as box:
        assert box.scalar(select(func.count()).select_from(Arrival)) == 0
    taken: tuple[dict[str, str], ...] = (
        {},
        {"Origin": own},
        {"Sec_Fetch_Site": "same-origin", "Origin": own},
        {"Referer": f"{own}/s/x"},
    )
    for code, headers in zip(codes, taken, strict=True):
        status, page = asked(web, "POST", f"/s/{code.symbols}", answers(), **headers)
        assert (status, bool(receipt_in(page))) == (200, True), headers
