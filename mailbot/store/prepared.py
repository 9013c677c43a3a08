"""The statements of a message's path: compiled once, then handed to the database's driver as they are.

SQLAlchemy needs several times as long to look at a statement, find it in its cache and wrap what comes back as SQLite
needs to run it; a message takes about fifteen of them. They are still written in its language, and its types still
turn values into what each database keeps. What is asked now and then goes through SQLAlchemy as usual.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Executable,
    LargeBinary,
    Select,
    Table,
    UpdateBase,
    bindparam,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import iterate
from sqlalchemy.types import TypeEngine

_Reader = Callable[[Sequence[Any]], Any]
#: The values of one execution by the name of their parameter; for INSERT and UPDATE a column is a parameter too.
Values = Mapping[str, Any]


#: Where the cursor of a connection is kept.
_CURSOR = "mailbot.prepared"
#: How many values one execution can ask for with `any_of`.
WIDTH = 16


def any_of(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """That the column has one of the values that `spread` gives under this name: IN, of fixed shape."""
    return column.in_([bindparam(f"{name}_{place}", type_=column.type) for place in range(WIDTH)])


def spread(name: str, wanted: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """The values for `any_of`, for as many executions as they take; places that are left are null, like nothing."""
    values = list(wanted)
    for start in range(0, len(values), WIDTH):
        some = values[start : start + WIDTH]
        yield {f"{name}_{place}": some[place] if place < len(some) else None for place in range(WIDTH)}


class Prepared:
    """A statement of fixed shape (no IN but `any_of`); by the name of the engine where each needs its own.

    `by`: of the table of this column it sees only rows that have in it one of the values given under this name.
    """

    def __init__(
        self, statement: Executable | Mapping[str, Executable], by: tuple[Column[Any], str] | None = None
    ) -> None:
        self._statement = statement
        self._compiled: dict[tuple[str, tuple[str, ...]], _Compiled] = {}
        self.by = {by[0].table: by} if by else {}

    @cached_property
    def tables(self) -> frozenset[Table]:
        """The tables that it reads or writes."""
        one = self._statement if isinstance(self._statement, Executable) else next(iter(self._statement.values()))
        return frozenset(each for each in iterate(one) if isinstance(each, Table))  # type: ignore[arg-type]

    def rows(self, connection: Connection, values: Values) -> list[Any]:
        """Every row as a named tuple. Raises what SQLAlchemy raises."""
        compiled = self._for(connection.dialect, values)
        cursor = _cursor(connection)
        try:
            cursor.execute(compiled.text, compiled.bound(values))
            found: list[Any] = cursor.fetchall()
        except connection.dialect.loaded_dbapi.Error as error:
            raise _told(error, connection) from error
        if not found:
            return []
        reader = compiled.reader = compiled.reader or compiled.reader_of(cursor.description)
        return [reader(row) for row in found]

    def change(self, connection: Connection, values: Values) -> int:
        """Run an UPDATE or INSERT that returns nothing; how many rows it touched."""
        compiled = self._for(connection.dialect, values)
        cursor = _cursor(connection)
        try:
            cursor.execute(compiled.text, compiled.bound(values))
        except connection.dialect.loaded_dbapi.Error as error:
            raise _told(error, connection) from error
        touched: int = cursor.rowcount
        return touched

    def change_each(self, connection: Connection, rows: Sequence[Values]) -> int:
        """Run it once for each of these, which have the same keys; how many rows it touched in all."""
        if len(rows) < 2:
            return sum(self.change(connection, row) for row in rows)
        compiled = self._for(connection.dialect, rows[0])
        keys = tuple(rows[0])
        bound = [compiled.bound(row if tuple(row) == keys else {key: row[key] for key in keys}) for row in rows]
        cursor = _cursor(connection)
        try:
            cursor.executemany(compiled.text, bound)
            touched: int = cursor.rowcount
            if connection.dialect.name == "postgresql":
                cursor.execute("SELECT 1")  # the server goes on to count how long we stand still: engine.py says why
        except connection.dialect.loaded_dbapi.Error as error:
            raise _told(error, connection) from error
        return touched

    def _for(self, dialect: Dialect, values: Values) -> _Compiled:
        key = (dialect.name, tuple(values))
        compiled = self._compiled.get(key)
        if compiled is None:
            statement = self._statement
            chosen = statement if isinstance(statement, Executable) else statement[dialect.name]
            compiled = self._compiled[key] = _compile(chosen, dialect, key[1])
        return compiled


@dataclass(slots=True)
class _Compiled:
    """The text for the driver, and how values go in and rows come out.

    How rows are read depends on what the driver says about its columns, and is known from the first rows on.
    """

    text: str
    bound: Callable[[Values], Any]
    reader_of: Callable[[Any], _Reader]
    reader: _Reader | None = None


def _compile(statement: Executable, dialect: Dialect, keys: Sequence[str]) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(keys))  # type: ignore[attr-defined]
    return _Compiled(str(compiled), _binder(compiled, dialect, keys), partial(_reader, _columns(statement), dialect))


def _binder(compiled: SQLCompiler, dialect: Dialect, keys: Iterable[str]) -> Callable[[Values], Any]:
    """Turns values into what the driver takes, in its order; what stands in the statement itself is turned once."""
    given = set(keys)
    order: Sequence[str] = compiled.positiontup or tuple(compiled.binds)
    turned = {name: _bind_processor(compiled.binds[name].type, dialect) for name in order}
    fixed = {
        name: (process or _as_it_is)(compiled.binds[name].effective_value)
        for name, process in turned.items()
        if name not in given
    }
    # What is given comes in the order of its keys: nothing is looked up by name, and only what needs it costs a call.
    names, last = [*keys, *fixed], tuple(fixed.values())
    steps = [(names.index(name), process) for name, process in turned.items() if process and name in given]
    in_order = _picker([names.index(name) for name in order])

    def positional(values: Values) -> Sequence[Any]:
        whole = [*values.values(), *last]
        for place, process in steps:
            whole[place] = process(whole[place])
        return in_order(whole)

    if compiled.positiontup is None:
        return lambda values: dict(zip(order, positional(values), strict=True))
    return positional


def _picker(places: Sequence[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """Picks what stands at these places, in their order; `itemgetter` gives a tuple only for two and more."""
    if list(places) == list(range(len(places))):
        return lambda values: values[: len(places)]
    return itemgetter(*places) if len(places) > 1 else lambda values: [values[place] for place in places]


def _bind_processor(of_column: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What turns values of a type into the driver's; None where it takes them as they are."""
    if dialect.name == "sqlite" and isinstance(of_column, LargeBinary):
        return None  # SQLAlchemy would wrap bytes in a view, which its driver does not need
    return _impl(of_column, dialect).bind_processor(dialect)


