"""Mail of the desk itself is known when it comes back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.ingest.loops import loop_signs
from mailbot.mail import Address, Envelope
from tests.mails import ALIAS, DESK, OWN, message

BOB = Address("bob@elsewhere.example")
MINTED = f"o.{'0f' * 8}.{'b' * 34}@desk.example"
BY_ID = ("the message id is one that the desk mints",)
BY_SENDER = ("the Sender header names the desk itself",)


def signs(envelope_sender: str | None = "bob@elsewhere.example", **changes: object) -> tuple[str, ...]:
    mail = message(**({"from_": (BOB,)} | changes))
    return loop_signs(mail, Envelope(envelope_sender), OWN)


def test_pain_24_a_colleague_in_the_desks_own_domain_is_a_person() -> None:
    bob = {"message_id": "20261120.77@desk.example", "from_": (Address("bob@desk.example"),)}
    assert signs("bob@desk.example", **bob, headers=(("sender", "bob@desk.example"),)) == ()


@pytest.mark.parametrize("identifier", [MINTED, MINTED.upper(), MINTED.replace("desk.example", "Desk.Example")])
def test_a091_a_letter_of_ours_that_comes_back_is_known_by_its_id(identifier: str) -> None:
    assert signs(message_id=identifier) == BY_ID


@pytest.mark.parametrize(
    "identifier",
    [
        MINTED.replace("desk.example", "other.example"),  # another desk's: its letters may be answered
        MINTED.replace("desk.example", "desk.example.other.example"),
        MINTED.replace("0f", "0g"),
        MINTED[2:],
        "@desk.example",
        "",
    ],
)
def test_an_id_of_another_form_or_host_is_not_the_desks(identifier: str) -> None:
    assert signs(message_id=identifier) == ()


def test_a_desk_without_a_host_mints_no_id() -> None:
    mail = message(message_id=MINTED, from_=(BOB,))
    assert loop_signs(mail, Envelope("bob@elsewhere.example"), replace(OWN, host="")) == ()


@pytest.mark.parametrize("people", [(Address(DESK),), (BOB, Address(ALIAS)), (Address(""), Address(DESK.upper()))])
def test_a091_the_desk_in_from_is_the_desk_whoever_stands_beside_it(people: tuple[Address, ...]) -> None:
    assert signs(from_=people) == ("the sender is the desk itself",)


@pytest.mark.parametrize(
    ("sender", "ours"),
    [
        (DESK, True),
        (f"<{DESK}>", True),
        (f"Enrollment Desk <{DESK}> ", True),
        (f'  "Desk <old>" <{ALIAS}>', True),
        (f"{DESK} <bob@elsewhere.example>", False),
        ("Enrollment Desk", False),
        ("bob@elsewhere.example", False),
        ("", False),
    ],
)
def test_a091_the_sender_header_is_read_as_an_address(sender: str, ours: bool) -> None:
    assert signs(headers=(("sender", sender),)) == (BY_SENDER if ours else ())


@pytest.mark.parametrize(
    ("envelope_sender", "ours"), [(DESK, True), ("enrollment+x@desk.example", True), ("", False), (None, False)]
)
def test_a091_a_letter_of_ours_is_known_by_its_envelope(envelope_sender: str | None, ours: bool) -> None:
    assert signs(envelope_sender) == (("the envelope sender is the desk itself",) if ours else ())
