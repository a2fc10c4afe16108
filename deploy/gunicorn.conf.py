"""How gunicorn serves Minping: gunicorn -c deploy/gunicorn.conf.py 'webapp:create_app()'."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Any

from gunicorn.glogging import Logger


class Discreet(Logger):  # type: ignore[misc]
    """Gunicorn's error log without the address of a failed request: on the answer routes it holds an access code."""

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Of a request that failed, keep kind and place; its method, its address and what was said are dropped."""
        if "%s" not in msg:
            super().exception(msg, *args, **kwargs)
            return
        kind, _fault, place = sys.exc_info()
        name = kind.__qualname__ if kind else "no exception"
        self.error_log.error("Error handling request: %s\n%s", name, "".join(traceback.format_tb(place)))

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Drop what a refused request said, and whose it was."""
        refused = msg.startswith("Invalid request")
        super().warning("Invalid request" if refused else msg, *(() if refused else args), **kwargs)


bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("MINPING_WORKERS", "2"))
worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 30
keepalive = 5
max_requests = 20_000  # a worker is replaced now and then, not all at once
max_requests_jitter = 2_000
preload_app = False  # every worker opens its own connections; a shared one would corrupt both
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
control_socket_disable = True  # it would open a socket in somebody's home folder
accesslog = None  # who answered, and when, is written nowhere
errorlog = "-"
loglevel = "info"
logger_class = Discreet
forwarded_allow_ips = "127.0.0.1"
