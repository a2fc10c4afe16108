"""What an installation may choose, and what stops the start."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.webapp.conftest import settings_for
from webapp.config import Settings, flask_settings, load

EXAMPLE = Path(__file__).parents[2] / "deploy" / "env.example"


def names() -> set[str]:
    plain = {"public_url": "PUBLIC_URL", "port": "PORT"}
    return {plain.get(name, f"MINPING_{name.upper()}") for name in Settings.model_fields}


def test_the_example_names_every_setting_and_no_other() -> None:
    assert set(re.findall(r"^([A-Z_]+)=", EXAMPLE.read_text("utf-8"), re.MULTILINE)) == names()


def test_the_examples_values_are_read_once_a_key_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in names():
        monkeypatch.delenv(name, raising=False)
    key = "MINPING_SECRET_KEY="
    (tmp_path / "env").write_text(
        EXAMPLE.read_text("utf-8").replace(key, key + "vN7-kQ2xLm9_Rt4sWz8yBc3dEf6gHj1p"), "utf-8"
    )
    assert load(tmp_path / "env").port == 8000


@pytest.mark.parametrize("key", ["", "short", "a" * 50, "changeme-changeme-changeme-changeme-0123456789"])
def test_a_missing_or_placeholder_key_stops_the_start(key: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="minping init"):
        settings_for(tmp_path, secret_key=key)


def test_no_key_at_all_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MINPING_SECRET_KEY", raising=False)
    with pytest.raises(ValidationError, match="secret_key"):
        Settings(_env_file=None)


def test_the_key_is_never_shown(tmp_path: Path) -> None:
    assert "only-for-tests" not in repr(settings_for(tmp_path))


def test_stores_and_queue_are_files_of_the_data_folder_unless_said_otherwise(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, secret_key_fallbacks="aa, bb", trusted_hosts="")
    assert settings.box_url == f"sqlite:///{tmp_path}/box.sqlite3"
    assert settings.registrar_url == f"sqlite:///{tmp_path}/registrar.sqlite3"
    assert settings.jobs == tmp_path / "jobs.sqlite3"
    assert flask_settings(settings)["SECRET_KEY_FALLBACKS"] == ["aa", "bb"]
    assert "127.0.0.1" in settings.trusted_hosts


@pytest.mark.parametrize("address", ["survey.example.org", "ftp://x", "https://x/path"])
def test_a_public_address_is_scheme_and_host(address: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        settings_for(tmp_path, public_url=address)


def test_over_https_cookies_are_secure_and_forms_outlive_an_hour(tmp_path: Path) -> None:
    told = flask_settings(settings_for(tmp_path, public_url="https://survey.example.org"))
    assert told["SESSION_COOKIE_SECURE"] is True
    assert told["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert told["WTF_CSRF_TIME_LIMIT"] is None
    assert told["TRUSTED_HOSTS"] == ["127.0.0.1", "localhost", "::1", "survey.example.org"]


@pytest.mark.parametrize(
    ("host", "nowhere"),
    [
        ("127.0.0.1", True), ("127.0.1.1", True), ("[::1]", True), ("0.0.0.0", True), ("[::ffff:127.0.0.1]", True),
        ("LOCALHOST", True), ("survey.localhost", True), ("192.168.1.5", False), ("survey.example.org", False),
    ],
)  # fmt: skip
def test_an_address_that_opens_on_this_machine_only_leads_nowhere(host: str, nowhere: bool, tmp_path: Path) -> None:
    assert settings_for(tmp_path, public_url=f"http://{host}:8000").leads_nowhere is nowhere
