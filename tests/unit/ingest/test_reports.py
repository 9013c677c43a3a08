"""Delivery reports read field by field, and the id of the letter that a report is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.ingest.notices import is_notice_subject, notice_of, notice_sentences
from mailbot.ingest.reports import Outcome, id_in_headers, notified_outcomes, outcomes_in_text, status_in

GROUP = "Final-Recipient: rfc822; ann@q.example\nAction: failed\nStatus: 5.1.1"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (GROUP, Outcome("ann@q.example", "failed", "5.1.1", "")),
        (GROUP.replace("\n", "\r\n"), Outcome("ann@q.example", "failed", "5.1.1", "")),
        (GROUP.upper(), Outcome("ANN@Q.EXAMPLE", "failed", "5.1.1", "")),
        (f"{GROUP}\nStatus: 4.0.0", Outcome("ann@q.example", "failed", "5.1.1", "")),
        (
            f"{GROUP}\nDiagnostic-Code: smtp; 550\n no such user",
            Outcome("ann@q.example", "failed", "5.1.1", "smtp; 550 no such user"),
        ),
        ("Final-Recipient: ann@q.example (Ann)\nAction: delayed (soon)", Outcome("ann@q.example", "delayed", None, "")),
        ("Final-Recipient: rfc822; ann@q.example\nAction: what", Outcome("ann@q.example", None, None, "")),
    ],
)
def test_a_group_of_a_report_is_one_outcome(text: str, outcome: Outcome) -> None:
    assert outcomes_in_text(text) == [outcome]


def test_two_groups_are_two_outcomes_with_or_without_a_blank_line() -> None:
    second = GROUP.replace("ann@", "bob@")
    for between in ("\n", "\n\n", "\n\n\n"):
        assert [o.recipient for o in outcomes_in_text(GROUP + between + second)] == ["ann@q.example", "bob@q.example"]


@pytest.mark.parametrize("text", ["", "Please add my son.", "Action: failed", "Final-Recipient:", "Final-Recipient: x"])
def test_a_text_without_a_recipient_is_no_report(text: str) -> None:
    assert outcomes_in_text(text) == []


@given(st.text(max_size=300))
def test_no_text_makes_a_reader_of_reports_raise(text: str) -> None:
    outcomes_in_text(f"Final-Recipient: {text}")
    notified_outcomes('{"bouncedRecipients": ' + text)
    id_in_headers(f"Message-ID: {text}")


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("Message-ID: <l1@desk.example>", "l1@desk.example"),
        ("From: x\n> message-id: <l1@desk.example>", "l1@desk.example"),
        ("  | Message-Id: letter1@desk.example", "letter1@desk.example"),
        ("X-Message-ID: <l1@desk.example>", None),
        ("Message-ID: <>", None),
        ("", None),
    ],
)
def test_the_id_of_the_returned_letter_is_found(text: str, identifier: str | None) -> None:
    assert id_in_headers(text) == identifier


@pytest.mark.parametrize(
    ("text", "status"),
    [("5.1.1", "5.1.1"), ("x 4.4.7 (y)", "4.4.7"), ("3.1.1", None), ("192.5.1.1111", None), ("", None)],
)
def test_an_enhanced_status_is_found(text: str, status: str | None) -> None:
    assert status_in(text) == status


@pytest.mark.parametrize(
    ("subject", "system", "notice"),
    [
        ("Undelivered Mail Returned to Sender", False, True),
        ("Delivery Status Notification (Failure)", False, True),
        ("failure notice", False, True),
        ("Re: Undelivered Mail Returned to Sender", False, False),
        ("Fwd: Undelivered Mail Returned to Sender", True, False),
        ("Adding a child", True, False),
        ("", True, False),
    ],
)
def test_the_subjects_of_notices_are_known(subject: str, system: bool, notice: bool) -> None:
    assert is_notice_subject(subject, from_a_system=system) is notice


def test_the_returned_letter_is_no_part_of_the_notice() -> None:
    notice = "Your message could not be delivered to ann@q.example: mailbox unavailable."
    returned = "Subject: mailbox full, please call"
    whole = f"{notice}\n\n----- Original message follows -----\n{returned}"
    assert returned not in notice_of(whole)
    assert notice in notice_of(whole)
    assert notice_of(notice) == notice


def test_sentences_of_notices_are_counted_once_each() -> None:
    assert notice_sentences("Good morning") == 0
    assert notice_sentences("Your message could not be delivered. " * 5) == 1
