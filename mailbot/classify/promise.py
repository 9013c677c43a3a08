"""Tells an answer that only says when the answer will come: it brings nothing, and nothing is to be asked anew.

Every word must be one that promises are made of: a name, a number or any other word may be what was asked for.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from mailbot.cases.understanding import Found, Where
from mailbot.classify.cues import cue, phrases, words
from mailbot.classify.folding import count_han, fold
from mailbot.classify.linear import Linear

_LONGEST = 500
_LONGEST_NAME = 4
#: Where a value was typed or sent now; a signature and the subject of our own letter say the same each time.
_TYPED = (Where.BODY, Where.FORM, Where.FORWARDED, Where.FILE_NAME)
# A day or an hour: "12/3", "by 5:30", "the 3rd".
_WHEN = re.compile(r"\b\d{1,2}(?:[:/.-]\d{1,2})?(?=\D|$)")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_NO_PROMISE = re.compile(r"[?？¿@:：=#$%\d]")
_GREETED = re.compile(r"[^,.:!，：!]{1,40}[,:，：]")


def only_promises(new_text: str, fields: tuple[Found, ...], *, papers: bool) -> bool:
    """Whether somebody says that what was asked for comes later, and nothing else."""
    if papers or len(new_text) > _LONGEST or any(found.where in _TYPED for found in fields):
        return False
    text = fold(" \n".join(_said(new_text)))
    rest, promised = _without(_comes(), text)
    rest = _WHEN.sub(" ", rest)
    if not promised or _NO_PROMISE.search(rest):
        return False
    rest, _ = _without(_beside_han(), rest)
    return count_han(rest) == 0 and all(word in words("promise.beside") for word in _WORD.findall(rest))


def _said(new_text: str) -> list[str]:
    """The lines without a greeting at their beginning and a name at their end."""
    lines = [line.strip() for line in new_text.splitlines() if line.strip()]
    if len(lines) > 1 and _GREETED.fullmatch(lines[0]):
        lines = lines[1:]
    while len(lines) > 1 and _is_signed(lines[-1]):
        lines = lines[:-1]
    return lines


def _is_signed(line: str) -> bool:
    """A name on a line of its own: each of its words begins with a capital."""
    words_of_it = line.split()
    return len(words_of_it) <= _LONGEST_NAME and all(
        word[0].isupper() and word.strip(".'-").replace("-", "").replace("'", "").isalpha() for word in words_of_it
    )


def _without(pattern: Any, text: str) -> tuple[str, bool]:
    """The text with every match blanked out, and whether there was one."""
    rest, count = pattern.subn(" ", text)
    return rest, count > 0


@cache
def _comes() -> Any:
    return cue("promise.comes")


@cache
def _beside_han() -> Any:
    """Longest first, for "好" is a part of "您好"."""
    longest_first = sorted(phrases("promise.beside_han"), key=len, reverse=True)
    return Linear("|".join(longest_first))
