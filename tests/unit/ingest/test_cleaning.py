"""What is taken out of header values and texts; and that the way around the search for it changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.ingest.cleaning import _ONE_LINE_END, _UNSAFE, clean_value

LETTERS = [*"aZ 7:;<>@=?\t\n\r\x00\x07\x0b\x0c\x1b\x7f", "\x85", "\u2028", "\ufeff", "\ud800", "é", "生", "\xa0"]


@given(st.lists(st.sampled_from(LETTERS), max_size=30))
def test_a_value_is_what_both_searches_leave_of_it(letters: list[str]) -> None:
    value = "".join(letters)
    assert clean_value(value) == _UNSAFE.sub("", _ONE_LINE_END.sub(" ", value))


def test_a_value_that_was_folded_with_tabs_stays_as_it_is() -> None:
    value = "from mx0.example.net\tby mx1.desk.example;\tMon, 21 Sep 2026 22:18:20 -0000"
    assert clean_value(value) is value


@pytest.mark.parametrize("end", ["\n", "\r\n", "\x0b", "\x0c", "\u2028"])
def test_a_line_end_within_a_value_becomes_a_blank_also_beside_tabs(end: str) -> None:
    assert clean_value(f"a\t{end}b") == "a\t b"
    assert clean_value(f"a{end}b") == "a b"


@pytest.mark.parametrize("control", ["\x00", "\x07", "\x1b", "\x7f", "\ufeff", "\ud800"])
def test_what_cannot_be_stored_is_taken_out(control: str) -> None:
    assert clean_value(f"a\t{control}b") == "a\tb"
