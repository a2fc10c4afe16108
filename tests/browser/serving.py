"""The application served on a port of its own, for tests that drive a browser."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from webapp import create_app
from webapp.config import Settings
from webapp.db import Stores

SECRET = "tJ3vQ8xN2mK7wL5pR9zY4bD6hF1cG0sA"


@dataclass(frozen=True)
class Served:
    """A running application; `url` has no slash at its end."""

    url: str
    app: Flask
    stores: Stores


class Silent(WSGIRequestHandler):
    """Residents' addresses are written nowhere, in tests neither."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


@contextmanager
def serving(stores: Stores, folder: Path) -> Iterator[Served]:
    """Serve until the block ends; jobs run inside the request that asks for them."""
    port = free_port()
    settings = Settings(secret_key=SECRET, data_dir=folder, public_url=f"http://127.0.0.1:{port}")
    app = create_app(settings, stores, immediate=True)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Served(settings.public_url, app, stores)
    server.shutdown()
    thread.join()
    server.server_close()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
