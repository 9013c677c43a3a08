"""Subjects without what mail programs and desks put in front of them."""

from __future__ import annotations

import re

from mailbot.cases.number import find

_CAP = 500
# The words for "answer" and "forwarded" in the languages that mail programs speak, and tags in brackets.
_PREFIX = re.compile(
    r"\s*(?:(?:re|fwd?|aw|wg|sv|vs|vb|vl|antw|doorst|tr|rif|i|r|res|enc|odp|pd|ynt|ilt|rv|回复|回覆|答复|答覆|转发|轉寄|返信|転送)"
    r"(?:\[[0-9]{1,3}\]|\([0-9]{1,3}\))?\s?[:：]|\[[^\]]{0,60}\])\s*",
    re.IGNORECASE,
)


def base_subject(subject: str) -> str:
    """The subject that two mails of one thread share, in lower case with single blanks (RFC 5256 section 2.1)."""
    rest = subject[:_CAP]
    while match := _PREFIX.match(rest):
        rest = rest[match.end() :]
    return " ".join(rest.split()).casefold()


def is_new_subject(subject: str, case_subject: str, case_number: str) -> bool:
    """Whether somebody who answered has written another subject than the case's or one of our letters'."""
    if case_number in subject:
        return False
    written = base_subject(subject)
    return bool(written) and written != base_subject(case_subject)


def is_answered_subject(subject: str) -> bool:
    """Whether the subject begins as an answer does, or names a case: it was taken over, not written."""
    return _PREFIX.match(subject[:_CAP]) is not None or bool(find(subject))
