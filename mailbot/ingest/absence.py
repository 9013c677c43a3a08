"""Reads a short text by sentences: does it only say that nobody reads this now, or that the mail has arrived?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailbot.ingest.words import pattern
from mailbot.mail import Message

_TEXT_CAP = 3_000
_SENTENCES_CAP = 30

_ABSENT = pattern("absence", "absent")
_AUTOMATIC = pattern("absence", "automatic")
_RECEIVED = pattern("absence", "received")
_CHALLENGE = pattern("absence", "challenge")
_ANY = pattern("absence", "absent", "automatic", "received", "challenge")
_SIDE = pattern("absence", "side")
_BUSINESS = pattern("absence", "business")
_OWN_MATTERS = pattern("bulk", "matter")
_SENTENCES = re.compile(r"(?<=[^\d\s][.!?])\s+|(?<=\d\d\d\d\.)\s+|(?<=[。！？])|\n\s*\n|\n(?=\S)")


@dataclass(frozen=True, slots=True)
class Said:
    """What the words show; `alone`: there is so little else that no further sign is needed."""

    signs: tuple[str, ...]
    alone: bool
    asks: bool


def absence_signs(message: Message) -> Said | None:
    """What a short text without business of its own says about absence, receipt or automation; None when nothing."""
    text = message.new_text if message.new_text.strip() else message.text
    if not text.strip() or len(text) > _TEXT_CAP or _BUSINESS.found_in(text):
        return None
    sentences = [sentence.strip() for sentence in _joined(text) if sentence.strip()][:_SENTENCES_CAP]
    if not _ANY.found_in("\n".join(sentences)):  # as in nearly every mail: then no sentence needs a look of its own
        return None
    absent = automatic = received = other = 0
    for sentence in sentences:
        kinds = [kind.found_in(sentence[:400]) for kind in (_ABSENT, _AUTOMATIC, _RECEIVED, _CHALLENGE)]
        absent += kinds[0]
        automatic += kinds[1]
        received += kinds[2] or kinds[3]
        other += not any(kinds) and not _SIDE.found_in(sentence[:400]) and len(sentence) > 25
    return _judged(absent, automatic, received, other, len(sentences), asks="?" in text or "？" in text)


def _judged(absent: int, automatic: int, received: int, other: int, count: int, *, asks: bool) -> Said | None:
    signs = []
    if absent:
        signs.append("the text says that nobody is there")
    if automatic:
        signs.append("the text says that it is automatic")
    if received:
        signs.append("the text only says that mail has arrived")
    if not signs:
        return None
    weight = absent + 2 * automatic + received
    alone = not (asks and not automatic) and weight >= 1 and other * 2 <= count and (weight >= 2 or count <= 4)
    return Said(tuple(signs), alone, asks)


def _joined(text: str) -> list[str]:
    """Sentences, where lines that a program wrapped are one."""
    return _SENTENCES.split(re.sub(r"(?<=[^\n.!?:。！？])\n(?=[^\n])", " ", text))
