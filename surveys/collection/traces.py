"""What a database keeps of rows that are gone; run after each sealing, outside any transaction."""

from __future__ import annotations

from sqlalchemy import Engine

EMPTIED = ("arrival", "pending_leaf", "answered")


def erase_traces(box: Engine) -> None:
    """SQLite: fold the write-ahead log into the file (secure_delete has zeroed the rows) and cut it to nothing.
    PostgreSQL: write the emptied tables anew, since dead rows keep their content and their transaction's number.

    Archived logs and backups are beyond reach: docs/collection.md#honest-limits.
    """
    if box.dialect.name == "sqlite":
        connection = box.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
        return
    with box.connect().execution_options(isolation_level="AUTOCOMMIT") as autocommit:
        for table in EMPTIED:
            autocommit.exec_driver_sql(f"VACUUM (FULL) {table}")
