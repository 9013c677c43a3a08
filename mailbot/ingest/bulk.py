"""Knows mail to many: lists, newsletters, advertising, cold sales, phishing."""

from __future__ import annotations

import re
from functools import lru_cache

from mailbot.ingest.words import pattern
from mailbot.mail import Message

_TEXT_CAP = 20_000
_LIST_HEADERS = (
    "list-id",
    "list-unsubscribe",
    "list-post",
    "list-owner",
    "list-subscribe",
    "list-archive",
    "mailing-list",
    "x-mailing-list",
    "list-unsubscribe-post",
)
_MASS_HEADERS = re.compile(
    r"x-(?:campaign|campaignid|campaign-id|mailchimp|mc-user|mailgun-tag|cm-campaign|bulkmail|mass|newsletter|emv|rpcampaign|job|virtualserverinfo|sfmc|sg-eid|marketo|mkto|hubspot|constantcontact|csa-complaints|report-abuse|abuse|list|binding|maillist).{0,40}|feedback-id|x-csa-complaints"
)
_UNSUBSCRIBE = pattern("bulk", "unsubscribe")
_SELLING = pattern("bulk", "selling")
_PHISHING = pattern("bulk", "phishing")
_ANY = pattern("bulk", "unsubscribe", "selling", "phishing")
_OWN_MATTERS = pattern("bulk", "matter")
_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)


@lru_cache(maxsize=1024)
def _is_mass_header(name: str) -> bool:
    """Whether a header is one of programs for mass mailings; remembered, as all mail has the same few names."""
    return _MASS_HEADERS.fullmatch(name) is not None


def list_signs(message: Message) -> tuple[str, ...]:
    """Headers of lists and newsletters; an automatic reply from a list robot is one of these as well."""
    present = dict(message.headers)
    for name in _LIST_HEADERS:
        if name in present and (message.header(name) or "").strip():
            return (f"the header {name}",)
    if any(value.split(";")[0].strip() in ("list", "junk") for value in _precedence(message)):
        return ("Precedence is list or junk",)
    return ()


def _precedence(message: Message) -> list[str]:
    both = message.headers_named("precedence") + message.headers_named("x-precedence")
    return [value.strip().casefold() for value in both]


def bulk_signs(message: Message) -> tuple[str, ...]:
    """Why the message went to many, or is unasked-for selling or fraud; empty when a person may mean this desk."""
    if "bulk" in _precedence(message):
        return ("Precedence is bulk",)
    text = f"{message.subject}\n{message.text[:_TEXT_CAP]}"
    mass = any([_is_mass_header(name) for name, _ in message.headers])
    if not mass and not _ANY.found_in(text):  # as in nearly every mail: then none of them need be asked for
        return ()
    leaves = _UNSUBSCRIBE.found_in(text)
    if mass and leaves:
        return ("headers of a mass mailing", "it tells how to unsubscribe")
    if message.in_reply_to or message.references:
        return ()
    sells = _SELLING.kinds_in(text, 4)
    cheats = _PHISHING.kinds_in(text, 4)
    linked = bool(cheats) and bool(_LINK.search(text))
    weight = 2 * leaves + sells + (cheats + 1 if linked else min(cheats, 1)) + mass
    if weight < 2 or weight - 2 * _OWN_MATTERS.kinds_in(text, 4) < 2:
        return ()
    signs = (
        (leaves, "it tells how to unsubscribe"),
        (sells, "it offers something for sale"),
        (cheats, "it presses the reader to act on an account"),
    )
    return tuple([sign for holds, sign in signs if holds])
