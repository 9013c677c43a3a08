"""Tells what part each person and organisation that a text names plays in the matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from mailbot.classify.cues import cue, words
from mailbot.classify.folding import fold
from mailbot.classify.linear import Linear
from mailbot.classify.name_words import GIVEN, NOT_A_NAME
from mailbot.classify.names import NameMention, find_names, find_organisations
from mailbot.classify.passages import Passage, Writer
from mailbot.classify.together import Together


class Part(StrEnum):
    """Who somebody is in the matter."""

    SUBSCRIBER = "subscriber"
    DEPENDENT = "dependent"
    DOCTOR = "doctor"
    CONTACT = "contact"
    NEW_NAME = "new_name"
    OLD_NAME = "old_name"
    WRITER = "writer"
    STAFF = "staff"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Person:
    """A name with its part; `weight` is how plainly the words say so: 0 single words without a sign, 3 a label."""

    mention: NameMention
    part: Part
    weight: int

    @property
    def name(self) -> str:
        return self.mention.value


_DEPENDENT_BEFORE = cue(
    "people.relation",
    tail=r"(?:'s)?(?: \(?(?:is|named?|name is|called|se llama|llamad[oa]|es|nombre|name|叫|是))*[ :：,，(\"\-]*$",
)
_HOLDER_BEFORE = cue("people.holder_before", tail=r" (?:[a-z]+ )?(?P<who>[a-z]+),? *$")
_DEPENDENT_AFTER = cue(
    "people.relation",
    head=r"^,? ?\(?(?:as )?(?:is |es )?(?:his|her|their|the|our|my|su|mi|a|an|new|los?|las?)? ?"
    r"(?:new |newborn |adopted |domestic |stay-at-home )?",
    tail=r"(?:[^a-z]|$)",
)
_DOCTOR_AFTER = Linear(r"^,? ?(?:md|m\.d\.|do|d\.o\.|c?r?np|pa-c|fnp(?:-[bc]c?)?|aprn|arnp|dnp|cnm)(?:[^a-z]|$)")
_DOCTOR_BEFORE = cue(
    "people.doctor_before", tail=r"(?: (?:is|to|es|should be|a|al|as|name|:|called|named|改为|换成))*[ :：,]*$"
)
_CONTACT_BEFORE = cue(
    "people.contact_before", tail=r"(?: (?:is|es|to))?[ :：,，.\-]*(?:my nurse,? |our nurse,? |my |our )*$"
)
_NEW_BEFORE = cue("people.new_before", tail=r"""[ :：,\"'“]*$""")
_NEW_AFTER = Linear(r"^[\"'”]? (?:now\b|from now on|going forward|ahora\b)")
_OLD_BEFORE = cue("people.old_before", tail=r"""[ :：,\"'“]*$""")
_STAFF_BEFORE = cue("people.staff_before", tail=r"(?:,? (?:is|named|name is))?[ :,]*$")
_GREETING = cue("people.greeting", head=r"(?:^|[^a-z])", tail=r"(?P<comma>,?) *$")
_EMPLOYER_BEFORE = cue("people.employer_before", tail=r" (?:the )?$")
_PLACE_BEFORE = cue("people.place_before", tail=r" (?:the )?$")
_WEAK_BEFORE = Linear(r"\b(?:for|of|about|regarding|re|al?|de)[ :,#]*$")
_PAIR_BEHIND = Linear(r"^ (?:and|&|y|e) (\p{L}{2,})\b(?: [^\p{Lu}]|[^ ]|$)")
_PAIR_BEFORE = Linear(r"\b(\p{L}{2,}) (?:and|&|y|e) $")
_LEADS_TO_PLACES = words("people.leads_to_places")
_JOINS = ("d ", "& ", "y ", "e ", "+ ")
_SHARED = Linear(r"\b(\p{L}{2,}) (?:and|&|y|e|\+) $")
_COVERED_UNDER = cue("people.covered_under", head=r"^(?: ?\([^)]{1,40}\))?,? ?(?:back )?")
_STAFF_AFTER = cue("people.staff_after", head=r"^,? ?")
_SUBSCRIBER_BEFORE = cue("people.subscriber_before", tail=r"[ :：,#]*$")
_SELF_BEFORE = cue("people.self_before", tail=r"[ :：,]*$")
_PHONE_AFTER = Linear(
    r"^[,;:]? ?(?:at|on|\(|-|tel\.?:?|phone:?|ph\.?:?|al|电话)* ?\(?\d{3}\)?[ .-]\d{3}(?:[ .-]\d{4}|\d)"
)
_FAMILY = Linear(r"\bthe (\p{Lu}[\p{L}'-]+) (?:family|household)\b|\bfamilia (\p{Lu}[\p{L}'-]+)")
_SENTENCE = re.compile(r"[.!?。！？;；](?:[ \t\n\f\r]|\Z)|\n")
_TITLED_END = ("dr.", "mr.", "mrs.", "ms.", "sr.", "sra.", "dra.", "st.", "no.", "pt.")
_TITLE_BEFORE = Linear(r"\b(?:dr|dra|doctor|doctora)\.? $")
_CHAINED = Linear(
    r"(?: ?[(（][^()]{1,40}[)）])?(?:,| and| &| y| e|,? and|和|、| 和 |;|/| \+| plus| as well as| ni)+ ?"
    r"(?:also |his |her |their |a |la de |el de )?"
)
_FIRST_PERSON = cue("people.first_person")
_FOR_OTHERS = cue("people.for_others")


