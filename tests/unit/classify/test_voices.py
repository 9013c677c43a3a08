"""Mails in many voices: every required field that they state is read, nothing that they do not state, and the flags."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest

from mailbot.cases.understanding import Understanding
from mailbot.classify.understand import understand
from mailbot.mail import Address, Attachment, Kind
from tests.unit.classify.test_fields import PLAYBOOK, SENT, Told, mail, squeezed, values

DESK = (Address("enrollment@harborline.example"),)
VOICES = [
    (path.stem, told)
    for path in sorted((Path(__file__).parent / "voices").glob("*.toml"))
    for told in tomllib.loads(path.read_text("utf-8"))["mail"]
]


def attached(told: dict[str, Any]) -> tuple[Attachment, ...]:
    """The files of a mail, each a name and a text; a sheet or a PDF by its name."""
    return tuple(
        Attachment("2", name, f"application/{name.rpartition('.')[2]}", "", 1000, "00", inline=False, text=text)
        for name, text in told.get("files", {}).items()
    )


def read(told: dict[str, Any]) -> Understanding:
    sent = datetime.combine(told["sent"], time(12), UTC) if "sent" in told else SENT
    message = replace(mail(told["sender"], told["subject"], told["text"], *attached(told)), to=DESK)
    return understand(message, Kind.INQUIRY, PLAYBOOK, sent, Told(told["category"]))


def asked_for(told: dict[str, Any]) -> list[str]:
    """The fields to look at: what the category requires, but of "a|b" only what the mail states, and what it lists."""
    required = [field.split("|") for field in PLAYBOOK.rules(told["category"]).required]
    stated = set(told["fields"])
    plain = {field for choice in required for field in choice if len(choice) == 1 or stated.isdisjoint(choice)}
    return sorted((plain | stated) - {"issue_description"})


@pytest.mark.parametrize("told", [told for _, told in VOICES], ids=[f"{where}: {t['subject']}" for where, t in VOICES])
def test_a_mail_is_read_whoever_wrote_it(told: dict[str, Any]) -> None:
    found = read(told)
    for name in asked_for(told):
        assert squeezed(values(found, name)) == squeezed(told["fields"].get(name, ())), name
    flags = {
        "several": found.flags.multiple_consumers,
        "retroactive": found.flags.retroactive,
        "newborn": found.flags.newborn,
        "ssn": found.flags.contains_ssn,
    }
    assert {flag for flag, raised in flags.items() if raised} == {flag for flag in flags if told.get(flag)}


@pytest.mark.parametrize("told", [told for _, told in VOICES], ids=[f"{where}: {t['subject']}" for where, t in VOICES])
def test_what_is_asked_for_is_what_the_mail_does_not_state(told: dict[str, Any]) -> None:
    required = PLAYBOOK.rules(told["category"]).required
    stated = set(told["fields"])
    lacking = {field for field in required if stated.isdisjoint(field.split("|"))} - {"issue_description"}
    assert {item for item in read(told).missing if item in required} - {"issue_description"} == lacking
