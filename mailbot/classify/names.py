"""Finds names of persons and organisations in running text, by capital letters and by the words around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from string import ascii_lowercase, ascii_uppercase
from typing import NamedTuple

from mailbot.classify.cues import cue, words
from mailbot.classify.folding import count_han, fold
from mailbot.classify.linear import Linear
from mailbot.classify.name_words import (
    ALSO_SURNAMES,
    FIRST_KINDS,
    GIVEN,
    NOT_A_NAME,
    ORGANISATION,
    PARTICLES,
    TITLES,
    is_firm,
)

_GENERATIONS = frozenset(("jr", "sr", "ii", "iii", "iv"))


@dataclass(frozen=True, slots=True)
class NameMention:
    """A name at text[start:end]; `title` is the word before it (dr, mr, …); `is_organisation` by its words.

    `words` are the folded words without initials and without "Jr.", for comparing.
    """

    value: str
    start: int
    end: int
    title: str = ""
    is_organisation: bool = False
    words: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        spaced = fold(self.value).replace("-", " ").replace(".", " ").split()
        object.__setattr__(
            self, "words", tuple([word for word in spaced if len(word) > 1 and word not in _GENERATIONS])
        )


# One character class after another, so linear also in the standard library, which is faster on many short matches.
_UPPER = "A-Z\u00c0-\u00d6\u00d8-\u00de\u0100-\u017f"
_LETTER = "A-Za-z\u00c0-\u024f"
_SMALL = "|".join(sorted({*PARTICLES, "dr", "doctor", "doctora"}))
_WORD = re.compile(
    rf"(?<![{_LETTER}\d])(?:[{_UPPER}]\.(?![{_LETTER}\d])|[{_UPPER}][{_LETTER}]*(?:['’-][{_LETTER}]+)*(?![{_LETTER}\d])|&|"
    rf"(?:{_SMALL})(?![{_LETTER}\d]))"
)
# Each word begins with a blank and a large letter and is counted, so a try is given up after a bounded number of words.
_CAPITALS = re.compile(
    rf"(?:(?:St|Mt|Ft|Dr|Bros|Jr|Assoc|[{_UPPER}])\.|[{_UPPER}][{_LETTER}'’-]*)"
    rf"(?: (?:(?:de|del|la|las|los|y|of|the|and) ){{0,2}}(?:&|[{_UPPER}][{_LETTER}'’-]*|\d{{1,3}}\b)){{0,6}}"
    r"(?:,? (?:Inc|LLC|Ltd|Corp|Co)\b\.?)?"
)
_HAN_NAME = Linear(
    r"(?:姓名|名字|员工|客户|会员|投保人|病人|患者|太太|妻子|先生|丈夫|儿子|女儿|宝宝|配偶|叫|我是|本人)"
    r"(?:叫|是|为|的名字是|名叫|姓名)?[：: ]?(\p{Han}{2,4})(?:[，,。；;、（(：:\s\d]|$|的|女士|先生|小姐)"
)
_HAN_STOPS = re.compile("医疗|保险|需要|公司|已经|可以|姓名|一个|昨天|今天|新员|号码|希望|想把|要求|没有")
_NOT_IN_HAN_NAMES = frozenset("我你他她它的到把加在要是了不请和与及也就都还被给对从向因为所以这那吗呢吧号码单")
#: What a sentence goes on with right behind a name.
_BEHIND_HAN_NAMES = "于在是为将从自已今现想有需申离入的"
_SHORTEST_HAN = 2
_HAN_SURNAMES = words("names.han_surnames")
_NOT_FIRST = words("names.not_first")
_DOCTORS = ("dr", "doctor", "doctora")
_FEW_CAPITALS = 0.012
_SMALL_NAME = re.compile(r"\b([a-z]{2,}) ([a-z]{3,}(?:['-][a-z]+)?)\b")
_LARGE_WORD = re.compile(rf"[{_UPPER}][{_UPPER}'’-]*")
_ANNOUNCED = cue(
    "names.announced",
    head=r"\b",
    tail=r"(?:'s)?(?: name)?(?: is|:)? (\p{L}{2,}(?:['-]\p{L}+)? \p{L}{2,}(?:['-]\p{L}+)?)\b",
)
_LAST_FIRST = Linear(
    r"(?m)(?:^|[-–:#)•*/] ?|\d[.)] ?|(?i:\b(?:for|on|term|add|re|enroll|employee|member|subscriber|consumer|client)) )"
    r"(\p{Lu}[\p{L}'’-]+(?: \p{Lu}[\p{L}'’-]+)?), (\p{Lu}[\p{L}'’-]+)( \p{Lu}\b\.?)?(?:$|[ ,;:–()/-])"
)
_LARGE_LETTERS, _SMALL_LETTERS = ascii_uppercase.encode(), ascii_lowercase.encode()
_ALSO_GIVEN = words("names.also_given")
_OPENERS = words("names.openers")
_CONTRACTED = words("names.contracted")
_MOST_CAPITAL = 0.6
#: What tells a son from his father, which no list of names has.
_SUFFIX = re.compile(r",? (Jr\.?|Sr\.?|II|III|IV)(?![A-Za-z])")
_ENDINGS = ("ing", "ed", "ly")
_CAPITAL_WORDS = re.compile("[A-Z][a-z]")
_PREFIXES = ("re-", "pre-", "post-", "non-", "mid-", "co-", "self-", "multi-", "semi-", "ex-", "part-", "full-")
_LONGEST = 5


def find_names(text: str) -> tuple[NameMention, ...]:
    """All names in the order of the text."""
    head = text[:600].encode()
    large, small = (len(head) - len(head.translate(None, letters)) for letters in (_LARGE_LETTERS, _SMALL_LETTERS))
    shouting = large + small > 40 and large > _MOST_CAPITAL * (large + small)
    found = [] if shouting else list(_capitalised(text))
    if shouting:
        found.extend(_shouted(text))
    elif len(_CAPITAL_WORDS.findall(text[:600])) <= _FEW_CAPITALS * small:
        found.extend(_small(text, found))
    turned = list(_reversed(text)) if _may_be_turned(text) and not shouting else []
    for other in turned:
        found = [one for one in found if not (one.start < other.end and other.start < one.end)]
    found += turned
    if count_han(text[:2000]):
        found.extend(_han(text))
    return tuple(sorted(found, key=attrgetter("start")))


def _small(text: str, found: list[NameMention]) -> Iterator[NameMention]:
    """Names of a writer who uses no capitals: two words behind one that announces a name, or a given name and one."""
    folded = fold(text)
    taken = [(one.start, one.end) for one in found]
    for expression, known in ((_ANNOUNCED, False), (_SMALL_NAME, True)):
        for match in expression.finditer(folded):
            start, end = match.span(0 if known else 1)
            first, second = folded[start:end].split()
            told = (not known or first in GIVEN) and not _is_ordinary(first, second)
            if told and not any(start < other_end and other_start < end for other_start, other_end in taken):
                taken.append((start, end))
                title = "dr" if not known and match[0].startswith(("dr", "doctor")) else ""
                yield NameMention(text[start:end].title(), start, end, title)


def _is_ordinary(first: str, second: str) -> bool:
    """Whether one of two small words is no part of a name."""
    given = first in GIVEN
    if is_firm((first, second)) or first in PARTICLES or second in PARTICLES:
        return True
    if first in NOT_A_NAME or (first.endswith(_ENDINGS) and not given):
        return not given or second in NOT_A_NAME or second in ALSO_SURNAMES
    if second in NOT_A_NAME:
        return not (given and second in ALSO_SURNAMES)
    return second.endswith(_ENDINGS) and not given


def _shouted(text: str) -> Iterator[NameMention]:
    """Names in a text in capitals throughout: a given name and the words behind it that are no ordinary ones."""
    words = [(match[0], match.start(), match.end()) for match in _LARGE_WORD.finditer(text)]
    at = 0
    while at < len(words):
        end = at + 1
        if fold(words[at][0]) in GIVEN and fold(words[at][0]) not in NOT_A_NAME:
            while end < min(len(words), at + 4) and _goes_on(text, words[end - 1], words[end]):
                end += 1
        if end - at > 1 and not is_firm([word for word, _, _ in words[at:end]]):
            start, stop = words[at][1], words[end - 1][2]
            yield NameMention(text[start:stop].title(), start, stop)
        at = end


def _goes_on(text: str, word: tuple[str, int, int], following: tuple[str, int, int]) -> bool:
    """Whether a name in capitals goes on with the next word."""
    gap, lower = text[word[2] : following[1]], fold(following[0])
    return gap in (" ", ". ") and (lower not in NOT_A_NAME or lower in ALSO_SURNAMES)


def _may_be_turned(text: str) -> bool:
    """Whether a capital stands behind a comma anywhere: in most mail none does, and the expression is a slow one."""
    return any([piece[:1].isupper() for piece in text.split(", ")[1:]])


def _reversed(text: str) -> Iterator[NameMention]:
    """ "Alvarez, Maria T." where it stands by itself: in a subject, on a line of a list, behind "employee"."""
    for match in _LAST_FIRST.finditer(text):
        last, first = match[1], match[2]
        if all(_is_name_word(word, fold(word)) for word in (*last.split(), *first.split())) and not is_firm(
            last.split()
        ):
            initial = match[3] or ""
            yield NameMention(f"{first}{initial} {last}", match.start(1), match.end(3 if initial else 2))


def _han(text: str) -> Iterator[NameMention]:
    for match in _HAN_NAME.finditer(text):
        name = match[1].rstrip(_BEHIND_HAN_NAMES) if len(match[1]) > _SHORTEST_HAN else match[1]
        told = not _HAN_STOPS.search(name) and not _NOT_IN_HAN_NAMES & set(name)
        if told and len(name) >= _SHORTEST_HAN and (name[0] in _HAN_SURNAMES or name[:2] in _HAN_SURNAMES):
            yield NameMention(name, match.start(1), match.start(1) + len(name))


@dataclass(slots=True)
class _Run:
    """Words that may be one name, while they are collected; `folded` are the same words folded."""

    words: list[str]
    folded: list[str]
    start: int
    end: int
    title: str = ""


def _capitalised(text: str) -> Iterator[NameMention]:
    """Runs of capitalised words with only a blank between them, ordinary words cut off at both ends."""
    run: _Run | None = None
    title, title_end = "", 0
    for match in _WORD.finditer(text):
        word = match[0]
        told = _TOLD.get(word) or _tell(word)
        if run is None and not told.starts:  # as most words with a capital, which begin a sentence
            title, title_end = told.title, match.end()
            continue
        start, end = match.span()
        if title and text[title_end:start] not in (" ", ". ", "."):
            title = ""
        if run is not None:
            if told.goes_on and _joins(run, text[run.end : start]):
                run.words.append(word)
                run.folded.append(told.folded)
                run.end = end
                continue
            if name := _finished(run, text):
                yield name
        run = _Run([word], [told.folded], start, end, title) if told.starts else None
        title, title_end = told.title, end
    if run is not None and (name := _finished(run, text)):
        yield name


class _Told(NamedTuple):
    """A word with a capital, folded, and what it may do in a name: be the title before it, go on with it, begin it."""

    folded: str
    title: str
    goes_on: bool
    starts: bool


_TOLD: dict[str, _Told] = {}
_MOST_TOLD, _LONGEST_TOLD = 20_000, 24


def _tell(word: str) -> _Told:
    """Look a word up in the lists; remembered, as mail is made of the same words, unless it is too long for one."""
    folded = fold(word)
    lower = folded.rstrip(".")
    is_title = lower in TITLES and (word[0].isupper() or lower in _DOCTORS)
    named = _is_name_word(word, lower)
    told = _Told(
        folded=folded,
        title=lower if is_title else "",
        goes_on=not is_title
        and (named or lower in PARTICLES or lower.removesuffix("'s") in ALSO_SURNAMES or _is_sign(word)),
        starts=not is_title and (named or lower in _ALSO_GIVEN),
    )
    if len(word) <= _LONGEST_TOLD:
        if len(_TOLD) >= _MOST_TOLD:
            _TOLD.clear()
        _TOLD[word] = told
    return told


def _is_sign(word: str) -> bool:
    """An initial or an ampersand within a name."""
    return word == "&" or (len(word) == 2 and word[1] == ".")


def _joins(run: _Run, gap: str) -> bool:
    """A blank joins two words; over a full stop only behind an initial, as in "Luis A. Ramirez"."""
    return gap in (" ", "  ") or (gap in (". ", " . ") and len(run.words[-1].rstrip(".")) == 1)


def find_organisations(text: str) -> tuple[NameMention, ...]:
    """Runs of capitalised words that hold a word for a kind of business, or an ampersand."""
    return tuple(_organisations(text))


def find_capital_runs(text: str) -> tuple[NameMention, ...]:
    """Runs of two or more capitalised words, whatever they name, without those that begin a sentence or a mail."""
    runs = []
    for match in _CAPITALS.finditer(text):
        words = match[0].split()
        while words and (fold(words[0]) in _NOT_FIRST or (fold(words[0]) in NOT_A_NAME and fold(words[0]) in _OPENERS)):
            words = words[1:]
        if len(words) > 1 and not all(fold(word) in _OPENERS for word in words):
            start = match.start() + match[0].find(" ".join(words))
            runs.append(NameMention(" ".join(words).rstrip(",.&- "), start, match.end(), "", is_organisation=True))
    return tuple(runs)


def _organisations(text: str) -> Iterator[NameMention]:
    for match in _CAPITALS.finditer(text):
        if " " not in match[0]:
            continue
        words = match[0].split()
        offset = 0
        while words and fold(words[0]).strip(".,") in _NOT_FIRST:
            offset = match[0].find(words[1], offset + len(words[0])) if len(words) > 1 else 0
            words = words[1:]
        if "of" in words[2:-1] and fold(words[0]) in GIVEN:  # A person of a firm, as "Ann Lee of Harbor Clinic".
            behind = words[words.index("of") + 1 :]
            offset = match[0].rfind(" ".join(behind))
            words = behind
        for part in _firms_side_by_side(words):
            if len(part) >= 2 and (is_firm(part) or "&" in part or fold(part[0]) in FIRST_KINDS):
                start = match.start() + match[0].find(" ".join(part), offset)
                end = start + len(" ".join(part)) if len(part) < len(words) else match.end()
                yield NameMention(" ".join(part).rstrip(",.&- "), start, end, "", is_organisation=True)


def _firms_side_by_side(words: list[str]) -> list[list[str]]:
    """Both firms of "Harbor Linen and Elk Dairy"; one with "and" in its name stays as it is."""
    at = words.index("and") if "and" in words[2:-2] else 0
    parts = [words[:at], words[at + 1 :]]
    return parts if at and all(is_firm(part) for part in parts) else [words]


def _is_name_word(word: str, lower: str) -> bool:
    """A capitalised word that is neither an ordinary one nor an abbreviation in capitals."""
    stem = lower.partition("'")[0]
    if not word[0].isupper() or lower in NOT_A_NAME or stem in _CONTRACTED or (stem in NOT_A_NAME and stem != lower):
        return False
    if "-" in lower and (lower.startswith(_PREFIXES) or NOT_A_NAME.issuperset(lower.split("-"))):
        return False
    if word[:2].isupper() and word.endswith("s") and word[:-1].isupper():
        return False  # "PIDs" is the plural of an abbreviation.
    return not (
        len(word) > 1
        and word.isupper()
        and word.isalpha()
        and len(word) <= 4
        and lower not in ("jo", "bo", "al", "ed", "vy", "ty", "lee", "ann", "mei", "li", "wu", "xu")
    )


def _begins_a_sentence(folded: list[str]) -> bool:
    """Whether the first word is a verb before a name: "Fired Ricky Dunleavy"."""
    if len(folded) < 2:
        return False
    return folded[0].endswith(("ed", "ing")) and folded[0] not in GIVEN and folded[1] in GIVEN


def _is_ordinary_pair(folded: list[str]) -> bool:
    """Whether two words that may be surnames are a place or a day rather, as "Snow Hill" and "Columbus Day"."""
    return folded[1] == "day" or all([word in NOT_A_NAME or word in ALSO_SURNAMES for word in folded])


def _trim(run: _Run, text: str) -> None:
    """Take from a run a verb before the name, particles behind it, and the firm behind a doctor."""
    words, folded = run.words, run.folded
    if _begins_a_sentence(folded):
        run.start = text.find(words[1], run.start + len(words[0]), run.end)
        del words[0], folded[0]
    while words and (folded[-1] in PARTICLES or words[-1] == "&"):
        run.end = text.rfind(words.pop(), run.start, run.end)
        folded.pop()
    at = next((at for at, word in enumerate(folded) if at and word in ORGANISATION), None) if run.title else None
    if at is not None and folded[at] not in ALSO_SURNAMES:
        del words[at:], folded[at:]
        while words and folded[-1] in PARTICLES:
            del words[-1], folded[-1]
        run.end = run.start + len(" ".join(words))


def _is_kind(folded: str) -> bool:
    bare = folded.strip(".,")
    return bare in ORGANISATION and bare not in GIVEN and bare not in ALSO_SURNAMES


def _finished(run: _Run, text: str) -> NameMention | None:
    """The name that a run is, None where it is none."""
    single = len(run.words) == 1
    _trim(run, text)
    words, folded = run.words, run.folded
    if not words or len(words) > _LONGEST + 3 or (single and folded[0] in NOT_A_NAME):
        return None
    value, end = " ".join(text[run.start : run.end].split()), run.end
    if value.endswith(("'s", "’s")):
        value, end = value[:-2], end - 2
    if len(words) == 2 and folded[0] not in GIVEN and _is_ordinary_pair(folded):
        return None
    organisation = is_firm(words) or "&" in words or _is_kind(folded[0])
    if not organisation and len(words) > _LONGEST:
        return None
    if len(words) > 1 and not organisation and (suffix := _SUFFIX.match(text[end : end + 6])):
        value, end = f"{value} {suffix[1]}", end + len(suffix[0])
    return NameMention(value.rstrip(",&- "), run.start, end, run.title, organisation)
