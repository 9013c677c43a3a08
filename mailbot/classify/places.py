"""Finds postal addresses and telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.classify.cues import cue
from mailbot.classify.linear import Linear
from mailbot.classify.together import Together


@dataclass(frozen=True, slots=True)
class Place:
    """An address in one line, or the digits of a telephone number, at text[start:end]."""

    value: str
    start: int
    end: int


_LONGEST = 130
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|"
    "PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|PR|VI|GU|AE|AP|AA"
)
_STATE_NAMES = (  # By their last words.
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|"
    "Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|"
    "Montana|Nebraska|Nevada|Hampshire|Jersey|Mexico|York|Carolina|Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Island|"
    "Tennessee|Texas|Utah|Vermont|Virginia|Washington|Wisconsin|Wyoming|Columbia"
)
_STREET_WORDS = (
    "St|Street|Ave|Avenue|Rd|Road|Ln|Lane|Dr|Drive|Ct|Court|Blvd|Boulevard|Way|Pl|Place|Ter|Terrace|Cir|Circle|Hwy|Highway|"
    "Pkwy|Parkway|Row|Sq|Square|Trail|Trl|Loop|Pike|Run|Path|Alley"
)
_ZIP = Linear(rf"\b(?:{_STATES}|[A-Z][a-z]+),? *\d{{5}}(?:-\d{{4}})?\b")
_SMALL_ZIP = Linear(rf"(?i)\b(?:{_STATES}|{_STATE_NAMES}),? *\d{{5}}(?:-\d{{4}})?\b")
_STREET = Linear(rf"(?i)\b(?:{_STREET_WORDS}|calle|county|box)\b")
_ZIP_DIGITS = Linear(r"\p{Nd}{5}")
_HOUSE = Linear(
    r"(?:^|[\s:,(：，为是到至])"
    r"(\d{1,6}[A-Za-z]?(?:-\d+)?(?: 1/2)? [A-Za-z0-9]|(?:One|Two|Three|Four|Five|Ten) [A-Z]|PSC \d|HC ?\d|#\d+ [A-Z]|"
    r"P\.? ?O\.? ?[Bb]ox \d|Apartado (?:Postal )?\d|R\.?R\.? ?\d)"
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
    "bldg",
    "building",
    "floor",
    "fl",
    "room",
    "rm",
    "no",
    "space",
    "trailer",
)
_SHORT = Linear(
    rf"\b(\d{{1,6}} (?:[^\s,;]{{1,20}} ){{1,4}}(?:{_STREET_WORDS})\b\.?(?:,? (?:Apt|Unit|Suite|Ste|#)\.? ?#?\w+)?"
    r"(?:, [A-Z][a-z]+(?: [A-Z][a-z]+)?)?)"
)
_LABELLED = Linear(
    r"(?i)(?:(?:new|current|home|mailing)? ?address|direcci[óo]n(?: nueva)?|domicilio(?: nuevo)?|地址)"
    r"(?: (?:is|es))?[:：为是]+ ?([^\n。；;]*\d[^\n。；;]*)"
)
_DIGIT = re.compile(r"\d")
_PHONE_HINT = Linear(r"\p{Nd}{3}[ .)-]{1,2}\p{Nd}{3}|\p{Nd}{10}")
_OLD = cue("places.old", tail=r"[^.\n]{0,24}$")
_CURRENT = Linear(r"(?i)(?:\bcurrent(?:ly)?\b|\bpresent(?:ly)?\b|\bactual\b|目前|现在)[^.\n]{0,24}$")
_PARTS_HINT = Linear(r"(?i)(?:city|town) ?:")
_PART = Linear(
    r"(?im)^[ \t*-]*(?:new |home |mailing )?(street|address|line|apt|apartment|unit|suite|city|town|state|zip|postal)"
    r"(?: (?:address|code|line))?(?: ?[12])?[ \t]*[:：][ \t]*([^\n]{1,60})$"
)
_PART_ORDER = (
    "street",
    "address",
    "line",
    "apt",
    "apartment",
    "unit",
    "suite",
    "city",
    "town",
    "state",
    "zip",
    "postal",
)
# What every address has one of, and most mail none; a short one has one of the words for a street.
_SIGNS = Together([*(one.pattern for one in (_PARTS_HINT, _ZIP, _SMALL_ZIP, _LABELLED)), rf"\b(?:{_STREET_WORDS})\b"])
_TOWARDS = re.compile(r" (?:to|a|al) |[到至]", re.IGNORECASE)
_PHONE = Linear(
    r"(?:\+?1[ .-]?)?(\(?\b\d{3}(?:\)?[ .-]{1,2}|\))\d{3}[ .-]\d{4})\b|\b(\d{3}-\d{4})\b|(?:\D|^)(\d{10})\b"
)
_FAX = Linear(r"(?i)(?:\bfax(?:ed)?\b|\bf\b|传真)[:：.#)]?(?: (?:to|it to|is|at|number|no\.?))* ?\(?$")
_NO_PHONE = Linear(r"(?i)(?:npi|id|claim|account|acct|case|group|#|npn|no\.?)[:# ]{0,3}$")


def find_addresses(text: str) -> tuple[Place, ...]:
    """New addresses in the order of the text; those that the words before them call old are left out."""
    if not _DIGIT.search(text) or not _SIGNS.present(text):
        return ()
    if parted := _in_parts(text):
        return (parted,)
    found = [place for place in _complete(text) if not _is_old(text[max(0, place.start - 40) : place.start])]
    if len(found) > 1:
        found = [place for place in found if not _CURRENT.search(text[max(0, place.start - 40) : place.start])] or found
    for expression in (_LABELLED, _SHORT):
        if not found:
            matches = [
                match
                for match in expression.finditer(text)
                if not _is_old(text[max(0, match.start() - 40) : match.start(1)])
            ]
            found = [Place(_one_line(match[1]).rstrip("."), *match.span(1)) for match in matches]
    return tuple(found)


def _in_parts(text: str) -> Place | None:
    """An address whose street, town, state and ZIP code stand on labelled lines of their own."""
    if not _PARTS_HINT.search(text):
        return None
    matches = list(_PART.finditer(text))
    values: dict[str, str] = {}
    for match in matches:
        values.setdefault(match[1].lower(), match[2].strip(" ,*"))
    if not values.keys() & {"city", "town"} or not any(value[:1].isdigit() for value in values.values()):
        return None
    named = [values[name] for name in _PART_ORDER if name in values]
    state = values.get("state")
    line = ", ".join(named) if not state else ", ".join(named).replace(f", {state}, ", f", {state} ")
    return Place(_one_line(line), matches[0].start(), matches[-1].end())


def _is_old(lead: str) -> bool:
    """Whether the words before an address call it the old one: "from Frederick to" leads to the new one."""
    old = _OLD.search(lead)
    return old is not None and not _TOWARDS.search(old[0])


def _complete(text: str) -> Iterator[Place]:
    """Addresses that end in a state and a ZIP code: from there back to the house number."""
    reached = 0
    if not _ZIP_DIGITS.search(text):
        return
    for match in _ZIP.finditer(text) if _ZIP.search(text) else _SMALL_ZIP.finditer(text):
        floor = max(reached, match.start() - _LONGEST)
        starts = [
            start
            for house in _HOUSE.finditer(text[floor : match.start()])
            if _is_house(text, start := floor + house.start(1), match.start())
        ]
        if starts:
            reached = match.end()
            yield Place(_one_line(text[starts[-1] : match.end()]), starts[-1], match.end())


def _is_house(text: str, start: int, end: int) -> bool:
    """Whether a number begins the address that ends there, not the number of a flat or a road in it."""
    between = text[start:end]
    parted = "," in between or "\n" in between or bool(_STREET.search(between))
    return parted and text[max(0, start - 12) : start].lower().rstrip(" .").rpartition(" ")[2] not in _NO_HOUSE


def _one_line(address: str) -> str:
    lines = [line.strip().strip(",") for line in address.split("\n")]
    return " ".join(", ".join(line for line in lines if line).split())


def find_phones(text: str) -> tuple[Place, ...]:
    """Telephone numbers as digits; fax numbers are left out."""
    found = tuple(_phones(text))
    return found if found and _PHONE_HINT.search(text) else ()


def _phones(text: str) -> Iterator[Place]:
    for match in _PHONE.finditer(text):
        group = next(at for at in (1, 2, 3) if match[at])
        start, end = match.span(group)
        begin = start if group == 3 else match.start()  # the country's code belongs to the number
        lead = text[max(0, begin - 24) : begin]
        before, after = text[max(0, begin - 1) : begin], text[end : end + 1]
        part_of_id = before in ("-", "/", ".") or before.isalnum() or after in ("-", "/") or after.isalnum()
        if part_of_id or _FAX.search(lead) or (group == 3 and _NO_PHONE.search(lead)):
            continue
        yield Place("".join(letter for letter in match[group] if letter.isdigit()), start, end)
