"""Completeness: what is missing under the playbook's rules, and in which order it is asked for."""

from __future__ import annotations

from dataclasses import replace

from mailbot.cases.rules import CategoryRules
from mailbot.cases.understanding import Flags
from mailbot.classify.completeness import Received, missing
from mailbot.classify.playbook import load

PLAYBOOK = load()
ADD_DEPENDENT = PLAYBOOK.rules("eligibility.add_dependent")
ALL_FIELDS = ("group_number", "subscriber_id", "dependent_name", "date_of_birth", "effective_date")


def test_fields_come_before_documents_and_the_exception_form_comes_last() -> None:
    received = Received(("subscriber_id", "dependent_name", "effective_date"), (), Flags(retroactive=True))
    assert missing(ADD_DEPENDENT, received) == (
        "group_number",
        "date_of_birth",
        "enrollment_form",
        "exception_request_form",
    )


def test_either_of_two_fields_serves() -> None:
    rules = PLAYBOOK.rules("billing.invoice")
    assert missing(rules, Received(("group_number",), ())) == ("invoice_number|billing_period",)
    assert missing(rules, Received(("group_number", "billing_period"), ())) == ()


def test_a_complete_request_misses_nothing() -> None:
    assert missing(ADD_DEPENDENT, Received(ALL_FIELDS, ("enrollment_form", "other"))) == ()


def test_the_exception_form_is_not_asked_for_twice() -> None:
    received = Received(ALL_FIELDS, ("enrollment_form", "exception_request_form"), Flags(retroactive=True))
    assert missing(ADD_DEPENDENT, received) == ()


def health_statement_states(*states: str) -> CategoryRules:
    rule = next(rule for rule in ADD_DEPENDENT.conditional if rule.document == "family_health_statement")
    return replace(ADD_DEPENDENT, conditional=(replace(rule, states=states),))


def test_a_small_group_in_a_listed_state_owes_the_health_statement() -> None:
    rules = health_statement_states("XA")
    small = Received(ALL_FIELDS, ("enrollment_form",), small_group_add=True, state="XA")
    assert missing(rules, small) == ("family_health_statement",)
    assert missing(rules, replace(small, state="XB")) == ()
    assert missing(rules, replace(small, state=None)) == ()
    assert missing(rules, replace(small, small_group_add=False)) == ()


def test_a_newborn_needs_no_health_statement() -> None:
    received = Received(ALL_FIELDS, ("enrollment_form",), Flags(newborn=True), small_group_add=True, state="XA")
    assert missing(health_statement_states("XA"), received) == ()


def test_as_shipped_no_state_asks_for_the_health_statement() -> None:
    received = Received(ALL_FIELDS, ("enrollment_form",), small_group_add=True, state="XA")
    assert missing(ADD_DEPENDENT, received) == ()
    assert str(ADD_DEPENDENT.conditional[1].within) == "45 days"
