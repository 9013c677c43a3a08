"""Folds text for matching words: lower case, without accents, letter for letter, so that positions stay."""

from __future__ import annotations

import re
import unicodedata


def _table() -> dict[int, str]:
    """Every Latin letter with a mark to its bare letter; only where that is one letter for one."""
    table = {}
    for code in (*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        bare = unicodedata.normalize("NFD", chr(code))[0].lower()
        if len(bare) == 1:
            table[code] = bare
    return table | {0x2019: "'", 0x2018: "'", 0xA0: " ", 0x3000: " ", 0x2013: "-", 0x2011: "-"}


_FOLDED = _table()


_LETTERS = {chr(code): bare if isinstance(bare, str) else chr(bare) for code, bare in _FOLDED.items()}
_CHANGED = re.compile(f"[{re.escape(''.join(_LETTERS))}]")
_SHORT = 60
_HAN = re.compile("[\u4e00-\u9fff]")


def count_han(text: str) -> int:
    """How many Chinese characters a text has."""
    return 0 if text.isascii() else len(_HAN.findall(text))


def fold(text: str) -> str:
    """The text to match against; as long as the text itself."""
    if text.isascii():
        return text.lower()
    # In a longer text the few letters that change are found in less time than all are looked up.
    return text.translate(_FOLDED) if len(text) < _SHORT else _CHANGED.sub(_changed, text)


def _changed(match: re.Match[str]) -> str:
    return _LETTERS[match[0]]
