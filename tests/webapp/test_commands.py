"""The console command: what a newcomer reads, a new installation, and serving it."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from surveys.records.staff import Account
from webapp.action_log import verify_chain
from webapp.commands import FOLDER, main
from webapp.config import load
from webapp.db import Stores
from webapp.passwords import matches

COMMANDS = sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new installation; gives its data folder."""
    folder = tmp_path / "var"
    done = minping("init", "--data-dir", str(folder))
    assert done.exit_code == 0, done.output
    (tmp_path / "said").write_text(done.output, "utf-8")
    monkeypatch.setenv("MINPING_ENV_FILE", str(folder / "minping.env"))
    return folder


def minping(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def accounts(folder: Path) -> list[Account]:
    settings = load(folder / "minping.env")
    stores = Stores.at(settings.box_url, settings.registrar_url)
    with stores.registrar_reading() as registrar:
        assert verify_chain(registrar) is None
        return list(registrar.scalars(select(Account).order_by(Account.id)))


def test_help_lists_every_command_with_a_line_of_its_own() -> None:
    said = minping("--help").output
    for name in COMMANDS:
        assert re.search(rf"^  {name.replace('_', '-')}  +\S", said, re.MULTILINE), name


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself(name: str) -> None:
    done = minping(name.replace("_", "-"), "--help")
    assert done.exit_code == 0
    assert len(done.output.splitlines()) > 4


def test_the_web_and_the_help_do_not_load_what_only_jobs_need() -> None:
    heavy = ("pandas", "scipy", "numpy", "docx", "xlsxwriter", "openpyxl", "typst", "vl_convert")
    told = f"import sys, webapp, webapp.commands; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_init_lays_out_stores_secrets_and_an_administrator_whose_password_works(
    installed: Path, tmp_path: Path
) -> None:
    env = installed / "minping.env"
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert stat.S_IMODE(installed.stat().st_mode) == 0o700
    said = (tmp_path / "said").read_text("utf-8")
    password = re.search(r"只显示这一次\): (\S+)", said)
    assert password is not None
    assert password[1] not in env.read_text("utf-8")
    [admin] = accounts(installed)
    assert matches(admin.password_hash, password[1])


def test_init_never_overwrites(installed: Path) -> None:
    before = {path.name: path.read_bytes() for path in installed.iterdir()}
    again = minping("init", "--data-dir", str(installed))
    assert again.exit_code == 1
    assert "没有改动任何内容" in again.output
    (installed / "minping.env").unlink()
    assert minping("init", "--data-dir", str(installed)).exit_code == 1
    assert not (installed / "minping.env").exists()
    assert (installed / "box.sqlite3").read_bytes() == before["box.sqlite3"]


def test_without_settings_a_command_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINPING_ENV_FILE", str(tmp_path / "none"))
    done = minping("migrate")
    assert done.exit_code == 1
    assert "minping init" in done.output
    assert "Traceback" not in done.output


def test_staff_are_added_granted_and_revoked_from_the_terminal(installed: Path) -> None:
    assert minping("staff", "add", "li.qiang", "李强").exit_code == 0
    assert "没有代码为“none”的机构" in minping("staff", "grant", "li.qiang", "assessor", "none").output
    assert minping("staff", "grant", "li.qiang", "assessor", "assessor").exit_code == 0
    listed = minping("staff", "list").output
    number = re.search(r"grant (\d+): assessor assessor", listed)
    assert number is not None
    assert minping("staff", "revoke", number[1]).exit_code == 0
    assert "assessor assessor" not in minping("staff", "list").output
    before = accounts(installed)[1].password_hash
    assert minping("staff", "password", "li.qiang").exit_code == 0
    assert accounts(installed)[1].password_hash != before
    assert minping("staff", "password", "nobody").exit_code == 1


def test_backup_and_restore_from_the_terminal(installed: Path, tmp_path: Path) -> None:
    assert minping("backup", str(tmp_path / "b")).exit_code == 0
    minping("staff", "add", "li.qiang", "李强")
    assert minping("restore", str(tmp_path / "b")).exit_code == 1
    assert len(accounts(installed)) == 2
    done = minping("restore", str(tmp_path / "b"), "--replace")
    assert done.exit_code == 0, done.output
    assert len(accounts(installed)) == 1
    assert "无需升级" in minping("migrate").output


@pytest.fixture
def served(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """`minping serve` on a free port, with its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "PORT": str(port), "MINPING_ENV_FILE": str(installed / "minping.env")}
    process = subprocess.Popen([sys.executable, "-m", "webapp.commands", "serve"], env=environment)
    yield process, f"http://127.0.0.1:{port}"
    process.kill()
    process.wait()


def answers(address: str, seconds: float = 30) -> str:
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def children(process: subprocess.Popen[bytes]) -> list[int]:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(number) for number in listed]


def test_serve_runs_web_and_worker_and_stops_both(served: tuple[subprocess.Popen[bytes], str], installed: Path) -> None:
    process, address = served
    assert answers(f"{address}/healthz") == "ok"
    assert "登录" in answers(f"{address}/staff/login")
    both = children(process)
    assert len(both) == 2
    process.send_signal(signal.SIGTERM)
    assert process.wait(40) == 0
    assert not any(Path(f"/proc/{number}").exists() for number in both)
    assert "127.0.0.1" not in (installed / "access.log").read_text("utf-8")
