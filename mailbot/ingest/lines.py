"""The lines of a text as quotes and signatures are read from them: how deep each is quoted, and marks from HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntFlag
from typing import NamedTuple

LINE_CAP = 400
"""Only so much of a line is looked at for patterns, so that no line costs more than a fixed amount."""


class Mark(IntFlag):
    """What the HTML said about a line: quoted history starts here, it stands in a signature, some of it is coloured."""

    NONE = 0
    HISTORY = 1
    SIGNATURE = 2
    COLOURED = 4


class Line(NamedTuple):
    """`text` as a person sees it, `depth` how often quoted, `bare` the text without quote marks and outer blanks."""

    text: str
    depth: int = 0
    bare: str = ""
    mark: Mark = Mark.NONE

    @property
    def blank(self) -> bool:
        return not self.bare


_BLANK = Line("")
_QUOTE_PREFIX = re.compile(r"[ \t]{0,3}((?:>[ \t]?)++)")
_MANY_BLANKS = re.compile(r"\n(?:[ \t]*+\n){3,}+")
_BAR_PREFIX = re.compile(r"[ \t]{0,3}\|(?:[ \t]|$)")


def plain_lines(text: str) -> list[Line]:
    """The lines of a plain text; `>` in front quotes (RFC 3676 section 4.5), and runs of `| ` do."""
    lines = [_plain_line(line) for line in text.split("\n")]
    if "\n>" in text:
        _mend_broken_brackets(lines)
    return _with_bars(lines) if "\n|" in text else lines


def _plain_line(text: str) -> Line:
    text = text.rstrip()
    if not text:
        return _BLANK
    if ">" not in text[:4]:
        return Line(text, 0, text.strip())
    prefix = _QUOTE_PREFIX.match(text)
    if prefix is None or text.startswith(">From "):  # what mbox escapes is no quote
        return Line(text, 0, text.strip())
    return Line(text, prefix[1].count(">"), text[prefix.end() :].strip())


def _mend_broken_brackets(lines: list[Line]) -> None:
    """A line such as "> wrote:" below "On … <x@y" ends that address and is no quote."""
    for i in range(1, len(lines)):
        line, above = lines[i], lines[i - 1]
        ends_it = line.depth == 1 and not above.depth and line.bare.endswith(":") and len(line.bare) < 30
        if ends_it and ("<" in above.bare or "@" in above.bare):
            lines[i] = Line(line.text, 0, line.text.strip())


def _with_bars(lines: list[Line]) -> list[Line]:
    """Three lines in a row with a bar in front are a quote; one that also ends with a bar is a table row."""
    barred = [
        line.depth == 0 and bool(_BAR_PREFIX.match(line.text)) and (line.bare == "|" or not line.bare.endswith("|"))
        for line in lines
    ]
    quoted = set[int]()
    for i in range(len(lines) - 2):
        if barred[i] and barred[i + 1] and barred[i + 2]:
            quoted.update((i, i + 1, i + 2))
    return [Line(line.text, 1, line.bare.lstrip("|").strip()) if i in quoted else line for i, line in enumerate(lines)]


def joined(lines: Iterable[Line]) -> str:
    """The lines as text again, without blank lines at either end and with at most two blank lines in a row."""
    return squeezed("\n".join(line.text for line in lines))


def squeezed(text: str) -> str:
    """At most two blank lines in a row, none at either end; the indentation of the first line stays."""
    return _MANY_BLANKS.sub("\n\n\n", text).strip("\n").rstrip()
