"""Tells whether a text says what is wrong or wanted, or only that something is."""

from __future__ import annotations

import re

from mailbot.classify.cues import cue, words
from mailbot.classify.folding import count_han, fold

_CAP = 4_000
_ENOUGH = 6
_ENOUGH_WITH_TROUBLE = 1
_ENOUGH_HAN = 6
_WORD = re.compile(r"[a-z0-9ñ][a-z0-9ñ'-]*")
_VAGUE = words("issues.vague")
_TROUBLE = cue("issues.trouble")


def is_described(subject: str, text: str, writer: str = "") -> bool:
    """True where enough is said besides greetings, hurry, general words, numbers and the `writer`'s name."""
    folded = fold(f"{subject}\n{text}"[:_CAP])
    if count_han(folded) >= _ENOUGH_HAN:
        return True
    general = _VAGUE | set(fold(writer).replace(",", " ").split())
    telling: set[str] = set()
    for match in _WORD.finditer(folded):
        word = match[0]
        if word not in general and len(word) > 1 and not word.isdigit():
            telling.add(word)
            if len(telling) >= _ENOUGH:
                return True
    return len(telling) >= _ENOUGH_WITH_TROUBLE and bool(_TROUBLE.search(folded))
