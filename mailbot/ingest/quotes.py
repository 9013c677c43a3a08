"""Divides the lines of a message into what was typed now and what is quoted from earlier mail."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailbot.ingest.attribution import Separator, attribution_start, may_divide, may_end_attribution, separator
from mailbot.ingest.forwarded import Block, block_at
from mailbot.ingest.inline import announces_answers, answers_within
from mailbot.ingest.lines import Line, Mark

_UNMARKED = Mark.NONE
_HEADER_LIKE = re.compile(r"\S[^:：]{0,25}[:：]\s?\S")
_REMNANT_AFTER = 60
_MOST_LINES = 20_000
_MOST_TRIES = 500
"""So many lines are looked at, and so many tried as attributions: no letter has more, hostile ones cost no more."""


@dataclass(frozen=True, slots=True)
class Division:
    """`quoted[i]` tells whether line i is quoted; `block` is the topmost header block above quoted mail, if any.

    `certain`: the quote is marked (quote signs, HTML quotes, a known divider), not only guessed from a header block.
    `forward`: a divider says that the message was forwarded.
    """

    quoted: tuple[bool, ...]
    block: Block | None = None
    certain: bool = True
    forward: bool = False


class _Divider:
    """One pass from top to bottom over the lines."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.quoted = [line.depth > 0 for line in lines]
        self.block: Block | None = None
        self.certain = True
        self.forward = False
        self.attributed = False
        self.tries = 0

    def run(self) -> Division:
        at, end = 0, min(len(self.lines), _MOST_LINES)
        while at < end:
            at = max(self._step(at), at + 1)
        if not self.attributed:
            self._spare_small_quotes()
        else:
            self._take_remnants()
        if self.block is None:
            self._look_into_quote()
        return Division(tuple(self.quoted), self.block, self.certain, self.forward)

    def _step(self, at: int) -> int:
        """Looks at one line; returns where to go on."""
        line = self.lines[at]
        if not line.bare or line.depth or (line.mark is _UNMARKED and not may_divide(line.bare)):
            return at + 1
        dividing = separator(line.bare)
        if dividing and dividing is not Separator.UNKNOWN:
            return self._divided(at, dividing)
        block = block_at(self.lines, at)
        if block is not None and (block.complete or (line.mark & Mark.HISTORY and len(block.fields) > 1)):
            return self._history(at, block, certain=bool(line.mark & Mark.HISTORY))
        follows = self._quote_follows(at)
        start = self._attribution_start(at, quote_follows=follows)
        if start is not None:
            return self._attributed(start, at, quote_follows=follows)
        if dividing:
            return self._divided(at, dividing)
        return self._marked(at) if line.mark & Mark.HISTORY else at + 1

    def _attribution_start(self, at: int, *, quote_follows: bool) -> int | None:
        if self.tries >= _MOST_TRIES or not may_end_attribution(self.lines[at].bare, quote_follows=quote_follows):
            return None
        self.tries += 1
        return attribution_start(self.lines, at, quote_follows=quote_follows)

    def _divided(self, at: int, dividing: Separator) -> int:
        """A divider counts when it says so in words, or when a header block stands below it."""
        below = self._next_text(at + 1)
        block = block_at(self.lines, below) if below is not None else None
        if block is not None and len(block.fields) < 2:
            block = None
        if dividing in (Separator.RULE, Separator.UNKNOWN):
            if block is None or not block.complete:
                return at + 1
            return self._history(at, block, certain=True)
        self.forward = self.forward or (dividing is Separator.FORWARDED and not self.attributed)
        return self._history(at, block, certain=True)

    def _history(self, at: int, block: Block | None, *, certain: bool) -> int:
        """From line `at` on all is quoted; where the quote below is marked line by line, only as far as that goes."""
        if not self.attributed:
            self.block, self.certain = block, certain
        self.attributed = True
        body = block.end if block is not None else at + 1
        first = self._next_text(body)
        end = len(self.lines)
        if first is not None and self.lines[first].depth > self.lines[at].depth:
            end = first
        self.quoted[at:end] = [True] * (end - at)
        return end

    def _attributed(self, start: int, end: int, *, quote_follows: bool) -> int:
        self.attributed = True
        stop = end + 1 if quote_follows else len(self.lines)
        self.quoted[start:stop] = [True] * (stop - start)
        return stop

    def _marked(self, at: int) -> int:
        """The HTML says that history starts here, in words that we do not know."""
        window = range(at, min(at + 6, len(self.lines)))
        for i in window:
            if self.lines[i].depth:
                if self.lines[i - 1].bare.endswith((":", "：", "")):
                    self.quoted[at:i] = [True] * (i - at)
                    self.attributed = True
                return i
        if sum(bool(_HEADER_LIKE.match(self.lines[i].bare)) for i in window) >= 3:
            return self._history(at, None, certain=True)
        return at + 1

    def _quote_follows(self, at: int) -> bool:
        below = self._next_text(at + 1)
        return below is not None and self.lines[below].depth > self.lines[at].depth

    def _next_text(self, at: int) -> int | None:
        return next((i for i in range(at, min(at + 12, len(self.lines))) if self.lines[i].bare), None)

    def _spare_small_quotes(self) -> None:
        """One or two lines that nobody is said to have written were rather pasted by the writer than quoted."""
        marked = [i for i, line in enumerate(self.lines) if line.depth and line.bare]
        if not marked:
            return
        attributed_inside = (
            any(attribution_start(self.lines, i, quote_follows=True) is not None for i in marked[:4])
            or block_at(self.lines, marked[0]) is not None
        )
        if len(marked) <= 2 and not attributed_inside and marked[-1] - marked[0] < 2:
            self.quoted = [False] * len(self.lines)
        elif not attributed_inside and all(self.quoted[i] or not line.bare for i, line in enumerate(self.lines)):
            self.certain = False

    def _take_remnants(self) -> None:
        """The rest of a quoted line that a program broke without a new quote sign."""
        for i in range(1, len(self.lines) - 1):
            before, line, after = self.lines[i - 1 : i + 2]
            if not line.depth and line.bare and before.depth and after.depth and len(before.bare) >= _REMNANT_AFTER:
                self.quoted[i] = True

    def _look_into_quote(self) -> None:
        """A header block that itself stands inside quote signs, as Apple Mail forwards."""
        first = next((i for i, line in enumerate(self.lines) if line.depth and line.bare), None)
        if first is None or not self.quoted[first]:
            return
        if separator(self.lines[first].bare) is Separator.FORWARDED:
            self.forward = True
            below = self._next_text(first + 1)
            first = first if below is None else below
        block = block_at(self.lines, first)
        if block is not None and block.complete:
            self.block = block


def divide(lines: Sequence[Line]) -> Division:
    """Finds out for each line whether it is quoted."""
    division = _Divider(lines).run()
    start = division.quoted.index(True) if True in division.quoted else len(lines)
    typed = "\n".join(line.bare for line in lines[:start])
    if not announces_answers(typed):
        return division
    answers = answers_within(lines, start, division.quoted)
    quoted = tuple(is_quoted and i not in answers for i, is_quoted in enumerate(division.quoted))
    return replace(division, quoted=quoted)
