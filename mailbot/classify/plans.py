"""Finds the plan, class or division that somebody is to be moved to."""

from __future__ import annotations

from collections.abc import Iterator

import re2

from mailbot.classify.cues import cue
from mailbot.classify.folding import fold

_TIER = r"(?:Gold|Silver|Bronze|Platinum|Catastrophic|Basic|Standard|Premier|Choice|Select|Value|Classic|Plus|Advantage|High|Low|Core|Buy-?Up|Oro|Plata|Bronce|Platino)"
_KIND = r"(?:HMO|PPO|EPO|POS|HDHP|HSA|HRA|CDHP|Indemnity|QHDHP)"
_PLAN = re2.compile(
    rf"\b((?i:{_TIER})(?:[ -](?i:{_TIER}))?(?: ?(?:{_KIND}))?(?: (?:Plan )?\$?\d{{1,5}}(?:/\d{{1,5}})?)?(?: (?:{_KIND}))?|(?:{_KIND})(?:[ /-](?:{_KIND}))?(?: (?i:{_TIER}))?(?: \$?\d{{1,5}}(?:/\d{{1,5}})?)?(?: (?i:saver|plus|choice|select|gold|silver|bronze)\b)?)"
)
_CLASS = re2.compile(
    r"(?i)\b(?:to|into|under|in|a|al|la|el) (?:the |our |la |el )?((?:[A-Z][\w-]* ){0,2}?(?:division|class|clase|división|divisi[oó]n)(?: (?-i:[A-Z0-9][\w-]*))?(?: \([\w-]+\))?|(?:cobra|retiree|salaried|hourly|management|executive|union|part-time|full-time)(?: (?:division|class|group|plan))?(?: \([\w-]+\))?)"
)
_PHRASE = re2.compile(
    r"(?i)(?:\bto|\binto|\bonto|\bin|\belect(?:ed|s)?|\bwants?|\bchose|\bselected|\bbe (?:in|on)|\binstead|\bal|\ba la|\bpor(?: el)?) (?:the |our |your |an? |el |la )?((?:(?:high|low|deductible|deduc[a-z]+|[a-z]+-deductible|buy-?up|base|core|dental|medical|retiree|family|single|[A-Z][\w/-]*|\d{2,5}) ){0,4}?(?:plan|option|opci[oó]n|tier|package)(?: (?-i:[A-Z]\d{0,4}|\d{1,5}|[A-Z][a-z]+))?)\b"
)
_SUFFIXED = re2.compile(r"\b(?:to|into|under|a|al|->|→) (?:the |group |class )?(\d{4,8}-[A-Z]{1,3}\b)")
_TO = cue("plans.to", tail=r"(?: (?:the|a|our|your|that|plan|el|la|new|other|in|group))*[ :\"“(]*$")
_FROM = cue("plans.from", tail=r"(?: (?:the|a|our|your|el|la))*[ :\"“(]*$")


_MOVE = cue("plans.move")


def find_new_plans(text: str) -> tuple[str, ...]:
    """Plans that the words before them make the new one; else the only plan named."""
    folded = fold(text)
    named = list(_named(text))
    new = [
        plan
        for plan, start in named
        if _TO.search(folded[max(0, start - 44) : start]) and not _FROM.search(folded[max(0, start - 24) : start])
    ]
    if new:
        return (new[-1],)
    for expression in (_SUFFIXED, _CLASS):
        match = expression.search(text)
        if match and _MOVE.search(folded):
            return (_without_note(match[1]),)
    for expression in (_PHRASE,) if not named else ():
        phrases = [match[1] for match in expression.finditer(text) if " " in match[1].strip()]
        if phrases:
            return (phrases[-1],)
    rest = [plan for plan, start in named if not _FROM.search(folded[max(0, start - 24) : start])]
    return (rest[-1],) if rest else ()


def _without_note(phrase: str) -> str:
    """The phrase without a note in parentheses, unless that is a number."""
    head, _, note = phrase.partition(" (")
    return phrase if any(letter.isdigit() for letter in note) else head


def _named(text: str) -> Iterator[tuple[str, int]]:
    for match in _PLAN.finditer(text):
        if match[1].lower() not in (
            "high",
            "low",
            "value",
            "plus",
            "basic",
            "standard",
            "core",
            "choice",
            "select",
            "classic",
            "advantage",
            "premier",
        ):
            yield match[1], match.start(1)
