"""Knows the words of delivery notices: their subjects, their sentences, and where the returned mail begins."""

from __future__ import annotations

from mailbot.ingest.words import pattern

NOTICE_CAP = 65_536

_SUBJECT = pattern("notices", "subject")
_WEAK_SUBJECT = pattern("notices", "weak subject")
_SENTENCE = pattern("notices", "sentence")
_RETURNED = pattern("notices", "returned")
_SEARCHED = 8_000


def is_notice_subject(subject: str, *, from_a_system: bool) -> bool:
    """True for "Undelivered Mail Returned to Sender" and the like; answers to and forwards of such a mail are none."""
    subject = subject[:300].lstrip(" [(*\"'")
    return _SUBJECT.starts(subject) or (from_a_system and _WEAK_SUBJECT.starts(subject))


def notice_sentences(text: str) -> int:
    """How many different phrases of delivery notices are in the beginning of a text, counted up to 3."""
    return _SENTENCE.kinds_in(text[:_SEARCHED], 3)


def notice_of(text: str) -> str:
    """The notice without the returned message below it."""
    text = text[:NOTICE_CAP]
    head = min(len(text), 40)
    place = _RETURNED.first_in(text[head:])
    return text[: head + place[0]] if place else text
