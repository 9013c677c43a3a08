"""Tells whether a text says what is wrong or wanted, or only that something is."""

from __future__ import annotations

import re

from mailbot.classify.cues import cue, words
from mailbot.classify.folding import count_han, fold

_CAP = 4_000
_BEGIN = 200
_ENOUGH = 6
_ENOUGH_WITH_TROUBLE = 1
_ENOUGH_HAN = 6
_WORD = re.compile(r"[a-z0-9ñ][a-z0-9ñ'-]*")
_VAGUE = words("issues.vague")
_TROUBLE = cue("issues.trouble")


def is_described(subject: str, text: str, writer: str = "", *, folded: str = "") -> bool:
    """True where enough is said besides greetings, hurry, general words, numbers and the `writer`'s name.

    `folded` is the text folded.
    """
    folded = f"{fold(subject)}\n{folded or fold(text[:_CAP])}"[:_CAP]
    if count_han(folded) >= _ENOUGH_HAN:
        return True
    general = set(fold(writer).replace(",", " ").split())
    begin = folded[:_BEGIN].rpartition(" ")[0]  # whole words, which mostly are enough
    if len(_telling(begin, general)) >= _ENOUGH:
        return True
    telling = len(_telling(folded, general))
    return telling >= _ENOUGH or (telling >= _ENOUGH_WITH_TROUBLE and bool(_TROUBLE.search(folded)))


def _telling(folded: str, general: set[str]) -> list[str]:
    """The different words of a folded text that say something."""
    words = set(_WORD.findall(folded)).difference(_VAGUE, general)
    return [word for word in words if len(word) > 1 and not word.isdigit()]