def is_first_person(folded: str) -> bool:
    """Whether a member writes about the own coverage; nobody calls himself a client or a consumer."""
    return bool(_FIRST_PERSON.search(folded)) and not _FOR_OTHERS.search(folded)


def people(passage: Passage, folded: str = "") -> tuple[Person, ...]:
    """Everybody whom a passage names, in the order of the text, each with a part; `folded` is the text folded."""
    return tuple(_people(passage, folded or fold(passage.text)))


def _people(passage: Passage, folded: str) -> Iterator[Person]:
    organisations = [
        one
        for one in find_organisations(passage.text)
        if not _TITLE_BEFORE.search(folded[max(0, one.start - 10) : one.start])
    ]
    for organisation in organisations:
        yield Person(organisation, Part.ORGANISATION, 2)
    last: Person | None = None
    earlier: list[Person] = []
    for mention in find_names(passage.text):
        if mention.is_organisation or _is_within(organisations, mention) or _is_place(folded, mention):
            continue
        part, weight = _part(mention, passage.writer, folded)
        if (
            last
            and weight <= 2
            and part is Part.SUBSCRIBER
            and _CHAINED.fullmatch(folded[last.mention.end : mention.start])
        ):
            part, weight = last.part, max(last.weight, weight)
        elif part is Part.SUBSCRIBER and weight <= 2 and _is_covered_under(earlier, mention, folded):
            part, weight = Part.DEPENDENT, 2
        weight = max(weight, 2 * _is_paired(mention, part, passage.text))
        if mention.words and (weight or len(mention.words) > 1 or mention.title):
            if shared := _sharing(mention, folded):
                yield Person(shared, part, weight)
            last = Person(mention, part, weight)
            earlier.append(last)
            yield last
    yield from _families(passage.text, folded)


def _is_within(organisations: list[NameMention], mention: NameMention) -> bool:
    return any([mention.start < other.end and other.start < mention.end for other in organisations])


def _families(text: str, folded: str) -> Iterator[Person]:
    """ "The Kowalski family"."""
    for match in _FAMILY.finditer(text) if "famil" in folded or "household" in folded else ():
        at = 1 if match[1] else 2
        yield Person(NameMention(match[at], match.start(at), match.end(at)), Part.SUBSCRIBER, 1)


def _sharing(mention: NameMention, folded: str) -> NameMention | None:
    """The first of two who share a surname, in full: of "James and Ellen Whitcomb" James Whitcomb."""
    words = mention.value.split()
    joined = len(words) == 2 and folded[max(0, mention.start - 2) : mention.start] in _JOINS
    match = _SHARED.search(folded[max(0, mention.start - 24) : mention.start]) if joined else None
    if match is None or match[1] not in GIVEN or fold(words[0]) in NOT_A_NAME:
        return None
    start = mention.start - len(match[0])
    return NameMention(f"{match[1].capitalize()} {words[1]}", start, start + len(match[1]))


def _is_paired(mention: NameMention, part: Part, text: str) -> bool:
    """Whether a given name stands beside another one: "Kyle and Dana want to change"."""
    if part is not Part.SUBSCRIBER or " " in mention.value or fold(mention.value) not in GIVEN:
        return False
    behind = _PAIR_BEHIND.match(text[mention.end : mention.end + 24])
    before = _PAIR_BEFORE.search(text[max(0, mention.start - 24) : mention.start])
    return any(match and fold(match[1]) in GIVEN for match in (behind, before))


def _is_covered_under(earlier: list[Person], mention: NameMention, folded: str) -> bool:
    """ "Please remove Ann from his contract", where somebody else was named before."""
    if not earlier or not _COVERED_UNDER.match(folded[mention.end : mention.end + 70]):
        return False
    first = set(mention.words[:1])
    others = (one for one in earlier[-_RECENT:] if one.part is Part.SUBSCRIBER)
    listed = bool(_CHAINED.fullmatch(folded[earlier[-1].mention.end : mention.start]))
    return not listed and any(first.isdisjoint(one.mention.words) for one in others)


def _is_place(folded: str, mention: NameMention) -> bool:
    """A street or a town: a house number before it, or a state and a ZIP code behind it."""
    before, after = folded[max(0, mention.start - 7) : mention.start].split(), folded[mention.end : mention.end + 12]
    house = bool(before) and before[-1].isdigit() and folded[mention.start - 1] == " " and mention.end < len(folded)
    if not house and not _DIGIT.search(after):
        return False
    words = after.translate(_MARKS).split()
    zipped = len(words) >= 2 and len(words[0]) == 2 and len(words[1]) == _ZIP and words[1].isdigit()
    return zipped or (house and any(word in _STREETS for word in (*mention.words, *words[:1])))


