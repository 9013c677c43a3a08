"""Column types that mean the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Integer, LargeBinary, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

#: An application-made id; on SQLite it must be INTEGER to be the table's own key.
RowId = BigInteger().with_variant(Integer(), "sqlite")
#: Small structured values without text from mail.
Json = JSON().with_variant(JSONB(), "postgresql")
#: A sealed value or a keyed digest.
Sealed = LargeBinary


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC on both databases: SQLite would drop the zone and keep the wall time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """On SQLite straight to the text that SQLAlchemy would make of it: a message has twenty moments."""
        return _as_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        return _from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _in_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


#: Where "+00:00" stands behind a moment in UTC.
_UTC_OFFSET = len("2026-11-21 09:00:00.000000")


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a time without an offset cannot be stored")
    return value.astimezone(UTC)


def _as_text(value: datetime | None) -> str | None:
    """The moment as SQLite keeps it: in UTC, without saying so, so that texts sort as moments do."""
    if value is None:
        return None
    return (value if value.tzinfo is UTC else _in_utc(value)).isoformat(" ", "microseconds")[:_UTC_OFFSET]


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


class CleanText(TypeDecorator[str]):
    """Text that may come from mail: NUL (PostgreSQL refuses it) and lone surrogates (both refuse) are replaced."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return scrub(value) if isinstance(value, str) else value


def scrub(text: str) -> str:
    """The text with NUL and lone surrogates as U+FFFD."""
    if "\0" in text:
        text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
