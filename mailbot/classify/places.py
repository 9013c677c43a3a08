"""Finds postal addresses and telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import re2


@dataclass(frozen=True, slots=True)
class Place:
    """An address in one line, or the digits of a telephone number, at text[start:end]."""

    value: str
    start: int
    end: int


_LONGEST = 130
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|"
    "PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|PR"
)
_STREET_WORDS = (
    "St|Street|Ave|Avenue|Rd|Road|Ln|Lane|Dr|Drive|Ct|Court|Blvd|Boulevard|Way|Pl|Place|Ter|Terrace|Cir|Circle|Hwy|Highway|"
    "Pkwy|Parkway|Row|Sq|Square|Trail|Trl|Loop|Pike|Run|Path|Alley"
)
_ZIP = re2.compile(rf"\b(?:{_STATES}|[A-Z][a-z]+),? *\d{{5}}(?:-\d{{4}})?\b")
_ZIP_DIGITS = re.compile(r"\d{5}")
_HOUSE = re2.compile(
    r"(?:^|[\s:,(])(\d{1,6}[A-Za-z]?(?:-\d+)? [A-Za-z0-9]|P\.? ?O\.? ?[Bb]ox \d|Apartado (?:Postal )?\d|R\.?R\.? ?\d)"
)
_NO_HOUSE = (
    "highway",
    "hwy",
    "route",
    "rt",
    "box",
    "apt",
    "unit",
    "suite",
    "ste",
    "#",
    "apto",
    "lot",
    "county",
    "interstate",
)
_SHORT = re2.compile(
    rf"\b(\d{{1,6}} (?:[^\s,;]{{1,20}} ){{1,4}}(?:{_STREET_WORDS})\b\.?(?:,? (?:Apt|Unit|Suite|Ste|#)\.? ?#?\w+)?"
    r"(?:, [A-Z][a-z]+(?: [A-Z][a-z]+)?)?)"
)
_LABELLED = re2.compile(
    r"(?i)(?:(?:new|current|home|mailing)? ?address|direcci[óo]n(?: nueva)?|domicilio(?: nuevo)?|地址)"
    r"(?: (?:is|es))?[:：为是]+ ?([^\n]*\d[^\n]*)"
)
_DIGIT = re.compile(r"\d")
_PHONE_HINT = re.compile(r"\d{3}[ .)-]{1,2}\d{3}|\d{10}")
_OLD = re2.compile(
    r"(?i)(?:\bold\b|\bprevious(?:ly)?\b|\bformer(?:ly)?\b|\bwas\b|\bfrom\b|\bprior\b|anterior|antes|vieja|旧|原)[^.\n]{0,24}$"
)
_TOWARDS = re.compile(r" (?:to|a|al) |[到至]", re.IGNORECASE)
_PHONE = re2.compile(r"(?:\+?1[ .-]?)?(\(?\b\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4})\b|\b(\d{3}-\d{4})\b|(?:\D|^)(\d{10})\b")
_FAX = re2.compile(r"(?i)(?:\bfax(?:ed)?\b|\bf\b|传真)[:.#)]?(?: (?:to|it to|is|at|number|no\.?))* ?\(?$")
_NO_PHONE = re2.compile(r"(?i)(?:npi|id|claim|account|acct|case|group|#|npn|no\.?)[:# ]{0,3}$")


def find_addresses(text: str) -> tuple[Place, ...]:
    """New addresses in the order of the text; those that the words before them call old are left out."""
    if not _DIGIT.search(text):
        return ()
    found = [place for place in _complete(text) if not _is_old(text[max(0, place.start - 40) : place.start])]
    for expression in (_LABELLED, _SHORT):
        if not found:
            matches = [
                match
                for match in expression.finditer(text)
                if not _is_old(text[max(0, match.start() - 40) : match.start(1)])
            ]
            found = [Place(_one_line(match[1]).rstrip("."), *match.span(1)) for match in matches]
    return tuple(found)


def _is_old(lead: str) -> bool:
    """Whether the words before an address call it the old one: "from Frederick to" leads to the new one."""
    old = _OLD.search(lead)
    return old is not None and not _TOWARDS.search(old[0])


def _complete(text: str) -> Iterator[Place]:
    """Addresses that end in a state and a ZIP code: from there back to the house number."""
    reached = 0
    for match in () if not _ZIP_DIGITS.search(text) else _ZIP.finditer(text):
        floor = max(reached, match.start() - _LONGEST)
        starts = [floor + house.start(1) for house in _HOUSE.finditer(text[floor : match.start()])]
        starts = [
            start
            for start in starts
            if text[max(0, start - 12) : start].lower().rstrip(" .").rpartition(" ")[2] not in _NO_HOUSE
        ]
        starts = [
            start for start in starts if "," in text[start : match.start()] or "\n" in text[start : match.start()]
        ]
        if starts:
            reached = match.end()
            yield Place(_one_line(text[starts[-1] : match.end()]), starts[-1], match.end())


def _one_line(address: str) -> str:
    lines = [line.strip().strip(",") for line in address.split("\n")]
    return " ".join(", ".join(line for line in lines if line).split())


def find_phones(text: str) -> tuple[Place, ...]:
    """Telephone numbers as digits; fax numbers are left out."""
    return tuple(_phones(text)) if _PHONE_HINT.search(text) else ()


def _phones(text: str) -> Iterator[Place]:
    for match in _PHONE.finditer(text):
        group = next(at for at in (1, 2, 3) if match[at])
        start, end = match.span(group)
        lead = text[max(0, start - 24) : start]
        before, after = text[max(0, start - 1) : start], text[end : end + 1]
        part_of_id = before in ("-", "/", ".") or before.isalnum() or after in ("-", "/") or after.isalnum()
        if part_of_id or _FAX.search(lead) or (group == 3 and _NO_PHONE.search(lead)):
            continue
        yield Place("".join(letter for letter in match[group] if letter.isdigit()), start, end)
