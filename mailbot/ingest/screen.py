"""Tells what a message is before any category: inquiry, reply, automatic reply, bounce or bulk mail (step 4)."""

from __future__ import annotations

import re

from mailbot.ingest.autoreply import auto_reply_signs
from mailbot.ingest.bounces import read_bounce
from mailbot.ingest.bulk import bulk_signs, list_signs
from mailbot.ingest.loops import loop_signs
from mailbot.ingest.machines import machine_report
from mailbot.ingest.words import pattern
from mailbot.mail import Envelope, Kind, Message, OwnAddresses, Screening

_CASE_NUMBER = re.compile(r"(?<!\d)\d{6}-\d{7}(?!\d)")
_TOKEN = re.compile(r"[\[(]\s?\w{2,12}:?\s{1,2}\d{6}-\d{7}\s?[\])]")
_ANSWER_SUBJECT = pattern("letters", "answer subject")
_NAMES_CASE = pattern("letters", "names case")


def screen(message: Message, envelope: Envelope, own: OwnAddresses) -> Screening:
    """The kind of the message, the signs that decided, and the report when it is a bounce.

    Bounces come first, since many of them carry the headers of automatic replies; then the desk's own mail,
    machines and lists. What is left was written by a person, and is a reply when it answers something.
    """
    if report := machine_report(message):
        return report
    bounce = read_bounce(message, envelope)
    if bounce is not None:
        return bounce
    if signs := loop_signs(message, envelope, own):
        return Screening(Kind.AUTO_REPLY, signs)
    if signs := list_signs(message):
        return Screening(Kind.BULK, signs)
    if signs := auto_reply_signs(message, envelope):
        return Screening(Kind.AUTO_REPLY, signs)
    if signs := bulk_signs(message):
        return Screening(Kind.BULK, signs)
    if signs := _reply_signs(message, own):
        return Screening(Kind.REPLY, signs)
    return Screening(Kind.INQUIRY, ("written by a person, answering nothing",))


def _reply_signs(message: Message, own: OwnAddresses) -> tuple[str, ...]:
    """Why the message answers something; "Re:" in the subject alone is no reason."""
    answered = (*message.in_reply_to, *message.references)
    if any(own.host and identifier.casefold().endswith("@" + own.host.casefold()) for identifier in answered):
        return ("it answers a letter of the desk",)
    if answered:
        return ("it answers an earlier message",)
    if _TOKEN.search(message.subject):
        return ("the subject carries a case number",)
    if _ANSWER_SUBJECT.starts(message.subject.lstrip()) and _CASE_NUMBER.search(message.subject):
        return ("the subject answers and names a case",)
    if _NAMES_CASE.found_in(message.new_text[:200]):
        return ("the text says which case it is for",)
    return ()