def _reader(columns: Sequence[Any], dialect: Dialect, description: Sequence[Any]) -> _Reader:
    """Turns a row of the driver into a named tuple of our own values; `description` is the cursor's (PEP 249)."""
    row = namedtuple("Row", [column["name"] for column in columns])  # type: ignore[misc]  # noqa: PYI024
    processors = [
        _impl(column["type"], dialect).result_processor(dialect, described[1])
        for column, described in zip(columns, description, strict=True)
    ]
    if not any(processors):
        return row._make
    steps = [(place, process) for place, process in enumerate(processors) if process]

    def read(values: Sequence[Any]) -> Any:
        own = list(values)
        for place, process in steps:
            own[place] = process(own[place])
        return row._make(own)

    return read


def _columns(statement: Executable) -> Sequence[Any]:
    found: Sequence[Any] = ()
    if isinstance(statement, Select):
        found = statement.column_descriptions
    elif isinstance(statement, UpdateBase):
        found = statement.returning_column_descriptions
    return found


def _impl(of_column: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return of_column.dialect_impl(dialect)


def _as_it_is(value: Any) -> Any:
    return value


def _cursor(connection: Connection) -> Any:
    """The cursor that all prepared statements of a connection share: psycopg takes long to make one."""
    kept = connection.info
    cursor = kept.get(_CURSOR)
    if cursor is None:
        driver: Any = connection.connection.driver_connection
        cursor = kept[_CURSOR] = driver.cursor()
    return cursor


@contextmanager
def driver_of(connection: Connection) -> Iterator[Any]:
    """The driver's connection, for what no statement can do; its errors become those of SQLAlchemy."""
    try:
        yield connection.connection.driver_connection
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(error, connection) from error


def _told(error: Any, connection: Connection) -> BaseException:
    """The error of a driver as SQLAlchemy would have told it; a lost connection is given up for good."""
    dialect, driver = connection.dialect, connection.connection.driver_connection
    lost = dialect.is_disconnect(error, driver, None)
    if lost:
        connection.invalidate(error)
    their = dialect.loaded_dbapi.Error
    told: BaseException = DBAPIError.instance(
        None, None, error, their, hide_parameters=True, connection_invalidated=lost, dialect=dialect
    )
    return told
