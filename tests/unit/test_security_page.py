"""docs/security.md names the tests of each attack and fault, or says that it is open; the tests are asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security.md"
ROW = re.compile(r"\| ([AF]\d{2,3}) \| ([^|]+) \| ([^|]+) \|")
ID = re.compile(r"(?<![A-Za-z0-9])([afAF]\d{2,3})(?![A-Za-z0-9])")
OPEN = "open"


def rows() -> dict[str, list[str]]:
    """The files of each id, [] where it is open."""
    found = {number: where for number, _, where in ROW.findall(PAGE.read_text())}
    return {number: [] if where.startswith(OPEN) else where.split(", ") for number, where in found.items()}


def ids(file: Path) -> set[str]:
    """The ids that a test file names, in the names of its tests and of their parameters."""
    return {found.upper() for found in ID.findall(file.read_text().replace("_", " "))}


@pytest.fixture(scope="module")
def named() -> dict[str, set[str]]:
    files = [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "tests").rglob("lacks.py")]
    return {str(file.relative_to(ROOT)): ids(file) for file in files}


def test_every_id_has_a_row() -> None:
    assert list(rows()) == [f"A{number:03}" for number in range(1, 132)] + [f"F{number:02}" for number in range(1, 59)]


def test_each_file_of_a_row_names_the_id(named: dict[str, set[str]]) -> None:
    wrong = [(number, file) for number, files in rows().items() for file in files if number not in named.get(file, ())]
    assert wrong == []


def test_what_is_open_has_no_test_yet(named: dict[str, set[str]]) -> None:
    tested = set().union(*named.values())
    assert [number for number, files in rows().items() if not files and number in tested] == []
