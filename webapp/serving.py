"""The web server and the worker as one process group: started together, watched, and stopped gracefully together."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import traceback
from types import FrameType

from gunicorn.glogging import Logger

from webapp.config import Settings

GRACE_SECONDS = 30
WATCH_SECONDS = 0.3
RESTART_SECONDS = 2.0


class QuietLogger(Logger):
    """gunicorn's log without addresses: an exception leaves its kind and place, never the request's path."""

    def exception(self, msg: str, *args: object, **kwargs: object) -> None:
        kind, _fault, place = sys.exc_info()
        name = kind.__qualname__ if kind else "no exception"
        self.error_log.error("%s\n%s", name, "".join(traceback.format_tb(place)))


def gunicorn_command(settings: Settings, host: str) -> list[str]:
    """gunicorn with threads, no access log, no control socket, and workers that are renewed now and then."""
    options = {
        "bind": f"{host}:{settings.port}",
        "workers": settings.workers,
        "worker-class": "gthread",
        "threads": 4,
        "timeout": 60,
        "graceful-timeout": 20,
        "max-requests": 20000,
        "max-requests-jitter": 2000,
        "log-level": "error",
        "logger-class": "webapp.serving.QuietLogger",
    }
    said = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "gunicorn", *said, "--no-control-socket", "webapp:create_app()"]


def worker_command() -> list[str]:
    """The worker that runs jobs."""
    return [sys.executable, "-m", "webapp.commands", "worker"]


class Pair:
    """The web and the worker. The web's end ends both; a worker that died is started again."""

    def __init__(self, web: list[str], worker: list[str] | None) -> None:
        self._commands = (web, worker)
        self._stopping = False
        self._web: subprocess.Popen[bytes]
        self._worker: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """Run until the web ends or SIGTERM or SIGINT comes; gives the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        web, worker = self._commands
        self._web = subprocess.Popen(web)
        self._worker = subprocess.Popen(worker) if worker else None
        while not self._stopping and self._web.poll() is None:
            self._watch_worker()
            time.sleep(WATCH_SECONDS)
        return self._stopped()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _watch_worker(self) -> None:
        _web, worker = self._commands
        if worker and self._worker and self._worker.poll() is not None:
            time.sleep(RESTART_SECONDS)
            self._worker = subprocess.Popen(worker)

    def _stopped(self) -> int:
        asked = self._stopping
        processes = [process for process in (self._web, self._worker) if process]
        for process in processes:
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + GRACE_SECONDS
        for process in processes:
            try:
                process.wait(max(until - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        return 0 if asked else self._web.returncode or 1
