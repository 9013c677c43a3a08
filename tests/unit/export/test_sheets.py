"""Cases as rows and lines: no formula, no broken row, every value."""

from __future__ import annotations

import csv
import io

import pytest

from mailbot.export.sheets import COLUMNS, as_csv, as_json_lines, cell


@pytest.mark.parametrize(
    "value",
    [
        '=HYPERLINK("http://x")',
        "+1 800 555 0100",
        "-2+3",
        "@SUM(A1)",
        "\t=1+1",
        "\r\n=1",
        " =1",
        "\uff1d1+1",
        "\u200b=1",
        "\u00a0@x",
    ],
)
def test_a108_a_cell_that_would_be_a_formula_begins_with_an_apostrophe(value: str) -> None:
    assert cell(value).startswith("'")


@pytest.mark.parametrize("value", ["", "0140026", "O'Brien", "2026-12-01", "a=b", "李娜"])
def test_every_other_cell_stays_as_it_is(value: str) -> None:
    assert cell(value) == value


def test_a_cell_has_one_line() -> None:
    assert cell("a\r\nb\0c\u2028d") == "a  b c d"


def test_an_empty_batch_has_a_header_only() -> None:
    assert list(csv.reader(io.StringIO(as_csv([]).decode()))) == [list(COLUMNS)]
    assert as_json_lines([], "b") == b""
