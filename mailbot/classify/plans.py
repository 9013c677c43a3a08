"""Finds the plan, class or division that somebody is to be moved to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mailbot.classify.cues import cue, words
from mailbot.classify.folding import fold
from mailbot.classify.linear import Linear
from mailbot.classify.together import Together

_TIER = (
    "(?:Gold|Silver|Bronze|Platinum|Catastrophic|Basic|Standard|Premier|Choice|Select|Value|Classic|Plus|Advantage|"
    "High|Low|Core|Buy-?Up|Oro|Plata|Bronce|Platino)"
)
_KIND = r"(?:HMO|PPO|EPO|POS|HDHP|HSA|HRA|CDHP|Indemnity|QHDHP)"
_AMOUNT = r"\$?\d{1,5}(?:/\d{1,5})?"
_SECOND = "(?:Saver|Secure|Essential|Preferred|Premium|Complete|Flex|Enhanced|Extra|Max|Care)"
_PLAN = Linear(
    rf"\b((?i:{_TIER})(?:[ -](?:(?i:{_TIER})|{_SECOND}\b))?(?: ?{_KIND})?(?: (?:Plan )?{_AMOUNT})?(?: {_KIND})?|"
    rf"{_KIND}(?:[ /-]{_KIND})?(?: (?i:{_TIER}))?(?: {_AMOUNT})?"
    r"(?: (?i:saver|plus|choice|select|gold|silver|bronze)\b)?)"
)
_CLASS = Linear(
    r"(?i)\b(?:to|into|onto|on|under|in|a|al|la|el) (?:the |our |la |el )?"
    r"((?:[A-Z][\w-]* ){0,2}?(?:division|class|clase|división|subgroup|sub-group|department|location)"
    r"(?: (?-i:[A-Z0-9][\w-]*)){0,2}(?: \([\w-]+\))?|"
    r"(?:cobra|retiree|salaried|hourly|management|executive|union|part-time|full-time)(?: (?:medical|health|dental))?"
    r"(?: (?:division|class|group|subgroup|plan|tier|benefits))?(?: \([\w-]+\)| \d[\w-]*)?|"
    r"(?:plan|option|opci[oó]n|tier) (?-i:[A-Z]\b|\d{1,4}\b))"
)
_PHRASE = Linear(
    r"(?i)(?:\bto|\binto|\bonto|\bin|\belect(?:ed|s)?|\bwants?|\bchose|\bselected|\bbe (?:in|on)|\binstead|\bal|\ba la|"
    r"\bpor(?: el)?) (?:the |our |your |an? |el |la )?"
    r"((?:(?:high|low|deductible|[a-z]+-deductible|buy-?up|base|core|dental|medical|retiree|family|single|"
    r"[A-Z][\w/-]*|\d{2,5}) ){0,4}?(?:plan|option|opci[oó]n|tier|package)"
    r"(?: (?-i:[A-Z]\d{0,4}|\d{1,5}|[A-Z][a-z]+))?)\b"
)
_NEW = r"((?:\p{Lu}[\w/&+-]*|\d[\w/-]*)(?: (?:\p{Lu}[\w/&+-]*|\$?\d[\w/-]*|plan|option|class|division|tier)\b)*)"
_FROM_TO = Linear(rf"\b(?:from|off) (?:the |our |a )?[^\n.;]{{2,48}}? (?:to|into|onto|->|→) (?:the |our |a )?{_NEW}")
_WHO = r"(?:employee|ee|subscriber|single|family|individual|two[- ]person|self)"
_WITH = r"(?:only|(?:\+|and|&|plus|/) ?(?:spouse|child(?:ren|\(ren\))?|family|one|sp|ch|1|dependents?))"
_TIER_TO = Linear(
    rf"(?i)\b(?:to|into|->|→) (?:an? )?"
    rf"((?:{_WHO} ?{_WITH}|{_WHO} (?:coverage|tier|plan|contract)|family|single)(?: coverage| tier)?)"
)
_WAS_NOW = Linear(
    r"(?im)^[ \t*-]*(?:was|from|old|current|currently|before)(?: (?:plan|class|division|tier))?[ \t]*:[^\n]{2,60}\n+"
    r"[ \t*-]*(?:now|to|new|change to|should be|after)(?: (?:plan|class|division|tier))?[ \t]*:[ \t]*([^\n]{1,60})$"
)
_SUFFIXED = Linear(r"\b(?:to|into|under|a|al|->|→) (?:[A-Za-z]+ ){0,3}(\d{4,8}-[A-Z]{1,3}\b)")
_TO = cue("plans.to", tail=r"(?: (?:the|a|our|your|that|plan|el|la|new|other|in|group))*[ :\"“(]*$")
_FROM = cue("plans.from", tail=r"(?: (?:the|a|our|your|el|la))*[ :\"“(]*$")


_ORDINARY = words("plans.ordinary")
_KIND_BEHIND = Linear(r"(?i)^ (?:plan|option|tier)\b")
_HINT = Linear(
    "ppo|hmo|epo|hdhp|hsa|plan|class|clase|gold|silver|bronze|platinum|division|location|department|office|option|opcion|tier|only|family|subgroup|premier|basic|cobra|indemnity|oro|plata"
    r"|bronce|retiree|salaried|hourly|\p{Nd}-[a-z]"
)
_TOGETHER = Together(one.pattern for one in (_PLAN, _WAS_NOW, _CLASS, _SUFFIXED, _FROM_TO, _TIER_TO, _PHRASE))
_MOVE = cue("plans.move")
_HAS = cue("plans.has", tail=r"(?: (?:the|a|our|your|el|la|plan))*[ :\"“(]*$")
_SHOULD = cue("plans.should")
_NOW_AFTER = cue("plans.now_after", head=r"^,? ?(?:plan |coverage )?")
_UNTOLD = words("plans.untold")


def find_new_plans(text: str, folded: str = "") -> tuple[str, ...]:
    """Plans that the words before them make the new one; else the only plan named that is not the one left.

    `folded` is the text folded.
    """
    folded = folded or fold(text)
    if not _HINT.search(folded) or not _TOGETHER.present(text):
        return ()
    named = [(plan, start, _is_left(folded, start, start + len(plan))) for plan, start in _named(text)]
    if turned := _WAS_NOW.search(text):
        return (_without_note(turned[1]).strip(),)
    new = [plan for plan, start, left in named if not left and _TO.search(folded[max(0, start - 44) : start])]
    if new:
        return tuple(dict.fromkeys(new))
    moved = bool(_MOVE.search(folded))
    for expression in (_CLASS, _SUFFIXED, _FROM_TO, _TIER_TO) if moved else ():
        match = expression.search(text)
        if match:
            return (_without_note(match[1]),)
    rest = [plan for plan, _, left in named if not left]
    if not rest:
        rest = [match[1] for match in _PHRASE.finditer(text) if _is_said(folded, match)]
    return (rest[-1],) if rest else ()


def _is_left(folded: str, start: int, end: int) -> bool:
    """Whether the words around a plan make it the one that somebody has now."""
    lead = folded[max(0, start - 60) : start]
    has = _HAS.search(lead) is not None and not _SHOULD.search(lead)
    return has or bool(_FROM.search(lead[-24:])) or bool(_NOW_AFTER.match(folded[end : end + 24]))


def _is_said(folded: str, match: Any) -> bool:
    """Whether a phrase names a plan: more than one word, not the one that is left, not "another plan"."""
    words = fold(match[1]).split()
    left = _is_left(folded, match.start(1), match.end(1))
    return len(words) > 1 and not left and not _UNTOLD.issuperset(words)


def _without_note(phrase: str) -> str:
    """The phrase without a note in parentheses, unless that is a number."""
    head, _, note = phrase.partition(" (")
    return phrase if any(letter.isdigit() for letter in note) else head


def _named(text: str) -> Iterator[tuple[str, int]]:
    """The plans that a text names; an ordinary word, as "high", is one only before "plan" or "option"."""
    for match in _PLAN.finditer(text):
        if match[1].lower() not in _ORDINARY:
            yield match[1], match.start(1)
        elif kind := _KIND_BEHIND.match(text[match.end(1) : match.end(1) + 8]):
            yield f"{match[1]}{kind[0]}", match.start(1)
