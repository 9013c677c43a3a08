"""Fields are read from mail as people write it, in three languages, under the category that requires them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest

from mailbot.cases.rules import Playbook
from mailbot.cases.understanding import Understanding
from mailbot.classify.playbook import load
from mailbot.classify.signs import Ranking, Signs
from mailbot.classify.understand import understand
from mailbot.mail import Address, Attachment, Kind, Message

PLAYBOOK = load()
INQUIRIES = tomllib.loads((Path(__file__).parent / "inquiries.toml").read_text("utf-8"))["inquiry"]
SENT = datetime(2026, 10, 20, 12, tzinfo=UTC)


class Told:
    """A ranker that is told the category."""

    def __init__(self, category: str) -> None:
        self.category = category

    def rank(self, message: Message, signs: Signs, playbook: Playbook) -> Ranking:
        return Ranking(((self.category, 0.97),))


def mail(sender: str, subject: str, text: str, *attachments: Attachment) -> Message:
    name, address = parseaddr(sender)
    return Message(
        "", (), (), (Address(address, name),), (), (), (), subject, None, text, text, attachments=attachments
    )


def understood(message: Message, category: str, kind: Kind = Kind.INQUIRY) -> Understanding:
    return understand(message, kind, PLAYBOOK, SENT, Told(category))


def values(found: Understanding, name: str) -> tuple[str, ...]:
    return tuple(field.value for field in found.fields if field.name == name)


def squeezed(texts: Iterable[str]) -> set[str]:
    return {"".join(letter for letter in text.casefold() if letter.isalnum()) for text in texts}


@pytest.mark.parametrize("inquiry", INQUIRIES, ids=lambda one: f"{one['category']}: {one['subject']}")
def test_the_required_fields_are_read(inquiry: dict[str, Any]) -> None:
    found = understood(mail(inquiry["sender"], inquiry["subject"], inquiry["text"]), inquiry["category"])
    for name, wanted in inquiry["fields"].items():
        assert squeezed(values(found, name)) == squeezed(wanted), name
