"""What tells an automatic reply: one header that only machines write, or two weak signs, never one of these alone."""

from __future__ import annotations

from itertools import combinations

import pytest

from mailbot.ingest.autoreply import auto_reply_signs
from mailbot.ingest.parse import parse
from mailbot.mail import Envelope
from tests.mails import mail

INQUIRY = "The card of our employee is lost."
ABSENT = "I am out of the office until Monday."
AND_MORE = " Our garden grows well in this weather. Everybody liked the party in the summer."
WEAK: dict[str, dict[str, str]] = {
    "the subject is that of an automatic reply": {"subject": "  Automatic reply: Card"},
    "X-Auto-Response-Suppress is set": {"x_auto_response_suppress": "DR, OOF, AutoReply"},
    "a loop header is set": {"x_no_loop": "yes"},
    "the sender is a robot by its address": {"sender": "Card service <no-reply@broker.example>"},
}


def signs(text: str = INQUIRY, **headers: str) -> tuple[str, ...]:
    return auto_reply_signs(parse(mail(text, **headers)), Envelope("dana@broker.example"))


@pytest.mark.parametrize("sign", WEAK)
def test_one_weak_sign_makes_nobody_a_machine(sign: str) -> None:
    assert signs(**WEAK[sign]) == ()


@pytest.mark.parametrize(("one", "other"), list(combinations(WEAK, 2)))
def test_a090_two_weak_signs_make_a_machine_and_both_are_told(one: str, other: str) -> None:
    assert signs(**WEAK[one], **WEAK[other]) == (one, other)


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"x_loop": "1"}, True),
        ({"x_auto_response_suppress": "all"}, True),
        ({"x_auto_response_suppress": "DR"}, False),  # it only wants no receipts
        ({"x_auto_response_suppress": "None"}, False),
        ({"x_auto_response_suppress": "overall"}, False),
        ({"subject": "Re: Automatic reply: Card"}, False),  # somebody answers one
        ({"subject": "回复：自动回复：卡"}, False),
        ({"subject": "自动回复：卡"}, True),
        ({"sender": "Dana Reed <dana.noreply.reed@broker.example>"}, False),
    ],
)
def test_what_is_a_weak_sign_and_what_is_none(headers: dict[str, str], told: bool) -> None:
    """Beside another one, so that it counts."""
    beside = WEAK["the sender is a robot by its address"] if "sender" not in headers else {"x_loop": "1"}
    assert bool(signs(**beside, **headers)) is told


@pytest.mark.parametrize(
    ("headers", "because"),
    [
        ({"auto_submitted": "auto-replied (vacation)"}, "Auto-Submitted is auto-replied"),
        ({"auto_submitted": "yes"}, "Auto-Submitted is not no"),
        ({"x_autoreply": "1"}, "the header x-autoreply"),
        ({"x_acme_auto_reply": "1"}, "the header x-acme-auto-reply"),
        ({"x_tmda_fingerprint": "f00"}, "a challenge that asks the sender to confirm"),
        ({"x_challenge_response": "active"}, "a challenge that asks the sender to confirm"),
        ({"delivered_to": "AutoResponder@q.example"}, "Delivered-To names an autoresponder"),
        ({"x_precedence": "Auto_Reply"}, "Precedence is auto_reply"),
    ],
)
def test_a090_one_header_that_only_machines_write_is_enough(headers: dict[str, str], because: str) -> None:
    assert signs(**headers) == (because,)


@pytest.mark.parametrize("value", ["no", "No", " NO ", "false", "0", "none", "Off"])
def test_a_header_that_says_that_it_is_not_so_is_believed(value: str) -> None:
    assert signs(x_autoreply=value) == ()


def test_words_of_absence_alone_make_an_automatic_reply() -> None:
    assert signs(ABSENT) == ("the text says that nobody is there",)


def test_words_of_absence_among_others_need_a_weak_sign_beside_them() -> None:
    subject = WEAK["the subject is that of an automatic reply"]
    assert signs(ABSENT + AND_MORE) == ()
    assert signs(ABSENT + AND_MORE, **subject) == (*subject_sign(), "the text says that nobody is there")
    assert signs(f"{ABSENT}{AND_MORE} May we send you the new address?", **subject) == (), "who asks is a person"


@pytest.mark.parametrize("sign", WEAK)
def test_pain_25_business_beside_words_of_absence_is_a_persons(sign: str) -> None:
    text = f"{ABSENT}\n\nPlease add my son to the plan, subscriber Q1234567."
    assert signs(text, **WEAK[sign]) == ()


def subject_sign() -> list[str]:
    return list(WEAK)[:1]
