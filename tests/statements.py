"""The statements that reach a database while a test looks: those of SQLAlchemy and those that we prepared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from sqlalchemy import Connection, Engine, event

from mailbot.store import prepared

#: The text of a statement and its values.
Statement = tuple[str, Any]


@contextmanager
def statements() -> Iterator[list[Statement]]:
    """Every statement of every connection meanwhile, in order."""
    heard: list[Statement] = []
    ours = prepared._cursor

    class Cursor:
        def __init__(self, cursor: Any) -> None:
            self._cursor = cursor

        def execute(self, text: str, values: Any = ()) -> Any:
            heard.append((text, tuple(values) if isinstance(values, list) else values))
            return self._cursor.execute(text, values)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._cursor, name)

    def note(_connection: Any, _cursor: Any, text: str, values: Any, *_rest: Any) -> None:
        heard.append((text, values))

    def listening(connection: Connection) -> Cursor:
        return Cursor(ours(connection))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with mock.patch.object(prepared, "_cursor", listening):
            yield heard
    finally:
        event.remove(Engine, "before_cursor_execute", note)
