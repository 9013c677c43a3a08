"""Cells of a CSV file that spreadsheets open: nothing in them is ever run as a formula."""

from __future__ import annotations

#: A spreadsheet takes a cell that begins with one of these for a formula (ATTACKS A108); the last four are full-width.
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


def cell(value: str) -> str:
    """A value on one line that no spreadsheet runs: what would be a formula begins with an apostrophe."""
    plain = _on_one_line(value)
    return f"'{plain}" if plain.lstrip().startswith(_FORMULA) else plain


def uncell(text: str) -> str:
    """The value in such a cell, on one line, without the blanks around it."""
    plain = " ".join(_on_one_line(text).split())
    bare = plain.lstrip("' ")
    return bare if bare.startswith(_FORMULA) else plain


def _on_one_line(text: str) -> str:
    return text if text.isprintable() else "".join(sign if sign.isprintable() else " " for sign in text)
