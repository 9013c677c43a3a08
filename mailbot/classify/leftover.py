"""Reads the one number that nothing announces, where the category requires one and none was found."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailbot.cases.understanding import Where
from mailbot.classify.choosing import Wanted
from mailbot.classify.cues import cue
from mailbot.classify.dates import DateMention
from mailbot.classify.fields import Findings, Reading, Value
from mailbot.classify.ids import IdMention
from mailbot.classify.people import Part
from mailbot.classify.places import Place, find_addresses
from mailbot.classify.privacy import contains_ssn
from mailbot.classify.taken import Taken

#: How many digits such a number has, by field, in the order in which they are tried.
_DIGITS = (
    ("preauth_reference", 6, 14),
    ("claim_number", 7, 16),
    ("subscriber_id", 9, 14),
    ("person_id", 6, 8),
    ("group_number", 5, 8),
)
_TOKEN = re.compile(r"(?<![\w$#./-])(?:[A-Z]{1,4}-?)?\d[\dA-Z]*(?:-[\dA-Z]+)*(?![\w/%-])(?!\.\d)(?!,\d)")
_OTHER_NUMBER = cue("leftover.other_number", tail=r"(?: (?:no|number|id|code|is))*[.:# ]*$")
_LETTERED = 5  # digits at least behind letters: subscriber ids have both
_LONGEST = 24
_CAP = 4_000
_TELEPHONE = re.compile(r"(?:\d{3}-)?\d{3}-\d{4}")
_NPI_LENGTH = 10
_ZIP_LENGTH = 5
_BEHIND_FIRM = 3


def leftover(findings: Findings, wanted: Wanted, chosen: frozenset[str]) -> Iterator[tuple[str, Value]]:
    """Values for the first field that is wanted, not chosen, and that the loose number may be.

    Several numbers are taken only where they are alike and begin with the same letters.
    Where a name serves as well as an id, a loose number is not needed.
    """
    lacking = [one for one in _DIGITS if wanted.has(one[0]) and not _is_served(one[0], wanted, chosen)]
    loose = {value.value: value for reading in findings.readings for value in _loose(reading)} if lacking else {}
    values = list(loose.values())
    alike = len({_shape(value.value) for value in values}) == 1 and not values[0].value[:1].isdigit()
    if not values or (len(values) > 1 and not alike):
        return
    digits = sum(letter.isdigit() for letter in values[0].value)
    for name, fewest, most in lacking:
        least = _LETTERED if name == "subscriber_id" and values[0].value[:2].isalpha() else fewest
        if least <= digits <= most:
            yield from ((name, value) for value in values)
            return


def _is_served(name: str, wanted: Wanted, chosen: frozenset[str]) -> bool:
    named = name in ("subscriber_id", "person_id") and wanted.has("subscriber_name") and "subscriber_name" in chosen
    return named or wanted.served(name, chosen)


def _loose(reading: Reading) -> Iterator[Value]:
    """The numbers of a passage that are no known id, date, telephone number or part of an address."""
    if reading.passage.where not in (Where.SUBJECT, Where.BODY, Where.FORWARDED):
        return
    prose = reading.prose[:_CAP]
    firms = [person.mention.end for person in reading.people if person.part is Part.ORGANISATION]
    taken = Taken(reading.prose)
    read: list[IdMention | Place | DateMention] = [*reading.ids, *reading.phones]
    taken.take_all([*read, *(one.mention for one in reading.dates)])
    addresses: tuple[Place, ...] | None = None  # looked for only where a number is left: most are dates and ids
    for match in _TOKEN.finditer(prose):
        start, end = match.span()
        behind = any([0 <= start - end <= _BEHIND_FIRM for end in firms])
        if taken.overlaps(start, end) or not _may_be_an_id(match[0], behind_firm=behind):
            continue
        if addresses is None:
            addresses = find_addresses(reading.prose)
            taken.take_all(addresses)
        if not taken.overlaps(start, end) and not _OTHER_NUMBER.search(prose[max(0, start - 24) : start]):
            yield Value(match[0], reading.passage.where, 0)


def _shape(token: str) -> str:
    """The letters that a number begins with, and its length: what ids of one kind share."""
    return f"{token.rstrip('0123456789-')} {len(token)}"


def _may_be_an_id(token: str, *, behind_firm: bool) -> bool:
    digits = sum(map(str.isdigit, token))
    if digits < _DIGITS[-1][1] or len(token) > _LONGEST:
        return False
    npi = token.isdigit() and len(token) == _NPI_LENGTH
    zip_code = token.isdigit() and len(token) == _ZIP_LENGTH and not behind_firm
    return not (npi or zip_code or _TELEPHONE.fullmatch(token) or contains_ssn(token))
