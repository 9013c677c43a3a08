"""Finds where a signature begins: the dashes, "Sent from my phone", a sign-off, the writer's name, a disclaimer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from mailbot.ingest.lines import Line, Mark
from mailbot.ingest.words import pattern, phrases

_TAIL = 14
"""A signature without dashes begins within so many lines of text from the end."""

_DASHED_TAIL = 31
_DASHES = frozenset(("--", "—", "––", "——", "- --"))
_RULE = re.compile(r"[-_—–=*]{2,}")
_CONTACT = re.compile(
    r"[\w.+-]{1,64}@[\w.-]{2,80}|\bhttps?://|\bwww\.|"
    r"(?!\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b)(?<![\d/.-])(?:\+?\(?\d[\d ().–/-]{6,20}\d)|"
    r"\b(?:tel|phone|fax|mobile|cell|direct|office|ext|tél|téléphone|telefon|teléfono|móvil|telefono|handy|mob|skype)\b",
    re.IGNORECASE,
)
_LIST_FOOTER = re.compile(
    r"mailing list|\bunsubscribe\b|listinfo|google groups|yahoo! groups|liste de diffusion|"
    r"\bviruses\b|virus-free|antivirus",
    re.IGNORECASE,
)
_MOBILE = pattern("signature", "mobile")
_MOBILE_TALK = re.compile(
    r"[,;?]\s|\b(?:is|are|was|were|to|that|which|because|ist|sind|est|sont|es|son)\b", re.IGNORECASE
)
_FORMAL = frozenset(phrases("signature", "closing"))
_FORMAL_ENDS = phrases("signature", "closing_end")
_THANKS = frozenset(phrases("signature", "thanks"))
_DISCLAIMER = pattern("signature", "disclaimer")
_MOBILE_EDGES = " \t.!*_()>"
_EDGES = " \t,.;:!*_~-–—|/()\"'’>💙🎉😊🙏👍\u200e"
_NAME = re.compile(
    r"[-–—~/ *_]{0,3}[^\W\d_][\w.'’-]{0,24}(?:,? [^\W\d_][\w.'’-]{0,24}){0,4}(?:, ?[\w. ]{1,12})?[ *_.!]{0,3}"
)
_LEADING_DASH_NAME = re.compile(r"[-–—~] ?[A-Z][\w.'’-]{1,24}(?: [A-Z][\w.'’-]{0,24}){0,3}")
_SENTENCE_END = re.compile(r"[?？]$|^(?:p\.?\s?s\.?|ps)\b|[a-z]{2}[.!]$", re.IGNORECASE)
_POSTSCRIPT = re.compile(r"p\.?\s?s\.?\b[\s:.-]", re.IGNORECASE)
_NAME_ENDS = re.compile(r"[,|/•·]")
_WORDS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Author:
    """How the sender may sign: the words of the name, and the address as letters only."""

    words: frozenset[str] = field(default_factory=frozenset)
    address: str = ""

    @classmethod
    def of(cls, name: str, address: str) -> Author:
        words = frozenset(_WORDS.findall(_folded(name)[:200]))
        local, _, domain = _folded(address)[:300].partition("@")
        letters = "".join(_WORDS.findall(local)) + " " + "".join(_WORDS.findall(domain.rpartition(".")[0]))
        return cls(words, letters)

    def signs(self, bare: str) -> bool:
        """True when all words of the line, up to a comma or bar, are the sender's names, initials or address."""
        head = _NAME_ENDS.split(bare.strip(_EDGES)[:120], maxsplit=1)[0]
        words = _WORDS.findall(_folded(head))
        if not words or len(words) > 6 or not (self.words or self.address.strip()):
            return False
        if not all(self._has(word) for word in words) or any(character.isdigit() for character in head):
            return False
        return any(len(word) > 2 or word in self.words for word in words)

    def initials(self, bare: str) -> bool:
        """True for "P.", "PR" and the like."""
        letters = "".join(_WORDS.findall(_folded(bare)))
        if not 1 <= len(letters) <= 3 or len(bare) > 8:
            return False
        return all(any(word.startswith(letter) for word in self.words) for letter in letters)

    def _has(self, word: str) -> bool:
        if word in self.words or (len(word) > 2 and word in self.address):
            return True
        return len(word) == 1 and any(name.startswith(word) for name in self.words)


NOBODY = Author()


