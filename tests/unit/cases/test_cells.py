"""Cells that a spreadsheet opens and never runs, and that come back as they went out."""

from __future__ import annotations

import pytest

from mailbot.cases.cells import cell, uncell


@pytest.mark.parametrize("value", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\uff1d1", " =1", "\t=1", "\n@x"])
def test_a108_what_would_be_a_formula_begins_with_an_apostrophe(value: str) -> None:
    assert cell(value).startswith("'")


@pytest.mark.parametrize(
    "value", ["", "Acme Inc.", "O'Hara", "0140026", "a=b", "it's -1", "*@broker.example", "王小明"]
)
def test_what_is_no_formula_stays_as_it_is(value: str) -> None:
    assert cell(value) == value
    assert uncell(value) == value


@pytest.mark.parametrize(
    "value", ["=1", "'=1", "''=1", "' ' =1", " 'x' ", "'", "''", "@x@y", "-", "a\tb\nc", "\u202e=1", "\0"]
)
def test_what_was_read_once_is_written_and_read_as_the_same(value: str) -> None:
    read = uncell(value)
    assert uncell(cell(read)) == read
    assert read.isprintable()
