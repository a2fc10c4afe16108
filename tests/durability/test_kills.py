"""Kills under load: no acknowledged answer is lost, none is kept twice, and sending again finishes what was cut.

A killed process is not a power cut; the version check of the database and its mode speak to that.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import URL, make_url

from migrations import Store, upgrade
from surveys.catalog import catalog_content
from surveys.collection.codes import AccessCode
from surveys.collection.publish import publish
from surveys.collection.submit import submit
from surveys.collection.waves import new_wave, open_wave
from surveys.ledger.receipts import Receipt
from surveys.records.leaves import PendingLeaf
from surveys.records.responses import Arrival
from tests import postgres
from tests.collection.samples import answers, passes, wave_plan
from tests.durability.serving import Phones, Web, post, serving
from webapp.db import Stores, engine_for

PHONES = 4
CODES = 3000
LEAST_A_ROUND = 12  # acknowledged before a kill may fall, so that it falls into running load
SQLITE_KILLS, POSTGRES_KILLS = 20, 5


def stores_at(box: URL, registrar: URL) -> Stores:
    urls: dict[Store, URL] = {"box": box, "registrar": registrar}
    for store, url in urls.items():
        engine = engine_for(url)
        upgrade(engine, store)
        engine.dispose()
    return Stores.at(box, registrar)


def invited(stores: Stores, count: int) -> list[AccessCode]:
    now = datetime.now(UTC)
    expires = (now + timedelta(days=9)).date()
    plan = wave_plan(opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1), approval_expires=expires)
    with stores.box_transaction() as box:
        publish(box, catalog_content(plan.instrument_code), now)
        wave = new_wave(box, plan, now)
        open_wave(box, wave, now)
        return [codes[0] for codes in passes(box, wave, count)]


def killed_under_load(web: Web, phones: Phones, kill: Callable[[], None], kills: int) -> None:
    """Let phones send, kill at a random moment, start again; as often as asked."""
    moments = random.Random(7)
    for _ in range(kills):
        stop = threading.Event()
        threads = phones.run(PHONES, stop)
        phones.wait_for_more(LEAST_A_ROUND)
        time.sleep(moments.uniform(0, 0.5))
        kill()
        stop.set()
        for thread in threads:
            thread.join()


def assert_whole(stores: Stores, web: Web, phones: Phones) -> None:
    assert phones.refused == []
    used = phones.codes[: phones.sent]
    with stores.box_reading() as box:
        by_key = box.execute(select(Arrival.fingerprint, func.count()).group_by(Arrival.fingerprint))
        kept = {bytes(fingerprint): count for fingerprint, count in by_key}
    lost = [code for code in phones.acknowledged if kept.get(code.fingerprint("box")) != 1]
    assert lost == []
    for code in set(used) - set(phones.acknowledged):  # cut off on the way: the phone sends again
        phones.note(code, *post(web.port, f"/s/{code.symbols}", phones.form))
    assert set(phones.acknowledged) == set(used)
    with stores.box_transaction() as box:
        assert box.scalar(select(func.count()).select_from(Arrival)) == len(used)
        assert box.scalar(select(func.count()).select_from(PendingLeaf)) == len(used)
        again: dict[AccessCode, Receipt] = {
            code: submit(box, code, phones.form, datetime.now(UTC)) for code in used[:50]
        }
    assert {code: receipt.code for code, receipt in again.items()} == {
        code: phones.acknowledged[code] for code in used[:50]
    }


@pytest.mark.xdist_group("durability")
def test_twenty_kills_of_the_server_lose_and_double_nothing_on_sqlite(tmp_path: Path) -> None:
    box, registrar = (make_url(f"sqlite:///{tmp_path / name}.db") for name in ("box", "registrar"))
    stores = stores_at(box, registrar)
    with serving(box, registrar, tmp_path) as web:
        phones = Phones(web.port, invited(stores, CODES), answers())

        def kill() -> None:
            web.kill()
            web.start()

        killed_under_load(web, phones, kill, SQLITE_KILLS)
        assert_whole(stores, web, phones)
    stores.dispose()


@pytest.mark.xdist_group("durability")
def test_five_kills_of_web_and_database_lose_and_double_nothing_on_postgresql(tmp_path: Path) -> None:
    with postgres.running(fsync=True) as server:
        url = server.url
        stores = stores_at(url, url)
        with serving(url, url, tmp_path) as web:
            phones = Phones(web.port, invited(stores, CODES), answers())
            turn = iter(range(POSTGRES_KILLS))

            def kill() -> None:
                if next(turn) % 2:
                    web.kill()
                    web.start()
                else:
                    server.kill()
                    server.start()

            killed_under_load(web, phones, kill, POSTGRES_KILLS)
            assert_whole(stores, web, phones)
        stores.dispose()
