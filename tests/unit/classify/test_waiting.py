"""A waiting period and a day of hire give the first day of coverage where the mail names none."""

from __future__ import annotations

import pytest

from tests.unit.classify.test_fields import mail, understood, values


def effective(text: str, category: str = "eligibility.add_subscriber") -> tuple[str, ...]:
    return values(understood(mail("Dana <dana@x.example>", "new hire", text), category), "effective_date")


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("Ann Lee was hired 8/24, eligible 1st of the month after 60 days.", "2026-11-01"),
        ("Ann Lee, hired 9/14/2026. First of the month following date of hire.", "2026-10-01"),
        ("Ann Lee, hired 9/1/2026. First of the month on or after hire date.", "2026-09-01"),
        ("Hire date 9/14/2026; 30 day waiting period, then the first of the following month. Ann Lee.", "2026-11-01"),
        ("Ann Lee, DOH 8/10/2026, 90 days after date of hire.", "2026-11-08"),
        ("Ann Lee hired 7/20/2026, first of the month following ninety days.", "2026-11-01"),
        ("Ann Lee hired 7/20/2026, first of the month following sixty days.", "2026-10-01"),
        ("Ann Lee hired 7/20/2026, first of the month following thirty days.", "2026-09-01"),
        # Thirty days after September 1st is October 1st, which counts only where it may itself be the first.
        ("Ann Lee hired 9/1/2026, first of the month on or after 30 days", "2026-10-01"),
        ("Ann Lee hired 9/1/2026, first of the month after 30 days", "2026-11-01"),
        ("Ann Lee hired 9/2/2026, first of the month on or after 30 days", "2026-11-01"),
        (
            "Hire date 9/14/2026; thirty day wait, then the first of the following month. Ann Lee.",
            "2026-11-01",
        ),
    ],
)
def test_the_first_day_is_counted_from_the_day_of_hire(text: str, begins: str) -> None:
    assert effective(text) == (begins,)


def test_a_day_that_the_mail_names_goes_before_any_rule() -> None:
    assert effective("Ann Lee, hired 8/24, first of the month after 60 days, so effective 12/1.") == ("2026-12-01",)


@pytest.mark.parametrize(
    "text",
    [
        "Ann Lee starts soon, first of the month after 60 days.",
        "Ann Lee hired 8/24 and Bo Fry hired 9/1, first of the month after 60 days.",
        "Ann Lee was hired 8/24.",
        "Ann Lee was born 8/3/1990; first of the month following 30 days",
    ],
)
def test_without_one_day_of_hire_or_without_a_rule_nothing_is_guessed(text: str) -> None:
    assert effective(text) == ()


def test_a_waiting_period_ends_no_coverage() -> None:
    text = "Ann Lee hired 8/24, first of the month after 60 days. Please remove her."
    assert effective(text, "eligibility.termination") == ()
