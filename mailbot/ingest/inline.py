"""Finds answers that were typed into an unmarked quote: in another colour, or below numbered questions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailbot.ingest.lines import Line, Mark
from mailbot.ingest.words import pattern

_INLINE = pattern("letters", "inline")
_NUMBERED = re.compile(r"(\d{1,2})[.)]\s{1,4}\S")
_ANSWER_LINES = 6


def announces_answers(new_text: str) -> bool:
    """True for "See my answers in red" and the like."""
    return len(new_text) < 400 and _INLINE.found_in(new_text)


def answers_within(lines: Sequence[Line], start: int) -> set[int]:
    """The indices of answers in the quote that begins with line `start`."""
    coloured = {i for i in range(start, len(lines)) if lines[i].bare and lines[i].mark & Mark.COLOURED}
    plain = sum(bool(line.bare) for line in lines[start:]) - len(coloured)
    if coloured and len(coloured) <= plain:
        return coloured
    return _below_questions(lines, start)


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