_DIGIT = re.compile(r"\d")
_ZIP = 5
_RECENT = 12
_STREETS = words("people.streets")
_MARKS = str.maketrans(",.;:)", "     ")


def _around(folded: str, mention: NameMention) -> tuple[str, str]:
    """The words before and behind a name in its sentence, titles taken off."""
    lead = folded[max(0, mention.start - 60) : mention.start]
    breaks = [match.end() for match in _SENTENCE.finditer(lead) if not lead[: match.start() + 1].endswith(_TITLED_END)]
    lead = lead[breaks[-1] :] if breaks else lead
    if mention.title:
        lead = lead.rstrip(" .")
        lead = lead[: -len(mention.title)] if lead.endswith(mention.title) else lead
    return lead, folded[mention.end : mention.end + 40]


def _part(mention: NameMention, writer: Writer, folded: str) -> tuple[Part, int]:
    """The first sign that fits decides; none at all makes a subscriber of weight 1, or 0 for a single word."""
    lead, tail = _around(folded, mention)
    behind = _BEHIND.present(tail)
    if mention.title in _DOCTORS or _DOCTOR in behind:
        return (Part.DOCTOR, 2)
    if mention.words and writer.words.issuperset(mention.words):
        own = _SELF_BEFORE.search(lead) and is_first_person(folded)
        return (Part.SUBSCRIBER, 3) if own else (Part.WRITER, 1)
    if _REACHED in behind:
        return (Part.CONTACT, 2)
    if _is_place_or_employer(mention, lead):
        return (Part.ORGANISATION, 1)
    before = _AHEAD.present(lead)
    if before and before[0] == _GREETED and _is_greeted(lead, tail):
        return (Part.STAFF, 1)
    said = next((_BEFORE[place] for place in before if place in _BEFORE), None)
    if said == (Part.DEPENDENT, 3) and _HOLDER_BEFORE.search(lead):
        return (Part.SUBSCRIBER, 3)  # "The subscriber is my wife Ann Lee."
    said = said or next(((_AFTER[place], 2) for place in behind if place in _AFTER), None)
    if said is None and before and before[-1] == _CALLED and not _is_loose_word(mention, lead):
        said = (Part.SUBSCRIBER, 2)
    return said or (Part.SUBSCRIBER, 1 if " " in mention.value else 0)


def _is_greeted(lead: str, tail: str) -> bool:
    """Whether a name is greeted: behind "Hello," only where nothing is said of it."""
    greeted = _GREETING.search(lead)
    return greeted is not None and (not greeted["comma"] or tail[:1] in (",", "\n", "!", ""))


_DOCTORS = ("dr", "dra", "doctor", "doctora")
# The signs before and behind a name, each lot looked for at once, with the parts that they give by their places.
_AHEAD = Together(
    one.pattern
    for one in (
        _GREETING,
        _DEPENDENT_BEFORE,
        _DOCTOR_BEFORE,
        _CONTACT_BEFORE,
        _STAFF_BEFORE,
        _SUBSCRIBER_BEFORE,
    )
)
_GREETED, _CALLED = 0, 5
_BEFORE = {1: (Part.DEPENDENT, 3), 2: (Part.DOCTOR, 2), 3: (Part.CONTACT, 3), 4: (Part.STAFF, 2)}
_BEHIND = Together(one.pattern for one in (_DOCTOR_AFTER, _PHONE_AFTER, _DEPENDENT_AFTER, _STAFF_AFTER, _NEW_AFTER))
_DOCTOR, _REACHED = 0, 1
_AFTER = {2: Part.DEPENDENT, 3: Part.STAFF, 4: Part.NEW_NAME}


def _is_place_or_employer(mention: NameMention, lead: str) -> bool:
    """Whether the words before a name are said of firms, or of places where it begins with no known given name."""
    if lead.rstrip(" ,").rpartition(" ")[2] not in _LEADS_TO_PLACES:
        return False
    known = fold(mention.value.partition(" ")[0]) in GIVEN
    return bool(_EMPLOYER_BEFORE.search(lead) or (not known and _PLACE_BEFORE.search(lead)))


def _is_loose_word(mention: NameMention, lead: str) -> bool:
    """A single capitalised word that is no known given name behind "for", "of" and the like."""
    single = " " not in mention.value and not mention.title and fold(mention.value) not in GIVEN
    return single and mention.value.isascii() and bool(_WEAK_BEFORE.search(lead))


def is_followed_by_phone(tail: str) -> bool:
    """Whether folded text behind a name begins with a telephone number."""
    return bool(_PHONE_AFTER.match(tail))


def new_name_weight(text: str, mention: NameMention) -> int:
    """How plainly the words make a name the new one: above 0 the new, below 0 the old, 0 nothing said."""
    folded = fold(text)
    lead, tail = _around(folded, mention)
    if _NEW_AFTER.match(tail):
        return 3
    if _OLD_BEFORE.search(lead):
        return -2
    return 2 if _NEW_BEFORE.search(lead) else 0
