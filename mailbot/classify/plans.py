"""Finds the plan, class or division that somebody is to be moved to."""

from __future__ import annotations

import re
from collections.abc import Iterator

import re2

from mailbot.classify.cues import cue
from mailbot.classify.folding import fold

_TIER = (
    "(?:Gold|Silver|Bronze|Platinum|Catastrophic|Basic|Standard|Premier|Choice|Select|Value|Classic|Plus|Advantage|"
    "High|Low|Core|Buy-?Up|Oro|Plata|Bronce|Platino)"
)
_KIND = r"(?:HMO|PPO|EPO|POS|HDHP|HSA|HRA|CDHP|Indemnity|QHDHP)"
_AMOUNT = r"\$?\d{1,5}(?:/\d{1,5})?"
_PLAN = re2.compile(
    rf"\b((?i:{_TIER})(?:[ -](?i:{_TIER}))?(?: ?{_KIND})?(?: (?:Plan )?{_AMOUNT})?(?: {_KIND})?|"
    rf"{_KIND}(?:[ /-]{_KIND})?(?: (?i:{_TIER}))?(?: {_AMOUNT})?"
    r"(?: (?i:saver|plus|choice|select|gold|silver|bronze)\b)?)"
)
_CLASS = re2.compile(
    r"(?i)\b(?:to|into|onto|on|under|in|a|al|la|el) (?:the |our |la |el )?"
    r"((?:[A-Z][\w-]* ){0,2}?(?:division|class|clase|división)(?: (?-i:[A-Z0-9][\w-]*))?(?: \([\w-]+\))?|"
    r"(?:cobra|retiree|salaried|hourly|management|executive|union|part-time|full-time)"
    r"(?: (?:division|class|group|plan))?(?: \([\w-]+\))?|(?:plan|option|opci[oó]n|tier) (?-i:[A-Z]\b|\d{1,4}\b))"
)
_PHRASE = re2.compile(
    r"(?i)(?:\bto|\binto|\bonto|\bin|\belect(?:ed|s)?|\bwants?|\bchose|\bselected|\bbe (?:in|on)|\binstead|\bal|\ba la|"
    r"\bpor(?: el)?) (?:the |our |your |an? |el |la )?"
    r"((?:(?:high|low|deductible|[a-z]+-deductible|buy-?up|base|core|dental|medical|retiree|family|single|"
    r"[A-Z][\w/-]*|\d{2,5}) ){0,4}?(?:plan|option|opci[oó]n|tier|package)"
    r"(?: (?-i:[A-Z]\d{0,4}|\d{1,5}|[A-Z][a-z]+))?)\b"
)
_SUFFIXED = re2.compile(r"\b(?:to|into|under|a|al|->|→) (?:[A-Za-z]+ ){0,3}(\d{4,8}-[A-Z]{1,3}\b)")
_TO = cue("plans.to", tail=r"(?: (?:the|a|our|your|that|plan|el|la|new|other|in|group))*[ :\"“(]*$")
_FROM = cue("plans.from", tail=r"(?: (?:the|a|our|your|el|la))*[ :\"“(]*$")


_HINT = re.compile(
    "ppo|hmo|epo|hdhp|hsa|plan|class|clase|gold|silver|bronze|platinum|division|option|opcion|tier|cobra|indemnity|oro|plata"
    r"|bronce|retiree|salaried|hourly|\d-[a-z]"
)
_MOVE = cue("plans.move")


def find_new_plans(text: str) -> tuple[str, ...]:
    """Plans that the words before them make the new one; else the only plan named."""
    folded = fold(text)
    if not _HINT.search(folded):
        return ()
    named = list(_named(text))
    new = [
        plan
        for plan, start in named
        if _TO.search(folded[max(0, start - 44) : start]) and not _FROM.search(folded[max(0, start - 24) : start])
    ]
    if new:
        return tuple(dict.fromkeys(new))
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
