"""Finds answers typed into an unmarked quote: in another colour, behind initials or marks, or below numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailbot.ingest.lines import Line, Mark
from mailbot.ingest.words import pattern

_INLINE = pattern("letters", "inline")
_NUMBERED = re.compile(r"(\d{1,2})[.)]\s{1,4}\S")
_INITIALS = re.compile(r"\[([^\W\d_][\w .'-]{1,20})\]:?\s{0,3}\S")
_ANSWER_LINES = 6


def announces_answers(new_text: str) -> bool:
    """True for "See my answers in red" and the like."""
    return len(new_text) < 400 and _INLINE.found_in(new_text)


def answers_within(lines: Sequence[Line], start: int, quoted: Sequence[bool]) -> set[int]:
    """The indices of answers in the quote that begins with line `start`, given what else is known to be quoted."""
    coloured = {i for i in range(start, len(lines)) if lines[i].bare and lines[i].mark & Mark.COLOURED}
    plain = sum(bool(line.bare) for line in lines[start:]) - len(coloured)
    if coloured and len(coloured) <= plain:
        return coloured
    return _initialled(lines, start) or _marked(lines, start, quoted) or _below_questions(lines, start)


def _initialled(lines: Sequence[Line], start: int) -> set[int]:
    """ "[DR] 10442": lines that begin with one and the same word in brackets."""
    found: dict[int, str] = {}
    for i in range(start, len(lines)):
        if match := _INITIALS.match(lines[i].bare):
            found[i] = match[1].casefold()
    return set(found) if len(set(found.values())) == 1 else set()


def _marked(lines: Sequence[Line], start: int, quoted: Sequence[bool]) -> set[int]:
    """Lines behind quote signs in a quote that has none, each below a line of it."""
    deep = [i for i in range(start, len(lines)) if lines[i].bare and lines[i].depth > lines[start].depth]
    plain = sum(quoted[i] and bool(lines[i].bare) for i in range(start, len(lines))) - len(deep)
    runs = sum(lines[i - 1].depth <= lines[start].depth for i in deep)
    return set(deep) if runs > 1 and len(deep) <= min(plain, _ANSWER_LINES * runs) else set()


def _below_questions(lines: Sequence[Line], start: int) -> set[int]:
    """Lines between "1. …" and "2. …" and so on; below the last question only the next line."""
    questions: list[int] = []
    for i in range(start, len(lines)):
        match = _NUMBERED.match(lines[i].bare)
        if match and int(match[1]) == len(questions) + 1:
            questions.append(i)
    found = set[int]()
    for question, following in zip(questions, questions[1:], strict=False):
        between = [i for i in range(question + 1, following) if lines[i].bare]
        if len(between) <= _ANSWER_LINES:
            found.update(between)
    if found and (last := next((i for i in range(questions[-1] + 1, len(lines)) if lines[i].bare), None)):
        found.add(last)
    return found
