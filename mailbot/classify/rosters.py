"""Reads tables of people: rows pasted into a mail, and spreadsheets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, takewhile

from mailbot.classify.cues import phrases
from mailbot.classify.folding import fold
from mailbot.classify.linear import Linear

ROWS_CAP = 2_000
_LONGEST_CELL = 40
_MOST_COLUMNS = 12
_DIGIT = re.compile(r"\d")
_GAP = re.compile(r" \| | {2,}")

_COLUMNS = tuple(
    (column, phrases(f"rosters.{column}"))
    for column in (
        "ignored",
        "birth",
        "person",
        "dependent",
        "group",
        "claim",
        "date",
        "last",
        "first",
        "id",
        "name",
        "plan",
        "address",
    )
)


def _forms(mark: str) -> tuple[str, ...]:
    """How a mark stands in a header: by itself, in the plural, and a long or Chinese one anywhere."""
    if len(mark) > 4 or not mark.isascii():
        return (mark,)
    return (f" {mark} ", f" {mark}s ")


_WRITTEN = tuple((column, tuple(form for mark in marks for form in _forms(mark))) for column, marks in _COLUMNS)


_MAY_NAME = Linear("|".join(re.escape(form) for _, forms in _WRITTEN for form in forms) + "| eff")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with what each column holds ("name", "birth", …; "" where unknown); `heading` is the line above.

    `above` counts the rows before the header, which are labels and values.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    heading: str = ""
    above: int = 0

    @property
    def is_of_people(self) -> bool:
        """Whether the columns say who is meant."""
        return bool({"name", "last", "first", "dependent", "id", "person"} & set(self.columns)) and bool(self.rows)

    def cells(self, column: str) -> Iterator[str]:
        """The filled cells of a column, from the top; none where there is no such column."""
        if column not in self.columns:
            return iter(())
        at = self.columns.index(column)
        return (row[at].strip() for row in self.rows if at < len(row) and row[at].strip())

    def names(self, column: str) -> Iterator[str]:
        """The names of a column in the order first last; "Lee, Ann" is turned round."""
        return (turned(cell) for cell in self.cells(column))

    def full_names(self) -> tuple[str, ...]:
        """The people of the table, from one column of names or from two."""
        if "last" in self.columns and "first" in self.columns:
            last, first = self.columns.index("last"), self.columns.index("first")
            whole = [row for row in self.rows if max(last, first) < len(row)]
            return tuple(f"{row[first].strip()} {row[last].strip()}".strip() for row in whole)
        return tuple(self.names("name")) if "name" in self.columns else ()


def turned(name: str) -> str:
    """The name in the order first last, without blanks too many."""
    last, comma, first = name.partition(",")
    return " ".join(f"{first} {last}".split()) if comma and first.strip() else " ".join(name.split())


def split_tables(text: str, *, form: bool = False) -> tuple[str, tuple[Table, ...]]:
    """The text without its tables, and the tables; a run of lines with tabs (or " | ") is one.

    Only in a mail, not in a `form`, are column names in a column looked for.
    """
    lines = text.split("\n")
    if not form:
        lines = _standing(_aligned(lines) if "  " in text or " | " in text else lines)
        text = "\n".join(lines)
    if "\t" not in text and "|" not in text:  # as most mail, which has no table
        return text, ()
    prose: list[str] = []
    tables: list[Table] = []
    block: list[tuple[str, ...]] = []
    for line in [*lines, "."]:
        cells = _cells(line)
        if len(cells) >= 2:
            block.append(cells)
        elif line.strip() or not block:
            if block:
                heading = next((above for above in reversed(prose) if above.strip()), "")
                table = _table(block[:ROWS_CAP], heading)
                prose.extend(_labelled(row) for row in (block if table is None else block[: table.above]))
                if table is not None:
                    tables.append(table)
                block = []
            prose.append(line)
    return "\n".join(prose[:-1]), tuple(tables)


def _labelled(row: tuple[str, ...]) -> str:
    """A row that is no part of a table, as a labelled line."""
    label, *values = (cell for cell in row if cell)
    return f"{label}: {'  '.join(values)}" if values else label


def _aligned(lines: list[str]) -> list[str]:
    """Tables that are only held together by blanks or single bars, under two or more column names: with tabs."""
    out: list[str] = []
    at = 0
    while at < len(lines):
        header = _gapped(lines[at])
        rows = 0
        if _names_columns(header):
            while at + 1 + rows < len(lines) and len(_gapped(lines[at + 1 + rows])) == len(header):
                rows += 1
        out.extend("\t".join(_gapped(line)) for line in lines[at : at + 1 + rows] if rows)
        if not rows:
            out.append(lines[at])
        at += 1 + rows
    return out


def _gapped(line: str) -> tuple[str, ...]:
    if "\t" in line or ("  " not in line and " | " not in line):
        return ()
    return tuple(cell.strip() for cell in _GAP.split(line.strip().strip("|")))


def _names_columns(cells: tuple[str, ...]) -> bool:
    """A header row: two or more names of columns, and no number."""
    digits = any(letter.isdigit() for cell in cells for letter in cell)
    return len(cells) >= 2 and not digits and sum(bool(_column(cell)) for cell in cells) >= 2


def _standing(lines: list[str]) -> list[str]:
    """Tables that lost their rows, one cell a line under two or more column names: the rows put together again."""
    out: list[str] = []
    at = 0
    while at < len(lines):
        width = 0 if not lines[at] or len(lines[at]) > _LONGEST_CELL else _header_height(lines, at)
        if width < 2:
            out.append(lines[at])
            at += 1
            continue
        cells = [line.strip() for line in lines[at:] if line.strip()]
        count = next((n for n, cell in enumerate(cells) if len(cell) > _LONGEST_CELL), len(cells))
        count -= count % width
        out.extend("\t".join(cells[n : n + width]) for n in range(0, count, width))
        used = 0
        while count:
            count -= bool(lines[at + used].strip())
            used += 1
        at += used
    return out


def _header_height(lines: list[str], at: int) -> int:
    """How many lines from here on are column names, empty lines apart."""
    short = takewhile(_may_head, filter(str.strip, lines[at : at + 2 * _MOST_COLUMNS]))
    first_two = list(islice(short, 2))
    if len(first_two) < 2 or not lines[at].strip():  # as a greeting, behind which a long line begins
        return 0
    return len(list(takewhile(_column, chain(first_two, short))))


def _may_head(line: str) -> bool:
    """Whether a line may be the name of a column by its looks."""
    return len(line) <= _LONGEST_CELL and not ("\t" in line or ":" in line or _DIGIT.search(line))


def _cells(line: str) -> tuple[str, ...]:
    if "\t" in line:
        return tuple(cell.strip() for cell in line.strip().split("\t"))
    if line.count(" | ") >= 2 or (line.strip().startswith("|") and line.count("|") > 2):
        return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
    return ()


def _table(block: list[tuple[str, ...]], heading: str) -> Table | None:
    """A table with a known header row, or one that repeats a shape; None for label-and-value pairs."""
    for at, row in enumerate(block[:4]):
        if _names_columns(row):
            return Table(tuple(_column(cell) for cell in row), tuple(block[at + 1 :]), heading, at)
    if (
        _column(heading)
        and len(block) >= 2
        and all(len(row) <= 4 for row in block)
        and not any(_column(row[0]) for row in block)
    ):
        return Table(_guessed(block, heading), tuple(block), heading)
    return None


def _guessed(block: list[tuple[str, ...]], heading: str) -> tuple[str, ...]:
    """Columns of a table without a header: words are names, numbers what the heading says."""
    column = _column(heading)
    number = column if column in ("person", "id", "claim", "group") else ""
    return tuple(
        number
        if all(any(letter.isdigit() for letter in row[at]) for row in block if at < len(row) and row[at])
        else ("name" if at < 2 else "")
        for at in range(max(len(row) for row in block))
    )


def _column(cell: str) -> str:
    """What a header cell says that its column holds."""
    folded = fold(cell).strip(" .:*?")
    if not folded or len(folded) > 40:
        return ""
    words = f" {folded.replace('/', ' ').replace('_', ' ').replace('#', ' # ')} "
    words = " ".join(words.split()).join("  ")
    if not _MAY_NAME.search(words):  # as most short lines of a letter
        return ""
    for name, written in _WRITTEN:
        for mark in written:
            if mark in words:
                return name
    if " eff" in words:
        return "date"
    return ""
