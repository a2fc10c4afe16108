"""What stands in deploy/ can be read by the programs it is for."""

from __future__ import annotations

import configparser
import logging
import re
import runpy
import shlex
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from gunicorn.config import Config

DEPLOY = Path(__file__).parents[2] / "deploy"
GUNICORN = DEPLOY / "gunicorn.conf.py"


def settings() -> dict[str, object]:
    return {name: value for name, value in runpy.run_path(str(GUNICORN)).items() if name in Config().settings}


def test_gunicorn_accepts_its_configuration() -> None:
    config = Config()
    for name, value in settings().items():
        config.set(name, value)
    assert config.worker_class_str == "gthread"
    assert config.accesslog is None
    assert config.control_socket_disable is True


def test_gunicorns_log_holds_no_access_code(caplog: pytest.LogCaptureFixture) -> None:
    log = runpy.run_path(str(GUNICORN))["Discreet"](Config())
    log.error_log.propagate = True
    with caplog.at_level(logging.DEBUG, logger="gunicorn.error"):
        marker = "MARKER" + "CODE"  # so that no source line in a traceback holds it
        try:
            int(marker)
        except ValueError:
            log.exception("Error handling request %s", f"/s/{marker}")
        log.warning("Invalid request from ip=10.0.0.1: /s/MARKERCODE")
        log.warning("Worker %s was late", 7)
    assert "MARKERCODE" not in caplog.text
    assert "10.0.0.1" not in caplog.text
    assert "ValueError" in caplog.text
    assert "Worker 7 was late" in caplog.text


def test_nginx_logs_nothing_and_keeps_answers_in_memory() -> None:
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert site.count("access_log off;") == site.count("server_name")
    assert site.count("error_log /dev/null crit;") == site.count("access_log off;")
    assert "proxy_max_temp_file_size 0;" in site
    assert site.count("{") == site.count("}")


@pytest.mark.parametrize("unit", sorted(path.name for path in DEPLOY.glob("minping-*")))
def test_a_systemd_unit_has_its_sections(unit: str) -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / unit, encoding="utf-8")
    assert parser["Unit"]["Description"]
    assert ("Timer" if unit.endswith(".timer") else "Service") in parser
    if "Service" in parser:
        assert parser["Service"]["DynamicUser"] == "yes"
        assert parser["Service"]["ProtectSystem"] == "strict"


def test_the_faces_of_official_documents_have_a_stand_in() -> None:
    names = {test.text for test in ElementTree.parse(DEPLOY / "fonts.conf").iter("string")}
    assert {"仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "Times New Roman", "Noto Serif CJK SC"} <= names


@pytest.mark.parametrize("script", ["environment", "test-packages", "../.ci/run"])
def test_a_script_is_sound_and_runnable(script: str) -> None:
    path = DEPLOY / script
    bash = shutil.which("bash")
    assert bash
    assert path.stat().st_mode & 0o111
    assert subprocess.run([bash, "-n", str(path)], check=False).returncode == 0


def test_every_nights_backup_has_a_folder_of_its_own() -> None:
    [line] = [
        said for said in (DEPLOY / "minping-backup.service").read_text("utf-8").splitlines() if "minping backup" in said
    ]
    asked = shlex.split(line.removeprefix("ExecStart=").replace("$$", "$").replace("%%", "%"))
    asked[2] = asked[2].replace("exec /opt/minping/.venv/bin/minping", "echo")
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert re.fullmatch(r"backup /var/lib/minping/backup/\d{4}-\d\d-\d\d-\d{6}\n", said)
