"""A small installation for the console command: migrated stores, two organisations, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.engine import URL

from migrations import Store
from webapp import people
from webapp.commands import main
from webapp.db import Stores
from webapp.people import Actor
from webapp.stores import clock

Run = Callable[..., Result]
OURS = (
    "MINPING_ENV_FILE",
    "MINPING_DATA_DIR",
    "MINPING_BOX_URL",
    "MINPING_REGISTRAR_URL",
    "MINPING_DEMO",
    "MINPING_ENGINE",
    "PUBLIC_URL",
)


@pytest.fixture(params=["sqlite"])
def database(request: pytest.FixtureRequest) -> str:
    """SQLite: commands open their stores by themselves, and refuse a test server that forgets what it said."""
    return str(request.param)


@pytest.fixture
def installed(fresh: Callable[[Store], URL], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stores:
    """The stores of an installation in `tmp_path`, which is the current folder."""
    box, registrar = (fresh(store).render_as_string(hide_password=False) for store in ("box", "registrar"))
    monkeypatch.chdir(tmp_path)
    for name in OURS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MINPING_SECRET_KEY", "N0t-a-real-key.only-for-tests:7XqLm2")
    monkeypatch.setenv("MINPING_BOX_URL", box)
    monkeypatch.setenv("MINPING_REGISTRAR_URL", registrar)
    stores = Stores.at(box, registrar)
    with stores.registrar_transaction() as session:
        for code in ("commissioner", "assessor"):
            people.new_organisation(session, Actor(None, clock()), code, code, f"单位 {code}", "")
    return stores


@pytest.fixture
def run() -> Run:
    """Runs the command; fails when the exit code is not `code`. `result.stderr` is apart from `result.stdout`."""

    def run(*words: str, code: int = 0, typed: str | None = None) -> Result:
        result = CliRunner().invoke(main, list(words), input=typed)
        assert result.exit_code == code, result.output
        return result

    return run


TOWNS = ("500112020", "500112015")


def plan_file(folder: Path, **changes: object) -> Path:
    """A plan that opens yesterday, as a TOML file."""
    said: dict[str, object] = {
        "code": "trial",
        "title_zh": "试测",
        "title_en": "Trial",
        "instrument": "legal-awareness 2021.1",
        "area": "stats 500112",
        "commissioner": "commissioner",
        "assessor": "assessor",
        "opens_at": "2026-01-01T08:00",
        "closes_at": "2126-01-01T08:00",
        "approval_body": "统计局",
        "approval_number": "1号",
        "approval_expires": "2126-02-01",
        "contact": "023-0000",
        **changes,
    }
    path = folder / f"{said['code']}.toml"
    lines = [f"{name} = {str(value).lower() if value is True else repr(value)}" for name, value in said.items()]
    path.write_text("\n".join(lines), "utf-8")
    return path


def frame_csv(folder: Path, psus: int = 5, dwellings: int = 12, name: str = "frame.csv") -> Path:
    """A frame of two towns."""
    rows = ["镇街代码,社区,网格编号,网格名称,类别,户数"]
    rows += [
        f"{town},第1社区,{town}-{number},第1社区第{number}网格,网格,{dwellings}"
        for town in TOWNS
        for number in range(1, psus + 1)
    ]
    path = folder / name
    path.write_text("\n".join(rows), "utf-8")
    return path


@pytest.fixture
def planned(installed: Stores, run: Run, tmp_path: Path) -> Stores:
    """An installation with areas and a synthetic wave, "trial"."""
    run("area", "import", "--yubei", "--yes")
    run("wave", "new", str(plan_file(tmp_path, synthetic=True)))
    return installed


@pytest.fixture
def drawn(planned: Stores, run: Run, tmp_path: Path) -> Stores:
    """The wave with its frame and its sample: 2 towns, 4 PSUs each, 8 dwellings a PSU."""
    run("frame", "import", "trial", str(frame_csv(tmp_path)), "--yes")
    psus = [word for town in TOWNS for word in ("--psus", f"{town}=4")]
    run("draw", "trial", "--seed", "试", *psus, "--take", "8", "--reserve", "2", "--yes")
    return planned
