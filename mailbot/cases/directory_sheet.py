"""Reads and writes the CSV file of a directory, as spreadsheets save it: any common encoding and separator."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mailbot.cases.cells import cell, uncell
from mailbot.cases.directory_cells import COLUMNS, cells_of, nearest, read_cells, troubles_of
from mailbot.cases.people import Person
from mailbot.mail import OwnAddresses

LARGEST_FILE = 32_000_000
#: The database takes this many entries in a few seconds; mail waits for so long.
MOST_LINES = 50_000
_NEEDED = ("address", "role")
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong with a sheet; `column` is "" where it is the line as a whole."""

    line: int
    column: str
    sentence: str

    def __str__(self) -> str:
        return f"line {self.line}{f', {self.column}' if self.column else ''}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a sheet, and the number of its line."""

    number: int
    person: Person = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The entries that can be used, the columns that the sheet has, and all that is wrong with it."""

    lines: tuple[Line, ...]
    columns: frozenset[str]
    mistakes: tuple[Mistake, ...]


def read_sheet(content: bytes, own: OwnAddresses) -> Sheet:
    """The sheet in a CSV file. What is wrong with one line leaves the others; a wrong header leaves nothing."""
    try:
        rows = list(_rows(_decoded(content)))
    except ValueError as error:
        return Sheet((), frozenset(), (Mistake(1, "", str(error)),))
    header_line, names = rows[0] if rows else (1, [])
    columns = [" ".join(name.casefold().replace("_", " ").split()) for name in names]
    if wrong := tuple(_header_mistakes(header_line, columns)):
        return Sheet((), frozenset(), wrong)
    lines: list[Line] = []
    mistakes: list[Mistake] = []
    seen: dict[str, Line] = {}
    for number, row in rows[1:]:
        line, found = _line(number, row, columns, own)
        if line is not None:
            found += _repeated(line, seen.setdefault(line.person.address.key, line))
        mistakes += found
        if line is not None and not found:
            lines.append(line)
    return Sheet(tuple(lines), frozenset(columns) - {""}, tuple(mistakes))


def write_sheet(people: Iterable[Person]) -> Iterator[str]:
    """The lines of a CSV file with these people, the header first; each ends with CR LF."""
    yield _written(COLUMNS)
    for person in people:
        yield _written([cell(text) for text in cells_of(person).values()])


def _written(row: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(row)
    return text.getvalue()


def _decoded(content: bytes) -> str:
    """The text; ValueError with a sentence where it is none."""
    if len(content) > LARGEST_FILE:
        raise ValueError(f"the file is larger than {LARGEST_FILE} bytes: cut it into several")
    encodings = ("utf-16",) if content.startswith(_BYTE_ORDER_MARKS) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
        break
    raise ValueError("this is no CSV file: save the sheet as CSV in UTF-8")


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The number and the cells of each line that is not empty; a cell is on one line, without blanks around it."""
    source = io.StringIO(text, newline=None)
    first, separator, skipped = source.readline(), "", 1
    if first.strip().casefold().startswith("sep="):
        separator = first.strip()[4:5]
    else:
        skipped = 0
        source.seek(0)
    reader = csv.reader(source, delimiter=separator or max(",;\t|", key=first.count))
    number = skipped + 1
    try:
        for row in reader:
            cells = [uncell(text) for text in row]
            if any(cells):
                yield number, cells
            number = skipped + reader.line_num + 1
            if number > MOST_LINES + 2:
                raise ValueError(f"the file has more than {MOST_LINES} lines: cut it into several")
    except csv.Error as error:
        raise ValueError(f"this is no CSV file from line {number} on ({error})") from error


def _header_mistakes(number: int, columns: list[str]) -> Iterator[Mistake]:
    for at, name in enumerate(columns):
        if name and name not in COLUMNS:
            yield Mistake(number, name[:40], f"there is no such column; {nearest(name, COLUMNS)}")
        elif name and name in columns[:at]:
            yield Mistake(number, name, "this column is there twice")
    for name in _NEEDED:
        if name not in columns:
            yield Mistake(number, name, "this column is needed; the first line names the columns")


def _line(number: int, row: list[str], columns: list[str], own: OwnAddresses) -> tuple[Line | None, list[Mistake]]:
    if any(row[len(columns) :]) or any(text for text, name in zip(row, columns, strict=False) if not name):
        return None, [Mistake(number, "", "there is something in a column without a name")]
    person, troubles = read_cells(dict(zip(columns, row, strict=False)))
    found = [Mistake(number, column, sentence) for column, sentence in troubles or troubles_of(person, own)]
    return (None if troubles else Line(number, person)), found


def _repeated(line: Line, first: Line) -> list[Mistake]:
    """An address is one person: staff or a producer, never both."""
    if first is line:
        return []
    if first.person.role is line.person.role:
        sentence = f"line {first.number} has this address too; take one of them out"
    else:
        roles = f"{first.person.role} and {line.person.role}"
        sentence = f"line {first.number} has this address too, and nobody is both {roles}; take one of them out"
    return [Mistake(line.number, "address", sentence)]
