"""What was asked, answered or published is never edited: triggers that say so, in both databases' words."""

from __future__ import annotations

from alembic import op

FUNCTION = """
CREATE OR REPLACE FUNCTION minping_never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is never changed in this way', TG_TABLE_NAME USING ERRCODE = '23000';
END $$
"""


def never(act: str, table: str, when: str = "", column: str = "") -> None:
    """Refuse UPDATE or DELETE on `table` as an integrity error; `when` (of OLD) limits it to some rows, `column`
    an UPDATE to statements that set it.

    A batch operation of a later migration makes a SQLite table anew, without its triggers: call this again after it.
    """
    name, condition = f"{table}_never_{act.lower()}", f"WHEN ({when})" if when else ""
    if column:
        name, act = f"{name}_{column}", f"{act} OF {column}"
    if op.get_bind().dialect.name == "sqlite":
        refusal = f"SELECT RAISE(ABORT, '{table} is never changed in this way');"
        op.execute(f'CREATE TRIGGER {name} BEFORE {act} ON "{table}" FOR EACH ROW {condition} BEGIN {refusal} END')
        return
    op.execute(FUNCTION)
    op.execute(
        f'CREATE TRIGGER {name} BEFORE {act} ON "{table}" FOR EACH ROW {condition} EXECUTE FUNCTION minping_never()'
    )
    if act == "DELETE":
        truncate = f'CREATE TRIGGER {table}_never_truncate BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT'
        op.execute(f"{truncate} EXECUTE FUNCTION minping_never()")
