"""When all automatic letters stop: which refusals count, and what is said of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailbot.cases.breaker import REFUSALS, is_about_us, refused, used_up
from tests.mails import MONDAY


@pytest.mark.parametrize(
    ("answer", "ours"),
    [
        ("550 5.7.1 your address is on a block list", True),
        ("554 5.3.4 message too big for system", True),
        ("550 we do not want your mail", True),
        ("550 5.1.1 no such user", False),  # RFC 3463 section 3.2: the address is at fault
        ("550 5.1.10 the recipient was not found", False),
        ("550 15.1.1 no such code", True),
    ],
)
def test_f56_a_refusal_of_one_address_is_not_about_us(answer: str, ours: bool) -> None:
    assert is_about_us(answer) == ours


def test_f56_after_the_last_refusal_letters_rest_for_a_quarter_of_an_hour() -> None:
    stopped = refused(MONDAY - timedelta(hours=1), MONDAY)
    assert (stopped.since, stopped.until) == (MONDAY - timedelta(hours=1), MONDAY + timedelta(minutes=15))
    assert f"the last {REFUSALS} letters" in stopped.why
    assert "every 15 minutes" in stopped.remedy


def test_a094_an_hour_that_is_used_up_names_the_key_that_allows_more() -> None:
    until = MONDAY + timedelta(hours=1)
    stopped = used_up(MONDAY, until, 5_000)
    assert (stopped.since, stopped.until) == (MONDAY, until)
    assert stopped.why.startswith("5000 letters") and "outgoing.in_all_an_hour" in stopped.why
