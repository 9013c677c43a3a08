"""Raises the flags of a message: retroactive, newborn, a Social Security number, several consumers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from mailbot.cases.understanding import Flags, Found, Where
from mailbot.classify.cues import cue
from mailbot.classify.folding import fold
from mailbot.classify.privacy import contains_ssn
from mailbot.mail import Message

_TEXT_CAP = 40_000
_NEWBORN_DAYS = 100
_NEWBORN = cue("flags.newborn")
_ABOUT_MEMBERS = ("eligibility", "enrollment", "other")
_ABOUT_ACCOUNTS = ("billing", "group.edi_file", "group.setup")
_PER_PERSON = ("subscriber_name", "dependent_name", "subscriber_id", "person_id")


def raise_flags(
    message: Message, text: str, fields: tuple[Found, ...], sent: date, *, adds_dependent: bool, category: str
) -> Flags:
    """The flags under the settled fields; `text`: what the sender wrote, with the subject; `category`: its code."""
    births = _days(fields, "date_of_birth")
    fresh = any(sent - timedelta(days=_NEWBORN_DAYS) <= day <= sent + timedelta(days=3) for day in births)
    return Flags(
        retroactive=any(day < sent for day in _days(fields, "effective_date")),
        newborn=adds_dependent and (fresh or (not births and bool(_NEWBORN.search(fold(text[:_TEXT_CAP]))))),
        contains_ssn=any(contains_ssn(part) for part in (text, *_files(message))),
        multiple_consumers=_several(fields, category),
    )


def _files(message: Message) -> Iterable[str]:
    for attachment in message.attachments:
        if attachment.text:
            yield attachment.text
        yield from (f"{label}: {value}" for label, value in attachment.form)


def _days(fields: tuple[Found, ...], name: str) -> list[date]:
    return [date.fromisoformat(found.value) for found in fields if found.name == name]


def _several(fields: tuple[Found, ...], category: str) -> bool:
    """Whether several members are named, in the mail or on a list with it; of providers' papers none counts."""
    family = category.partition(".")[0]
    if family in _ABOUT_MEMBERS:
        return any(_count(fields, name) > 1 for name in _PER_PERSON)
    if family == "provider":
        fields = tuple(found for found in fields if found.where not in (Where.SIGNATURE, Where.FORM))
    named = family in _ABOUT_ACCOUNTS or category in _ABOUT_ACCOUNTS or family == "provider"
    return named and _count(fields, "subscriber_name") > 1


def _count(fields: tuple[Found, ...], name: str) -> int:
    return len({found.value for found in fields if found.name == name})
