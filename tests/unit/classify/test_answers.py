"""Answers by number."""

from __future__ import annotations

from datetime import date

import pytest

from mailbot.classify.answers import numbered_answers, read_answers

SENT = date(2026, 11, 20)


@pytest.mark.parametrize(
    "text",
    [
        "1. 0458812\n2. October 1, 2026",
        "1) 0458812\n2) October 1, 2026",
        "Hello,\n\n 1 - 0458812\n 2 - October 1, 2026\n\nDana",
        "#1: 0458812\n#2: October 1, 2026",
        "1、0458812\n2、October 1, 2026",
    ],
)
def test_answers_are_told_by_their_numbers(text: str) -> None:
    assert numbered_answers(text) == {1: "0458812", 2: "October 1, 2026"}


def test_prose_and_dates_are_no_numbered_answers() -> None:
    assert numbered_answers("We have 3 employees.\nSee you on 12/1.\n2026-10-01 is the date") == {}


@pytest.mark.parametrize(
    ("item", "answer", "name", "value"),
    [
        ("group_number", "0458812", "group_number", "0458812"),
        ("subscriber_id", "HKP 5501 1792", "subscriber_id", "HKP55011792"),
        ("date_of_birth", "March 14, 1991", "date_of_birth", "1991-03-14"),
        ("effective_date", "first of next month", "effective_date", "2026-12-01"),
        ("subscriber_name", "Priscilla Amador", "subscriber_name", "Priscilla Amador"),
        ("subscriber_id|subscriber_name", "Priscilla Amador", "subscriber_name", "Priscilla Amador"),
        ("npn", "17740921", "npn", "17740921"),
        ("tax_year", "2025", "tax_year", "2025"),
        ("payment_amount", "$1,240.50", "payment_amount", "1240.50"),
        ("claim_number", "26-44017-2", "claim_number", "26-44017-2"),
        ("effective_date", "12/1", "effective_date", "2026-12-01"),
        ("date_of_birth", "3/14/91", "date_of_birth", "1991-03-14"),
        ("dependent_name", "Mia Reed", "dependent_name", "Mia Reed"),
        ("person_id", "440218", "person_id", "440218"),
        ("npi", "1245319599", "npi", "1245319599"),
        ("pcp_name", "Dr. Ada Vell", "pcp_name", "Dr. Ada Vell"),
        ("new_plan", "Gold PPO 1000", "new_plan", "Gold PPO 1000"),
        ("new_address", "12 Elm St, Dover, DE 19901", "new_address", "12 Elm St, Dover, DE 19901"),
        ("contact_phone", "1-410-555-0177", "contact_phone", "4105550177"),
        ("group_name", "Acme Widgets", "group_name", "Acme Widgets"),
        ("preauth_reference", "PA-4471902", "preauth_reference", "PA-4471902"),
        ("invoice_number|billing_period", "October", "billing_period", "2026-10"),
        ("invoice_number|billing_period", "88120", "invoice_number", "88120"),
    ],
)
def test_an_answer_is_read_as_what_its_item_asked_for(item: str, answer: str, name: str, value: str) -> None:
    found = read_answers(f"1. {answer}", (item,), SENT)
    assert [(each.name, each.value.replace(" ", "") if name.endswith("_id") else each.value) for each in found] == [
        (name, value)
    ]


@pytest.mark.parametrize(
    ("item", "answer"), [("effective_date", "yes"), ("group_number", "we do not know"), ("pcp_name", "12345")]
)
def test_an_answer_that_is_no_value_of_its_field_brings_nothing(item: str, answer: str) -> None:
    assert read_answers(f"1. {answer}", (item,), SENT) == ()


def test_an_item_that_is_not_answered_leaves_the_others_their_numbers() -> None:
    asked = ("enrollment_form", "group_number", "effective_date", "npn")
    found = read_answers("1. attached\n4. 17740921\n2. 0458812", asked, SENT)
    assert [(each.name, each.value) for each in found] == [("group_number", "0458812"), ("npn", "17740921")]


def test_of_two_answers_with_one_number_the_first_counts_and_a_quote_is_none() -> None:
    assert numbered_answers("1. 0458812\n1. 0458899") == {1: "0458812"}
    assert numbered_answers("> 1. 0458812\nsee 1. above") == {}
    assert numbered_answers("Item 1: x\nNo. 2) y\nno 3: z") == {1: "x", 2: "y", 3: "z"}


def test_a_number_beyond_the_list_and_a_paper_bring_nothing() -> None:
    assert read_answers("1. attached\n7. 0458812", ("enrollment_form",), SENT) == ()


def test_a_thousand_numbered_lines_cost_no_more_than_the_list() -> None:
    text = "\n".join(f"{number % 99}. nothing" for number in range(100_000))
    assert len(numbered_answers(text)) <= 99
