"""Knows what mail programs write above a quote: "On … X wrote:", "-----Original Message-----", in many languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum

from mailbot.ingest.lines import LINE_CAP, Line
from mailbot.ingest.words import pattern, phrases

_LINES_CAP = 6

_VERBS = pattern("attribution", "verb")
_DATE = re.compile(
    r"\d{1,2}[:.h]\d{2}|(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}|\d{1,2}\s?[月월]|\b\d{1,2}(?:st|nd|rd|th|\.)?\s+\w{3,9}"
    r"|\b[A-Z]\w{2,8}\.? \d{1,2}\b"
)
_ADDRESS = re.compile(r"[\w.+=-]{1,80}@[\w.-]{2,80}|<[^<>]{1,120}>")
_OPENERS = frozenset(phrases("attribution", "opener"))
_STARTS_WITH_DATE = re.compile(r"[\"'*\s(-]{0,6}\d{1,4}[\s.:/年-]")
_FIRST_PERSON = re.compile(
    r"\b(?:i|we|ich|wir|j'ai|nous|yo|noi|io|ik|wij|eu)\s+(?:have\s+|had\s+)?(?:wrote|written|schrieb|écrit|scritto)\b",
    re.I,
)
_DASHED_WROTE = re.compile(r"[-–—]{2,}\s?(?:on|am|le|el|il|op|em)\b.{10,300}\S\s?[-–—]{2,}", re.IGNORECASE)
_RULED = re.compile(r"[-–—_=*~#]{2,}[ \t]?(\S.{1,70}\S)[ \t]?[-–—_=*~#]{2,}[*]?")
# Notes folds the quoted mail into one line: "Ann Lee ---11/02/2026 09:10:00 AM---Please send us".
_FOLDED = re.compile(r"\S.{1,80}\s---\s?\d{1,4}[./-]\d{1,2}[./-]\d{1,4} \d{1,2}[:.]\d{2}[^-]{0,12}---.{0,300}")
_RULE = re.compile(r"[-–—_=*~\u2500]{3,}")

_ORIGINAL_PHRASES = phrases("attribution", "original")
_FORWARDED_PHRASES = phrases("attribution", "forwarded")


_DIVIDING_STARTS = tuple("-–—_=*~#\u2500")
_ENDINGS = (":", "：", "-", "–", "—")
_ENDINGS_ABOVE_A_QUOTE = (">", ")", "wrote", "schrieb", "écrit", "escribió", "scritto")


class Separator(IntEnum):
    """What a line that divides an answer from what it answers says."""

    NONE = 0
    RULE = 1
    UNKNOWN = 2
    ORIGINAL = 3
    FORWARDED = 4


def may_divide(bare: str) -> bool:
    """False for a line that is no divider, no header and ends no attribution, as are most: nobody looks further."""
    return (
        ":" in bare
        or "：" in bare
        or "---" in bare
        or bare.startswith(_DIVIDING_STARTS)
        or bare.endswith(_ENDINGS)
        or bare.endswith(_ENDINGS_ABOVE_A_QUOTE)
    )


def separator(bare: str) -> Separator:
    """Reads a line as a divider: "-----Original Message-----", "Begin forwarded message:", or a bare rule."""
    if "---" in bare and _FOLDED.fullmatch(bare[:LINE_CAP]):
        return Separator.ORIGINAL
    if len(bare) > 120 or len(bare) < 3:
        return Separator.NONE
    if _RULE.fullmatch(bare):
        return Separator.RULE
    ruled = _RULED.fullmatch(bare)
    words = (ruled[1] if ruled else bare).strip(" *:：\t").casefold()
    if ruled or bare.endswith((":", "：")):
        if words.startswith(_FORWARDED_PHRASES):
            return Separator.FORWARDED
        if words in _ORIGINAL_PHRASES or (ruled and words.startswith(_ORIGINAL_PHRASES)):
            return Separator.ORIGINAL
    return Separator.UNKNOWN if ruled else Separator.NONE


def attribution_start(lines: Sequence[Line], end: int, *, quote_follows: bool) -> int | None:
    """Where the attribution that ends with line `end` begins; None where that line ends none.

    `quote_follows`: the next text is marked as quoted, so that less is asked for.
    """
    last = lines[end].bare
    if not may_end_attribution(last, quote_follows=quote_follows):
        return None
    text, found = "", None
    for start in range(end, max(-1, end - _LINES_CAP), -1):
        line = lines[start]
        if line.depth != lines[end].depth or len(line.bare) > LINE_CAP or (not line.bare and not lines[start - 1].bare):
            break
        text = f"{line.bare} {text}".strip()
        if not line.bare or not _is_attribution(text, quote_follows=quote_follows):
            continue
        if _opens(line.bare):
            return start
        found = start if found is None else found
    return found


def _opens(text: str) -> bool:
    word = text[:40].lstrip("*\"'([- \t").partition(" ")[0].rstrip(".,").casefold()
    return word in _OPENERS or bool(_STARTS_WITH_DATE.match(text))


def may_end_attribution(last: str, *, quote_follows: bool) -> bool:
    """A quick look at the last characters of a line."""
    if len(last) > LINE_CAP:
        return False
    if last.endswith(_ENDINGS) and (len(last) > 4 or last.endswith((":", "："))):
        return True
    return quote_follows and last.endswith(_ENDINGS_ABOVE_A_QUOTE)


def _is_attribution(text: str, *, quote_follows: bool) -> bool:
    if text.endswith(("-", "–", "—")):
        return bool(_DASHED_WROTE.fullmatch(text)) and bool(_DATE.search(text))
    lowered = text.casefold()
    opens = _opens(text)
    dated = bool(_DATE.search(text))
    addressed = bool(_ADDRESS.search(text))
    says = _VERBS.found_in(lowered)
    if quote_follows:
        return (says and (dated or addressed or len(text) < 100)) or (dated and addressed and opens)
    if _FIRST_PERSON.search(lowered):
        return False
    if says:
        return addressed or (dated and (opens or _wrote_on(lowered)))
    return dated and addressed and opens and bool(re.search(r"\d{1,2}[:.h]\d{2}", text))


def _wrote_on(lowered: str) -> bool:
    """ "X wrote on 11/16/2026 15:20:" """
    place = _VERBS.first_in(lowered)
    return place is not None and place[0] < 80 and bool(_DATE.search(lowered, place[1]))
