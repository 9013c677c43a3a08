"""Finds Social Security numbers and the like, and masks them wherever a text is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import luhn

from mailbot.classify.cues import cue
from mailbot.classify.folding import fold
from mailbot.classify.linear import Linear
from mailbot.classify.together import Together

#: Dashes, blanks and digits of other scripts as the plain ones, letter for letter, so that positions stay.
_PLAIN_SIGNS = {
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212, 0xFE63, 0xFF0D), "-"),
    **dict.fromkeys((0xA0, 0x2007, 0x2009, 0x202F, 0x3000), " "),
    **{0xFF10 + digit: str(digit) for digit in range(10)},
}
_OTHER_SIGNS = re.compile(f"[{''.join(map(chr, _PLAIN_SIGNS))}]")
_CAP = 200_000
_SHAPED = Linear(r"(?:^|[^\w-])(\d{3}-\d{2}-\d{4}|\d{3} \d{2} \d{4}|\d{3}\.\d{2}\.\d{4})(?:[^\w-]|-?$|-[^\w])")
_NINE = Linear(r"(?:^|[^\w-])(\d{9}|\d{3}[-. ]\d{3}[-. ]\d{3})(?:[^\w-]|$)")
_TOGETHER = Together((_SHAPED.pattern, _NINE.pattern))
_WORD = cue("privacy.word")
_NOT_SOCIAL = Linear(
    r"\b(?:phone|tel|fax|cell|claim|case|group|invoice|npi|account|acct|routing|check|zip)\b[^\n]{0,12}$"
)
_CARD = Linear(r"(?:^|[^\w-])(\d(?:[ -]?\d){12,18})(?:[^\w-]|$)")
_NEAR = 40
_MASK = "•"


def contains_ssn(text: str) -> bool:
    """Whether a full Social Security number stands in the text, also one of a range that is never issued."""
    return next(_social(text[:_CAP]), None) is not None


def mask(text: str) -> str:
    """The text with Social Security and payment card numbers masked but for their last four digits."""
    spans = sorted({*_social(text[:_CAP]), *_cards(text[:_CAP])})
    out: list[str] = []
    at = 0
    for start, end in spans:
        if start >= at:
            out.extend((text[at:start], _masked(text[start:end])))
            at = end
    return "".join((*out, text[at:]))


def _masked(number: str) -> str:
    digits = sum(letter.isdigit() for letter in number)
    kept = []
    for letter in number:
        kept.append(_MASK if letter.isdigit() and digits > 4 else letter)
        digits -= letter.isdigit()
    return "".join(kept)


def _social(text: str) -> Iterator[tuple[int, int]]:
    """Where numbers of the shape stand; bare nine digits only where words near them say what they are."""
    text = _plain_signs(text)
    for named in _TOGETHER.present(text):
        for match in (_NINE if named else _SHAPED).finditer(text):
            start, end = match.span(1)
            lead = fold(text[max(0, start - _NEAR) : start])
            said = bool(_WORD.search(lead)) or (named and bool(_WORD.search(fold(text[end : end + 16]))))
            if said or (not named and _plain(text, start, end) and not _NOT_SOCIAL.search(lead)):
                yield start, end


def _plain_signs(text: str) -> str:
    """The text with the plain signs for their likes; most text, also with accents, has none of them."""
    return text if text.isascii() or not _OTHER_SIGNS.search(text) else text.translate(_PLAIN_SIGNS)


def _plain(text: str, start: int, end: int) -> bool:
    """Not a part of a longer number with blanks, as an id in groups of digits."""
    before, after = text[max(0, start - 3) : start], text[end : end + 2]
    grouped = text[start:end].count(" ") == 2
    id_before = (
        grouped
        and len(before) >= 2
        and before[-1] == " "
        and before[-2].isalnum()
        and (before[-2].isdigit() or before[-2].isupper())
    )
    id_after = grouped and after[:1] == " " and (after[1:2].isdigit() or after[1:2].isupper())
    return not (id_before or id_after)


def _cards(text: str) -> Iterator[tuple[int, int]]:
    for match in _CARD.finditer(_plain_signs(text)):
        digits = "".join(letter for letter in match[1] if letter.isdigit())
        if digits[0] in "3456" and luhn.is_valid(digits):
            yield match.span(1)
