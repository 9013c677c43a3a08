"""Sums, billing periods, quarters and tax years, and which of them is the one that counts."""

from __future__ import annotations

from datetime import date

import pytest

from mailbot.classify.amounts import billing_periods, find_amounts, premiums, quarters, tax_years
from mailbot.classify.dates import find_dates

SENT = date(2026, 10, 20)

SUMS = {
    "you debited $2,775.10 twice": {"2775.10": 2},
    "two drafts of 412.55 on October 5th": {"412.55": 2},
    "Premium is $1,911.00 per month. Please refund one: $1,911.00": {"1911.00": 3},
    "we paid his premium of $611.20, refund of $1,222.40": {"611.20": 2, "1222.40": 3},
    "against a bill of 2,204.50, the difference of 200.00": {"2204.50": 1, "200.00": 3},
    "the NSF fee of $35.00": {},
    "refund the NSF fee of $35.00": {},
    "a subsidy of $312.00": {},
    "a credit balance of $918.40": {"918.40": 3},
    "退款金额：$88.00": {"88.00": 3},
    "line 6 says $45.00": {"45.00": 1},
}


@pytest.mark.parametrize("text", SUMS)
def test_what_is_asked_back_weighs_more_than_what_was_paid_and_fees_nothing(text: str) -> None:
    assert dict(premiums(text, find_amounts(text))) == SUMS[text]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("$45.00", "45.00"), ("45.00", "45.00"), ("$45", "45"), ("45 dollars", "45"), ("USD 45.00", "45.00")),
        *(("45.00 USD", "45.00"), ("45.00元", "45.00"), ("€45.00", "45.00"), ("$1,234,567.89", "1234567.89")),
    ],
)
def test_a_sum_has_cents_or_a_mark(text: str, value: str) -> None:
    assert [amount.value for amount in find_amounts(f"we paid {text} to you")] == [value]


@pytest.mark.parametrize(
    "text", ["45", "45.000", "45.00/100", "45.00%", "45.00-2", "45.00:30", "45.00x", "-45.00", "#45.00", "8/45.00"]
)
def test_a_part_of_another_number_is_no_sum(text: str) -> None:
    assert find_amounts(f"see {text} there") == ()


PERIODS = {
    "paid July and September": {"2026-07": 1, "2026-09": 1},
    "bills July-September": {"2026-07": 2, "2026-08": 2, "2026-09": 2},
    "bills from July TO September": {"2026-07": 2, "2026-08": 2, "2026-09": 2},
    "period 10/01/2026 TO 10/31/2026": {"2026-10": 2},
    "period 10/01/2026-10/31/2026": {"2026-10": 2},
    "the October bill": {"2026-10": 2},
    "invoices for August and September": {"2026-08": 2, "2026-09": 2},
    "We paid July, August and September in full": {"2026-07": 1, "2026-08": 1, "2026-09": 1},
    "self bill July through September": {"2026-07": 2, "2026-08": 2, "2026-09": 2},
    "period 10/01/2026 - 10/31/2026": {"2026-10": 2},
    "period 12/01/2025 to 01/31/2026": {"2025-12": 2, "2026-01": 2},
    "the 9/2026 premium bill": {"2026-09": 2},
    "on 10/14/2026 we called": {},
}


@pytest.mark.parametrize("text", PERIODS)
def test_a_month_by_a_bill_weighs_more_than_one_in_passing(text: str) -> None:
    assert dict(billing_periods(text, find_dates(text, SENT))) == PERIODS[text]


def test_a_month_that_is_said_of_people_counts_only_beside_a_bill() -> None:
    text = "they were termed in July"
    (july,) = find_dates(text, SENT)
    assert billing_periods(text, (july,), frozenset([july.start])) == ()
    billed = "the July bill"
    (july,) = find_dates(billed, SENT)
    assert billing_periods(billed, (july,), frozenset([july.start])) == (("2026-07", 2),)


ALL = FIRST, SECOND, THIRD, FOURTH = [
    tuple(f"2026-{month:02}" for month in range(first, first + 3)) for first in (1, 4, 7, 10)
]


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("Recon Q3", ("2026-07", "2026-08", "2026-09")),
        ("fourth quarter", ("2026-10", "2026-11", "2026-12")),
        ("Q1 of 2027", ("2027-01", "2027-02", "2027-03")),
        ("第三季度", ("2026-07", "2026-08", "2026-09")),
        ("segundo trimestre del 2025", ("2025-04", "2025-05", "2025-06")),
        ("Q5 and a quarter of an hour", ()),
        *((f"{word} quarter", FIRST) for word in ("first", "1st")),
        *((f"{word} quarter", SECOND) for word in ("second", "2nd")),
        *((f"{word} quarter", THIRD) for word in ("third", "3rd")),
        *((f"{word} quarter", FOURTH) for word in ("fourth", "4th")),
        *zip([f"{word} trimestre" for word in ("primer", "segundo", "tercer", "cuarto")], ALL, strict=True),
        *zip([f"第{word}季度" for word in "一二三四"], ALL, strict=True),
    ],
)
def test_a_quarter_is_its_three_months(text: str, months: tuple[str, ...]) -> None:
    assert quarters(text, SENT) == months


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("the 2025 form", ("2025",)),
        ("it's the one for last year", ("2025",)),
        ("del año pasado", ("2025",)),
        ("去年的表", ("2025",)),
        ("on 10/14/2025", ()),
        ("for 2031", ()),
        ("the 1095 for 2024 and 2025, 2025", ("2024", "2025")),
        ("2018", ("2018",)),
        ("2017", ()),
        *((f"see {part} there", ()) for part in ("#2025", "2025/11", "form-2025", "$2025", "2025-A", "8.2025")),
    ],
)
def test_a_tax_year_is_past_and_stands_alone(text: str, years: tuple[str, ...]) -> None:
    assert tax_years(text, SENT) == years
