"""The demonstration's command: where it may run, and what it leaves alone. Loading it is another test's work."""

from __future__ import annotations

import shutil
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from surveys.catalog import catalog_content
from surveys.collection.codes import AccessCode
from surveys.collection.entry import new_poster, slot_of
from surveys.collection.publish import publish
from surveys.collection.waves import new_wave, open_wave
from surveys.errors import Refusal
from surveys.records.releases import Release
from surveys.records.waves import Wave
from tests.collection.samples import drawn
from tests.commands.conftest import OURS, Run
from webapp.db import Stores
from webapp.demonstration import plans
from webapp.demonstration.building import LOADING, PLACE, alone, demo_settings, migrated, standing
from webapp.demonstration.standing import fresh_code, live_poster
from webapp.stores import clock


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (*OURS, "MINPING_SECRET_KEY", "PORT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "var"


def small(box: Session) -> Wave:
    """The open wave and one release: as much as a loaded demonstration is known by."""
    version = publish(box, catalog_content(plans.AWARENESS), clock())
    wave = new_wave(box, plans.live_plan(version.version, b"", clock()), clock())
    open_wave(box, wave, clock())
    new_poster(box, wave, "模拟·试答")
    box.add(
        Release(
            wave_id=wave.id,
            number=1,
            prepared_at=clock(),
            released_at=clock(),
            synthetic=True,
            definitions={},
            labels={},
            facts={},
        )
    )
    box.flush()
    return wave


@pytest.fixture
def loaded(folder: Path) -> Iterator[Stores]:
    """A folder in which a very small demonstration stands."""
    (folder / PLACE).mkdir(parents=True)
    stores = migrated(folder / PLACE)
    with stores.box_transaction() as box, stores.registrar_transaction() as registrar:
        drawn(registrar, small(box), {"p1": 2})
    yield stores
    stores.dispose()


def test_settings_are_made_once_for_their_owner_alone(folder: Path) -> None:
    with alone(folder):
        first, second = demo_settings(folder), demo_settings(folder)
    assert stat.S_IMODE((folder / "demo.env").stat().st_mode) == 0o600
    assert first.secret_key.get_secret_value() == second.secret_key.get_secret_value()
    assert (first.demo, first.public_url) == (True, "http://127.0.0.1:8000")
    assert str(folder / PLACE / "box.sqlite3") in first.box_url


def test_the_port_comes_from_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8765")
    assert demo_settings(folder).public_url == "http://127.0.0.1:8765"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("PUBLIC_URL", "https://survey.example.org", "command.demo_loopback"),
        ("PUBLIC_URL", "http://192.168.1.5:8000", "command.demo_loopback"),
        ("MINPING_BOX_URL", "sqlite:////srv/real/box.sqlite3", "command.demo_elsewhere"),
        ("MINPING_REGISTRAR_URL", "postgresql://minping@db/registrar", "command.demo_elsewhere"),
        ("MINPING_DATA_DIR", "/srv/real", "command.demo_elsewhere"),
        ("MINPING_DEMO", "0", "command.demo_elsewhere"),
    ],
)
def test_it_is_for_this_machine_and_its_own_stores_alone(
    name: str, value: str, code: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Refusal) as refused:
        demo_settings(folder)
    assert refused.value.code == code


def test_what_stands_is_left_as_it_is_and_a_broken_load_is_swept(loaded: Stores, folder: Path, run: Run) -> None:
    (folder / LOADING).mkdir()
    (folder / LOADING / "box.sqlite3").write_bytes(b"half")
    assert "演示数据已就绪" in run("demo").output
    assert not (folder / LOADING).exists()
    assert live_poster(loaded)


def test_a_load_that_fails_leaves_what_stood(loaded: Stores, folder: Path) -> None:
    (folder / LOADING).write_text("in the way", "utf-8")
    with pytest.raises(Refusal) as refused:
        standing(folder, reset=True)
    assert refused.value.code == "command.demo_not_loaded"
    assert live_poster(loaded)


def test_every_start_gives_a_code_that_was_never_given_until_the_sample_is_used_up(loaded: Stores) -> None:
    codes = [fresh_code(loaded) for _ in range(3)]
    known = [code for code in codes if isinstance(code, AccessCode)]
    assert len({code.symbols for code in known}) == 2
    assert codes[2] is None
    with loaded.box_reading() as box:
        assert [slot_of(box, code).spent for code in known] == [False, False]


def test_two_at_once_and_a_taken_port_are_refused(loaded: Stores, folder: Path, run: Run) -> None:
    with alone(folder):
        assert "正在运行或生成" in run("demo", code=1).stderr
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PORT", port)
            assert port in run("demo", "--serve", code=1).stderr


def test_its_folder_is_closed_to_others(folder: Path) -> None:
    with alone(folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    shutil.rmtree(folder)
