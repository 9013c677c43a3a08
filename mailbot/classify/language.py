"""Tells in which of the desk's languages a text is written, by its script and its most frequent words."""

from __future__ import annotations

import re

from mailbot.classify.cues import words
from mailbot.classify.folding import count_han, fold

LANGUAGES = ("en", "es", "zh")
_CAP = 3_000
_WORD = re.compile(r"[a-zñ']+")
_ENGLISH = words("language.english")
_SPANISH = words("language.spanish")
_SPANISH_MARKS = "¿¡"


def language_of(text: str, usual: str = "en", folded: str = "") -> str:
    """The language of a text; `usual` where nothing tells. `folded` is the text folded."""
    text, folded = text[:_CAP], folded[:_CAP] or fold(text[:_CAP])
    han = count_han(text)
    words = _WORD.findall(folded)
    if han and han * 2 >= len(words):
        return "zh"
    english = sum(map(_ENGLISH.__contains__, words))
    spanish = sum(map(_SPANISH.__contains__, words)) + 2 * sum(map(text.count, _SPANISH_MARKS))
    if spanish > english:
        return "es"
    if english == spanish == 0:
        return "zh" if han else usual
    return "en"
