"""The words that mail programs, servers and people use, in many languages: one phrase a line, in files beside this one.

A file has `[sections]`; `#` begins a comment. Where a section holds patterns, a line is a regular expression for
RE2 (linear in the text, whatever the pattern), upper and lower case are the same, `…` stands for any words of
the same sentence, and `\\b` at the start of a line for the start of a word in any script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, cached_property
from importlib.resources import files

import re2

_GAP = r"(?:[^.!?。！？\n]|[.!?][^\s])*"
_WORD_START = r"(?:^|[\s!-/:-@\[-`{-~¡¿«»„“”‘、。，：；！？（）「」])"
_MEMORY = 16 << 20

#: The places of the expressions of a set that match a text in UTF-8.
_Asked = Callable[[bytes], list[int]]


class Pattern:
    """Any of the phrases of a section. What is asked for first makes the automaton that answers it."""

    def __init__(self, alternatives: list[str]) -> None:
        words = [line[2:] for line in alternatives if line.startswith(r"\b")]
        parts = [line for line in alternatives if not line.startswith(r"\b")]
        if words:
            parts.insert(0, f"{_WORD_START}(?:{'|'.join(words)})")
        self._expression = "(?im)(?:" + "|".join(parts) + ")"

    def found_in(self, text: str) -> bool:
        return bool(self._anywhere(_straight(text).encode()))

    def starts(self, text: str) -> bool:
        return bool(self._at_start(_straight(text).encode()))

    def fills(self, text: str) -> bool:
        return bool(self._whole(_straight(text).encode()))

    def first_in(self, text: str) -> tuple[int, int] | None:
        """Where the first phrase begins and ends."""
        match = self._compiled.search(_straight(text))
        return (match.start(), match.end()) if match else None

    def kinds_in(self, text: str, most: int) -> int:
        """How many different phrases are in the text, counted up to `most`; a phrase is told by its first letters."""
        if not self.found_in(text):
            return 0
        found = set[str]()
        for match in self._compiled.finditer(_straight(text)):
            found.add(match.group(0).strip().casefold()[:12])
            if len(found) >= most:
                break
        return len(found)

    # A set of one expression says whether it matches in half the time that an expression takes to say where.
    @cached_property
    def _anywhere(self) -> _Asked:
        return self._set(re2.Set.SearchSet)

    @cached_property
    def _at_start(self) -> _Asked:
        return self._set(re2.Set.MatchSet)

    @cached_property
    def _whole(self) -> _Asked:
        return self._set(re2.Set.FullMatchSet)

    @cached_property
    def _compiled(self) -> re2._Regexp:
        return re2.compile(self._expression, _options())

    def _set(self, kind: Callable[[re2.Options], re2.Set]) -> _Asked:
        made = kind(_options())
        made.Add(self._expression)
        made.Compile()
        asked: _Asked = made._set.Match  # below the wrapper, which takes as long as the search of a short text
        return asked


def _options() -> re2.Options:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    return options


def _straight(text: str) -> str:
    """Apostrophes as the phrases have them."""
    return text.replace("\u2019", "'") if "\u2019" in text else text


@cache
def phrases(name: str, section: str) -> tuple[str, ...]:
    """The lines of a section as they stand, in lower case."""
    return tuple(line.casefold() for line in _lines(name, section))


@cache
def pattern(name: str, *sections: str) -> Pattern:
    """The lines of these sections as one pattern."""
    return Pattern([_translated(line) for section in sections for line in _lines(name, section)])


def _translated(line: str) -> str:
    return line.replace("…", _GAP)


def _lines(name: str, section: str) -> Iterator[str]:
    inside = False
    for line in (files(__package__) / f"{name}.txt").read_text("utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            inside = line[1:-1] == section
        elif inside and line.strip() and not line.startswith("#"):
            yield line
