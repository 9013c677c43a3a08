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
_PER_PERSON = ("subscriber_name", "dependent_name", "subscriber_id", "person_id")


def raise_flags(
    message: Message, text: str, fields: tuple[Found, ...], sent: date, *, adds_dependent: bool, about_members: bool
) -> Flags:
    """The flags under the settled fields; `text` is what the sender wrote, subject included."""
    births = _days(fields, "date_of_birth")
    fresh = any(sent - timedelta(days=_NEWBORN_DAYS) <= day <= sent + timedelta(days=3) for day in births)
    return Flags(
        retroactive=any(day < sent for day in _days(fields, "effective_date")),
        newborn=adds_dependent and (fresh or (not births and bool(_NEWBORN.search(fold(text[:_TEXT_CAP]))))),
        contains_ssn=any(contains_ssn(part) for part in (text, *_files(message))),
        multiple_consumers=_several(fields, about_members=about_members),
    )


def _files(message: Message) -> Iterable[str]:
    for attachment in message.attachments:
        if attachment.text:
            yield attachment.text
        yield from (f"{label}: {value}" for label, value in attachment.form)


def _days(fields: tuple[Found, ...], name: str) -> list[date]:
    return [date.fromisoformat(found.value) for found in fields if found.name == name]


def _several(fields: tuple[Found, ...], *, about_members: bool) -> bool:
    """Whether several people are named; in a matter of bills and groups only names that stand in the mail tell."""
    if about_members:
        return any(_count(fields, name) > 1 for name in _PER_PERSON)
    return _count(tuple(found for found in fields if found.where is not Where.FORM), "subscriber_name") > 1


def _count(fields: tuple[Found, ...], name: str) -> int:
    return len({found.value for found in fields if found.name == name})
