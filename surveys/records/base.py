"""The two stores' declarative bases, and the column types both use."""

import enum
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Enum, LargeBinary, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept and given back in UTC; a naive datetime is refused with ValueError."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store the UTC clock time without a zone, the same on both databases."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone cannot be kept")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the instant back as aware UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


WITHOUT_ROWID = {"sqlite_with_rowid": False}  # a rowid would keep the order of arrival


def _values(kind: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in kind]


TYPES: dict[Any, Any] = {
    enum.Enum: Enum(enum.Enum, native_enum=False, values_callable=_values, length=32),
    datetime: Instant,
    dict[str, Any]: JSON,
    dict[str, str]: JSON,
    dict[str, float]: JSON,
    dict[str, int]: JSON,
    list[str]: JSON,
    bytes: LargeBinary,
}


class BoxRecord(DeclarativeBase):
    """Kept in the box: what was published, asked, answered and released, without a person."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = TYPES


class RegistrarRecord(DeclarativeBase):
    """Kept by the registrar: staff, frames, draws, sampled units and the letters to them, without an answer."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = TYPES


Code = String(64)
NAME_LENGTH = 200
Name = String(NAME_LENGTH)
Long = Text
