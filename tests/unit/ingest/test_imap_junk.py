"""Which mail in a junk folder may be a reply to us."""

from __future__ import annotations

import pytest

from mailbot.cases.number import mint
from mailbot.clock import SystemClock
from mailbot.ingest.imap_junk import answers_us
from mailbot.mail import OwnAddresses

OWN = OwnAddresses(frozenset({"enrollment@desk.example"}), "desk.example")
NUMBER = mint(SystemClock().now().date(), 42)


@pytest.mark.parametrize(
    "header",
    [
        "In-Reply-To: <o.abc@desk.example>",
        "References: <first@broker.example>\r\n <o.abc@desk.example>",
        "To: Desk <Enrollment+r7x@Desk.Example>",
        "Cc: pat@broker.example, enrollment+r7x@desk.example",
        "Delivered-To: enrollment+r7x@desk.example",
        f"Subject: AW: [Case {NUMBER}] your request",
        f"Subject: =?utf-8?q?Re=3A_=5BCase_{NUMBER}=5D?=",
    ],
)
def test_f39_a_header_that_names_our_letter_token_or_case_is_a_reply(header: str) -> None:
    assert answers_us(f"From: pat@broker.example\r\n{header}\r\n\r\n".encode(), OWN)


@pytest.mark.parametrize(
    "header",
    [
        "To: enrollment@desk.example",
        "To: other+r7x@desk.example",
        "In-Reply-To: <o.abc@desk.example.evil.example>",
        "Subject: Case closed: you won 1000000",
        "Subject: [Case 261121-0000001] wrong check digit",
        "References:",
        "",
    ],
)
def test_f39_other_junk_stays_where_it_is(header: str) -> None:
    assert not answers_us(f"From: win@lottery.example\r\n{header}\r\n\r\n".encode(), OWN)


def test_an_empty_header_is_no_reply() -> None:
    assert not answers_us(b"", OWN)
