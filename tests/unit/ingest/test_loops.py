"""Mail of the desk itself is known when it comes back."""

from __future__ import annotations

from mailbot.ingest.loops import loop_signs
from mailbot.mail import Address, Envelope, Message
from tests.mails import OWN


def test_pain_24_a_colleague_in_the_desks_own_domain_is_a_person() -> None:
    mail = Message(
        "20261120.77@desk.example", (), (), (Address("bob@desk.example"),), (), (), (), "A card", None, "x", "x"
    )
    assert loop_signs(mail, Envelope("bob@desk.example"), OWN) == ()


def test_a091_a_letter_of_ours_that_comes_back_is_known_by_its_id() -> None:
    minted = f"o.{'0f' * 8}.{'b' * 34}@desk.example"
    mail = Message(minted, (), (), (Address("bob@elsewhere.example"),), (), (), (), "A card", None, "x", "x")
    assert loop_signs(mail, Envelope("bob@elsewhere.example"), OWN) == ("the message id is one that the desk mints",)
