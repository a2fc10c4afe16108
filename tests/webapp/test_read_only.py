"""A PostgreSQL that takes no more writes: nothing is acknowledged, nothing typed is lost; it comes back by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from tests.collection.samples import answers
from tests.respond.samples import field
from tests.webapp.conftest import settings_for
from webapp import create_app
from webapp.db import Stores


def read_only(stores: Stores, value: str) -> None:
    with stores.box.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        name = connection.scalar(text("SELECT current_database()"))
        connection.exec_driver_sql("SET default_transaction_read_only = off")
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {value}')
    stores.dispose()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_read_only_store_keeps_the_filled_form_and_asks_to_send_it_again(stores: Stores, tmp_path: Path) -> None:
    address = f"/s/{field(stores).codes[0]}"
    phone = create_app(settings_for(tmp_path), stores, immediate=True).test_client()
    read_only(stores, "on")
    refused = phone.post(address, data=answers(comment=["别丢了"]))
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
    assert "别丢了" in refused.get_data(as_text=True)
    read_only(stores, "off")
    assert phone.post(address, data=answers()).status_code == 200
