"""Mail that is surely understood, for tests that are about what comes after."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mailbot.cases.states import State
from mailbot.cases.understanding import Found, Understanding, Where
from mailbot.classify.understand import SentMessage
from mailbot.intake import TakenIn
from mailbot.mail import Kind
from mailbot.store.case_file import CaseFile
from tests.desks import Desk
from tests.mails import mail
from tests.readers import read_by

ID_CARD = "eligibility.id_card"
ANN = "ann"
COMMENTS = "The ID card was ordered again and arrives within ten days."
COMPLETE = {
    "group_name": "Acme Widgets",
    "group_number": "0140026",
    "subscriber_id": "W883104417",
    "subscriber_name": "Maria Lopez",
}


def understanding(code: str = ID_CARD, missing: tuple[str, ...] = (), **fields: str) -> Understanding:
    """An inquiry of this category, surely, with these fields."""
    found = tuple(Found(name, value, Where.BODY) for name, value in fields.items())
    return Understanding(code, 0.95, fields=found, missing=missing, language="en")


#: An inquiry that lacks the member's id, which the desk asks for at once.
INCOMPLETE = understanding(missing=("subscriber_id",), group_number="0140026")


def understood_as(desk: Desk, meaning: Understanding) -> None:
    """From now on every mail of a person means this; a reply has no category of its own."""

    def understand(sent: SentMessage) -> Understanding:
        return meaning if sent.kind is Kind.INQUIRY else replace(meaning, category=None, confidence=0.0)

    read_by(desk.app, understand)


def opened(desk: Desk, meaning: Understanding | None = None, state: State | None = None, **headers: Any) -> str:
    """The number of a case that a mail with this meaning opened (a complete one), put into this state."""
    result = sent(desk, mail(**headers), meaning or understanding(**COMPLETE))
    assert result.case_number is not None
    if state is not None:
        with desk.store.writing() as transaction:
            transaction.cases.enter(transaction.cases.find(result.case_number) or 0, state)
    return result.case_number


def sent(desk: Desk, raw: bytes, meaning: Understanding) -> TakenIn:
    """What became of a mail with this meaning."""
    understood_as(desk, meaning)
    return desk.send(raw)


def file_of(desk: Desk, number: str) -> CaseFile:
    with desk.store.reading() as transaction:
        return transaction.cases.read(transaction.cases.find(number) or 0)


def letters_of(desk: Desk, number: str) -> list[str]:
    """The kinds of the letters of a case, in their order."""
    return [row.kind for row in desk.letters() if row.case_number == number]
