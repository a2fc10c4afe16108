"""A real server under real load, to be killed: gunicorn on loopback, in a process group of its own."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy.engine import URL

from surveys.collection.codes import AccessCode

ROOT = Path(__file__).parents[2]
SECRET = "durability-tests-only-0123456789abcdefXYZ"
RECEIPT = re.compile(r'class="receipt">([^<]+)<')
PATIENCE = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Web:
    """The web application as `minping serve` runs it: two workers of eight threads."""

    def __init__(self, box: URL, registrar: URL, folder: Path) -> None:
        self.port = free_port()
        self._log = folder / "gunicorn.log"
        self._environment = os.environ | {
            "MINPING_SECRET_KEY": SECRET,
            "MINPING_BOX_URL": box.render_as_string(hide_password=False),
            "MINPING_REGISTRAR_URL": registrar.render_as_string(hide_password=False),
            "MINPING_DATA_DIR": str(folder),
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "PORT": str(self.port),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "deploy" / "gunicorn.conf.py")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "webapp:create_app()"],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()

    def kill(self) -> None:
        """SIGKILL for the master and its workers at one moment."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with suppress(OSError, http.client.HTTPException):
                if get(self.port, "/healthz") == 200:
                    return
            time.sleep(0.05)
        raise AssertionError(self._log.read_text(errors="replace")[-2000:])


@contextmanager
def serving(box: URL, registrar: URL, folder: Path) -> Iterator[Web]:
    web = Web(box, registrar, folder)
    try:
        web.start()
        yield web
    finally:
        web.kill()


def get(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def post(port: int, path: str, form: dict[str, list[str]]) -> tuple[int, str]:
    """Status and page of one POST, as an old phone sends it: without Sec-Fetch-Site, Origin or Referer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", path, urlencode(form, doseq=True), headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@dataclass
class Phones:
    """Several phones that send one questionnaire after the other and note what was acknowledged."""

    port: int
    codes: Sequence[AccessCode]
    form: dict[str, list[str]]
    acknowledged: dict[AccessCode, str] = field(default_factory=dict)
    refused: list[int] = field(default_factory=list)
    sent: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, phones: int, stop: threading.Event) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._send, args=(stop,)) for _ in range(phones)]
        for thread in threads:
            thread.start()
        return threads

    def wait_for_more(self, count: int) -> None:
        """Until so many more were acknowledged; fails when the load does not come about."""
        enough, until = len(self.acknowledged) + count, time.monotonic() + PATIENCE
        while len(self.acknowledged) < enough:
            assert time.monotonic() < until, f"{len(self.acknowledged)} acknowledged, refused {self.refused}"
            time.sleep(0.01)

    def _send(self, stop: threading.Event) -> None:
        while not stop.is_set():
            with self._lock:
                if self.sent >= len(self.codes):
                    return
                code = self.codes[self.sent]
                self.sent += 1
            try:
                self.note(code, *post(self.port, f"/s/{code.symbols}", self.form))
            except (OSError, http.client.HTTPException):
                return  # the line is dead; the person tries again later

    def note(self, code: AccessCode, status: int, page: str) -> None:
        """Keep the receipt of a thank-you page; anything but it and "try again" is noted as refused."""
        found = RECEIPT.search(page)
        if status == 200 and found:
            self.acknowledged[code] = found[1]
        elif status != 503:
            self.refused.append(status)
