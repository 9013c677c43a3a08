"""Reading a mail: each passage once, what only a category asks for when it does, and in time of the text's length."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from mailbot.cases.understanding import Where
from mailbot.classify.choosing import Wanted
from mailbot.classify.fields import Findings, read_all, squeeze
from mailbot.classify.folding import fold
from mailbot.classify.passages import Passage
from mailbot.classify.rosters import split_tables
from mailbot.classify.settle import settle
from tests.unit.ingest.growth import growth

SENT = date(2026, 10, 20)
MOVED = "She moved to 12 Oak Street, Frederick, MD 21701 last year; the invoice for August 2026 says so."
IN_PASSING = ("new_address", "tax_year", "billing_period")
TABLE = "Name\tAddress\nAnn Lee\t12 Oak Street, Frederick, MD 21701\nBo Lee\t4 Elm Road, Dover, DE 19901"


def read(text: str, where: Where = Where.BODY, **asked: frozenset[str]) -> Findings:
    return read_all((Passage(where, text),), SENT, **asked)


@pytest.mark.parametrize("name", IN_PASSING)
def test_what_is_said_in_passing_is_read_for_a_category_that_asks_for_it(name: str) -> None:
    assert read(MOVED, asked=frozenset({name})).of(name) == read(MOVED).of(name) != []


@pytest.mark.parametrize("name", IN_PASSING)
def test_what_is_said_in_passing_is_left_for_every_other_category(name: str) -> None:
    assert read(MOVED, asked=frozenset({"group_number"})).of(name) == []
    wanted = Wanted(frozenset({"group_number"}))
    assert [found.name for found in settle(read(MOVED), wanted)] == []


def test_a_table_shows_its_addresses_to_every_category_and_the_text_has_the_first_word() -> None:
    alone = read(f"{TABLE}\n\nThat is all.", asked=frozenset())
    said = read(f"Moved to 12 Oak Street, Frederick, MD 21701\n{TABLE}", Where.FORM, asked=frozenset())
    assert [value.weight for value in alone.of("new_address")] == [3, 3]
    assert [value.weight for value in said.of("new_address")] == [3, 3]


def test_a_reading_has_its_prose_folded_letter_for_letter() -> None:
    (reading,) = read("Añadir a José\tGómez\nGroup\t55").readings
    assert reading.folded == fold(reading.prose)
    assert len(reading.folded) == len(reading.prose)


def test_a_value_is_kept_once_where_it_stands_first_as_plainly_as_it_is_said() -> None:
    findings = read("")
    for value, where, weight in (
        ("008-3321", Where.SUBJECT, 1),
        (" 0083321 ", Where.BODY, 3),
        ("55120", Where.FORM, 1),
        ("0083321", Where.FORM, 4),
        ("  ", Where.BODY, 3),
    ):
        findings.add("group_number", value, where, weight)
    found = [(one.value, one.where, one.weight) for one in findings.of("group_number")]
    assert found == [("008-3321", Where.SUBJECT, 3), ("55120", Where.FORM, 1)]
    assert findings.of("group_number", least=2) == findings.of("group_number")[:1]
    assert findings.of("npn") == []


@pytest.mark.parametrize(("value", "squeezed"), [("W-12 34", "w1234"), ("Peña", "pena"), ("abc", "abc"), ("-–", "")])
def test_a_squeezed_value_has_letters_and_digits_only(value: str, squeezed: str) -> None:
    assert squeeze(value) == squeezed


@pytest.mark.parametrize("text", ["", "\n\n", "one line", "Dear team,\n\nName\n\nThanks", "a  b\nc", "12 | 13"])
def test_a_text_without_tables_stays_as_it_is(text: str) -> None:
    assert split_tables(text) == (text, ())


def test_rows_without_a_known_column_become_labelled_lines_and_no_table() -> None:
    assert split_tables("Employer\tQuarry Stone\nCounty\tKent") == ("Employer: Quarry Stone\nCounty: Kent", ())


def spread(at: int) -> str:
    """A number as letters, the same for no two numbers."""
    return "".join(chr(97 + at // 26**place % 26) for place in range(4))


HOSTILE: dict[str, Callable[[int], str]] = {
    "ids": lambda at: f"group {1_000_000 + at}, ",
    "loose numbers": lambda at: f"{100_000 + 7 * at} ",
    "dates": lambda at: f"{1 + at % 12}/{1 + at % 28}/20{at % 30:02} ",
    "people": lambda at: f"Ann{spread(at)} Lee{spread(at)}, ",
    "labelled people": lambda at: f"Name: Ann{spread(at)} Lee{spread(at)}\n",
    "addresses": lambda at: f"{at} Oak Street, Dover, DE 19901\n",
    "column names": lambda _: "name\n",
    "capitals with accents": lambda _: "É ",
    "one long word": lambda _: "Abc",
    "Chinese names": lambda _: "员工姓名：张伟，",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a054_twice_of_anything_takes_at_most_about_twice_the_time(kind: str) -> None:
    def run(raw: bytes) -> object:
        wanted = Wanted(frozenset({"subscriber_name", "dependent_name", "group_number", "new_address"}), dated=True)
        return settle(read(raw.decode()), wanted)

    def make(size: int) -> bytes:
        return "".join(HOSTILE[kind](at) for at in range(size)).encode()

    assert growth(run, make, 200) < 3
