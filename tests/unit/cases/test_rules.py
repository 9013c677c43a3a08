"""The playbook as values: durations in words, names in languages, and the rules of a code that it does not have."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.cases.rules import Duration, Unit
from mailbot.cases.states import SHOWN_STATES, State
from mailbot.classify import playbook as playbooks

PLAYBOOK = playbooks.load()


@pytest.mark.parametrize(
    ("duration", "written"),
    [
        (Duration(1, Unit.DAYS), "1 day"),
        (Duration(7, Unit.DAYS), "7 days"),
        (Duration(1, Unit.BUSINESS_DAYS), "1 business day"),
        (Duration(2, Unit.BUSINESS_DAYS), "2 business days"),
        (Duration(0, Unit.DAYS), "0 days"),
    ],
)
def test_a_duration_is_said_as_people_say_it(duration: Duration, written: str) -> None:
    assert str(duration) == written


@pytest.mark.parametrize(
    ("code", "rules"),
    [
        ("billing.refund", "billing.refund"),
        ("billing.taken_out_of_the_playbook", "other.general"),
        ("", "other.general"),
        (None, "other.general"),
    ],
)
def test_a_case_of_a_category_that_is_gone_has_the_rules_of_the_general_one(code: str | None, rules: str) -> None:
    assert PLAYBOOK.rules(code).code == rules


def test_the_desk_may_choose_another_general_category() -> None:
    assert replace(PLAYBOOK, fallback="billing.refund").rules(None).code == "billing.refund"


def test_a_category_without_a_name_in_a_language_has_its_english_one() -> None:
    rules = replace(PLAYBOOK.rules("billing.refund"), name={"en": "A refund", "es": "Un reembolso", "zh": ""})
    assert [rules.named(language) for language in ("en", "es", "zh", "fr")] == [
        "A refund",
        "Un reembolso",
        "A refund",
        "A refund",
    ]


def test_a_code_begins_with_its_family() -> None:
    assert {rules.family for rules in PLAYBOOK.categories.values()} >= {"eligibility", "billing", "provider", "other"}


def test_staff_see_a_word_of_its_own_for_each_state() -> None:
    assert set(SHOWN_STATES) == set(State)
    assert len(set(SHOWN_STATES.values())) == len(State)
    assert (SHOWN_STATES[State.AWAITING_STAFF], SHOWN_STATES[State.AWAITING_SENDER], SHOWN_STATES[State.RESOLVED]) == (
        "Pending",
        "Incomplete",
        "Completed",
    )
