"""Spans as people write them in the playbook, on the command line and in a command by mail."""

from __future__ import annotations

import pytest

from mailbot.cases.rules import Duration, Unit
from mailbot.classify.durations import duration


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("7 days", Duration(7, Unit.DAYS)),
        ("1 day", Duration(1, Unit.DAYS)),
        ("1 days", Duration(1, Unit.DAYS)),
        (" 2 business days ", Duration(2, Unit.BUSINESS_DAYS)),
        ("1 business day", Duration(1, Unit.BUSINESS_DAYS)),
        ("3  days", Duration(3, Unit.DAYS)),
        ("3660 days", Duration(3660, Unit.DAYS)),
    ],
)
def test_a_span_is_a_number_and_its_unit(text: str, span: Duration) -> None:
    assert duration(text) == span
    assert duration(str(span)) == span


@pytest.mark.parametrize(
    "text",
    [
        *("", "7", "days", "days 7", "7days", "seven days", "7.5 days", "-7 days", "7 weeks", "7 businessdays"),
        *("0 days", "3661 days", "٧ days", "7 days or so", "²  days"),
    ],
)
def test_anything_else_is_told_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="day"):
        duration(text)
