"""gunicorn's own log never says whose request broke."""

from __future__ import annotations

import logging

import pytest
from gunicorn.config import Config

from tests.webapp.conftest import settings_for
from webapp.serving import QuietLogger, gunicorn_command


def test_an_exception_in_the_server_is_logged_without_the_requests_address(caplog: pytest.LogCaptureFixture) -> None:
    logger = QuietLogger(Config())
    logger.error_log.propagate = True
    message = "203.0.113.77"
    with caplog.at_level(logging.ERROR):
        try:
            raise OSError(message)
        except OSError:
            logger.exception("Error handling request %s", "/s/ABCD-EFGH")
    assert "OSError" in caplog.text
    assert "ABCD" not in caplog.text
    assert message not in caplog.text


def test_the_server_has_no_access_log_and_no_control_socket(tmp_path_factory: pytest.TempPathFactory) -> None:
    command = gunicorn_command(settings_for(tmp_path_factory.mktemp("x")), "127.0.0.1")
    assert "--no-control-socket" in command
    assert not any("access" in word for word in command)
    assert "--worker-class=gthread" in command