def _folded(text: str) -> str:
    """Lower case without accents, so that an address and a name can be compared."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def signature_start(lines: Sequence[Line], author: Author = NOBODY, *, below_quote: bool = False) -> int:
    """The index of the first line of the signature; the number of lines where there is none.

    A text that would be nothing but signature has none, except for the line that a mobile program adds,
    and for what stands behind dashes below a quote.
    """
    texts = [i for i, line in enumerate(lines) if line.bare]
    if not texts:
        return len(lines)
    start = _marked(lines, texts)
    start = min(start, _dashed(lines, texts, first=0 if below_quote else 1))
    for _ in range(4):
        above = [i for i in texts if i < start][-_TAIL:]
        lower = _tail_start(lines, above, author)
        if lower is None:
            break
        start = lower
    only = [lines[i].bare for i in texts if i < start]
    return len(lines) if len(only) == 1 and start < len(lines) and _closes(only[0]) else start


def _tail_start(lines: Sequence[Line], above: Sequence[int], author: Author) -> int | None:
    """A lower start of the signature, given the lines of text above the present one."""
    if not above:
        return None
    if _is_mobile(lines[above[-1]].bare):
        return above[-1]
    for find in (_footer, _closing, _dash_name):
        start = find(lines, above)
        if start is not None:
            return start
    return _signed(lines, above, author) if author is not NOBODY else None


def _is_mobile(bare: str) -> bool:
    return len(bare) <= 110 and (_MOBILE.fills(bare.strip(_MOBILE_EDGES))) and not _MOBILE_TALK.search(bare)


def _marked(lines: Sequence[Line], texts: Sequence[int]) -> int:
    """Where the HTML says that the signature begins, when nothing but signature follows."""
    start = len(lines)
    for i in reversed(texts):
        if lines[i].mark & Mark.SIGNATURE:
            start = i
        elif start == len(lines) and not _DISCLAIMER.found_in(lines[i].bare[:400]):
            break
        elif start < len(lines):
            if lines[i].bare in _DASHES:
                start = i
            break
    return start if start > texts[0] or _is_mobile(lines[texts[0]].bare) else len(lines)


def _dashed(lines: Sequence[Line], texts: Sequence[int], *, first: int) -> int:
    """The first "-- " line, or rule above contacts, with no more than a signature's worth of lines below it."""
    lowest = max(first, len(texts) - _DASHED_TAIL)
    fenced = sum(lines[i].bare.startswith("```") for i in texts[:lowest]) % 2
    underlining = _underlining(lines, texts)
    for place in range(lowest, len(texts)):
        bare = lines[texts[place]].bare
        fenced = (fenced + bare.startswith("```")) % 2
        if fenced or len(bare) > 80 or bare[0] not in "-_—–=*" or texts[place] in underlining:
            continue
        below = [lines[i].bare for i in texts[place + 1 :]]
        if bare in _DASHES and (bare == "--" or len(below) <= 10):
            return texts[place]
        if _RULE.fullmatch(bare) and below and _is_contact_block(below):
            return texts[place]
    return len(lines)


def _underlining(lines: Sequence[Line], texts: Sequence[int]) -> frozenset[int]:
    """Dashes right below several lines of text underline headings."""
    found = frozenset(i for i in texts[1:] if lines[i].bare in _DASHES and lines[i - 1].bare)
    return found if len(found) > 1 else frozenset()


def _is_contact_block(below: Sequence[str]) -> bool:
    """A short block of short lines with ways to reach somebody, or what a mailing list adds."""
    if len(below) > 16 or any(len(bare) > 100 for bare in below[:12]):
        return False
    contacts = sum(bool(_CONTACT.search(bare)) for bare in below)
    return contacts >= 2 or (contacts == 1 and len(below) <= 5) or any(_LIST_FOOTER.search(bare) for bare in below)


def _footer(lines: Sequence[Line], above: Sequence[int]) -> int | None:
    """A disclaimer in the last paragraph, or a mobile line with other short lines below it."""
    last = above[-1]
    bare = lines[last].bare
    if len(above) > 1 and len(bare) > 40 and _DISCLAIMER.kinds_in(bare[:1000], 2) > 1:
        return _paragraph_start(lines, last, above[0])
    if (
        len(above) > 1
        and _LIST_FOOTER.search(bare[:200])
        and len(bare) < 100
        and _RULE.fullmatch(lines[above[-2]].bare)
    ):
        return above[-2]
    return None


def _paragraph_start(lines: Sequence[Line], at: int, lowest: int) -> int | None:
    while at > lowest and lines[at - 1].bare:
        at -= 1
    return at if at > lowest else None


def _closing(lines: Sequence[Line], above: Sequence[int]) -> int | None:
    """A line that says good-bye, with nothing but a name and the like below it."""
    for place in range(len(above) - 1, 0, -1):
        bare = lines[above[place]].bare
        below = [lines[i].bare for i in above[place + 1 :]]
        if len(bare) <= 60:
            if _is_formal(bare) and len(below) <= 8:
                return above[place]
            if bare.strip(_EDGES).casefold() in _THANKS and 1 <= len(below) <= 6 and _NAME.fullmatch(below[0][:130]):
                return above[place]
        if len(bare) > 100 or _is_prose(bare) or _POSTSCRIPT.match(bare):
            return None
    return None


def _is_prose(bare: str) -> bool:
    """A sentence that somebody wrote, as no title, address or number is."""
    said = bool(_SENTENCE_END.search(bare)) or (bare.count(" ") >= 4 and bare.endswith((".", "!", "?", "。")))
    return said and not _DISCLAIMER.found_in(bare[:400])


def _is_formal(bare: str) -> bool:
    phrase = bare.strip(_EDGES).casefold()
    return phrase in _FORMAL or (phrase.endswith(_FORMAL_ENDS) and phrase.count(" ") <= 5)


def _closes(bare: str) -> bool:
    """True for a line that can only stand above a name."""
    return bare in _DASHES or (len(bare) <= 60 and (_is_formal(bare) or bare.strip(_EDGES).casefold() in _THANKS))


def _dash_name(lines: Sequence[Line], above: Sequence[int]) -> int | None:
    """ "-Abhishek Kona" as the last line of text."""
    if len(above) > 1 and not lines[above[-1] - 1].bare and _LEADING_DASH_NAME.fullmatch(lines[above[-1]].bare):
        return above[-1]
    return None


def _signed(lines: Sequence[Line], above: Sequence[int], author: Author) -> int | None:
    """The sender's own name as a line, with title, firm and numbers below it."""
    if len(above) > 1 and author.initials(lines[above[-1]].bare):
        return above[-1]
    for place in range(len(above) - 1, 0, -1):
        bare = lines[above[place]].bare
        if len(bare) <= 120 and author.signs(bare):
            return above[place]
        if _POSTSCRIPT.match(bare) or (_is_prose(bare) and (bare.count(" ") > 6 or not _CONTACT.search(bare))):
            return None
    return None
