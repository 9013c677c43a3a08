"""Expressions that take time in proportion to the text (RE2), without the detours of re2's own wrapper.

That wrapper goes over the text several times for each call, to tell letters from bytes: three to eight microseconds
where the search itself takes one. Here a text in ASCII is not looked at again, and any other only where it matched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import re2

# The search below the wrapper has no public name; tests/unit compares it with the wrapper.
_ANCHOR = re2._re2.RE2.Anchor
_ANYWHERE, _AT_START, _WHOLE = _ANCHOR.UNANCHORED, _ANCHOR.ANCHOR_START, _ANCHOR.ANCHOR_BOTH
_NOWHERE = (-1, -1)

Span = tuple[int, int]


class Hit:
    """Where an expression matched in `string`, and its groups: by number, or by name."""

    __slots__ = ("_names", "_spans", "string")

    def __init__(self, string: str, spans: list[Span], names: dict[str, int]) -> None:
        self.string, self._spans, self._names = string, spans, names

    def __getitem__(self, group: int | str) -> Any:
        """The text of a group; None for one that took no part."""
        start, end = self._spans[self._names[group] if isinstance(group, str) else group]
        return None if start < 0 else self.string[start:end]

    def start(self, group: int = 0) -> int:
        return self._spans[group][0]

    def end(self, group: int = 0) -> int:
        return self._spans[group][1]

    def span(self, group: int = 0) -> Span:
        return self._spans[group]


class Linear:
    """An expression in RE2's syntax, whose classes (backslash w, d, s and b) know ASCII only."""

    __slots__ = ("_find", "_names", "pattern")

    _find: Callable[[Any, bytes, int, int], list[Span]]
    _names: dict[str, int]

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def __getattr__(self, name: str) -> Any:
        """Compiled when it is first used: all of them would be a fifteenth of the time that a command takes to start.

        Raises re2.error, then, when it is no expression.
        """
        if name not in ("_find", "_names"):
            raise AttributeError(name)
        compiled = re2.compile(self.pattern)
        self._names, self._find = compiled.groupindex, compiled._regexp.Match
        return getattr(self, name)

    def search(self, text: str) -> Hit | None:
        """The first match anywhere."""
        encoded = text.encode()
        spans = self._find(_ANYWHERE, encoded, 0, len(encoded))
        return None if spans[0] == _NOWHERE else self._hit(text, encoded, spans)

    def match(self, text: str) -> Hit | None:
        """The match that begins where the text does."""
        encoded = text.encode()
        spans = self._find(_AT_START, encoded, 0, len(encoded))
        return None if spans[0] == _NOWHERE else self._hit(text, encoded, spans)

    def fullmatch(self, text: str) -> Hit | None:
        """The match that is all of the text."""
        encoded = text.encode()
        spans = self._find(_WHOLE, encoded, 0, len(encoded))
        return None if spans[0] == _NOWHERE else self._hit(text, encoded, spans)

    def _hit(self, text: str, encoded: bytes, spans: list[Span]) -> Hit:
        return Hit(text, spans if len(encoded) == len(text) else _in_letters(encoded, spans, 0, 0), self._names)

    def finditer(self, text: str) -> Iterable[Hit]:
        """All matches that share no letter, from left to right."""
        encoded = text.encode()
        spans = self._find(_ANYWHERE, encoded, 0, len(encoded))
        return () if spans[0] == _NOWHERE else self._hits(text, encoded, spans)

    def _hits(self, text: str, encoded: bytes, spans: list[Span]) -> Iterator[Hit]:
        """The match at these spans, and all behind it."""
        length, plain = len(encoded), len(encoded) == len(text)
        at = seen = letters = 0
        while spans[0] != _NOWHERE:
            start, end = spans[0]
            if plain:
                yield Hit(text, spans, self._names)
            else:
                letters += _letters(encoded, seen, start)
                seen = start
                yield Hit(text, _in_letters(encoded, spans, seen, letters), self._names)
            if at == length:
                return
            at = at + _width(encoded, at) if end == at else end
            spans = self._find(_ANYWHERE, encoded, at, length)

    def subn(self, replacement: str, text: str) -> tuple[str, int]:
        """The text with `replacement`, as it stands, for each match; and how many there were."""
        pieces: list[str] = []
        at = 0
        for hit in self.finditer(text):
            pieces += (text[at : hit.start()], replacement)
            at = hit.end()
        return "".join([*pieces, text[at:]]), len(pieces) // 2

    def sub(self, replacement: str, text: str) -> str:
        """The text with `replacement`, as it stands, for each match."""
        return self.subn(replacement, text)[0]


def _letters(encoded: bytes, start: int, end: int) -> int:
    return len(encoded[start:end].decode())


def _width(encoded: bytes, at: int) -> int:
    """How many bytes the letter there takes: the first byte tells (RFC 3629 section 3)."""
    first = encoded[at]
    return 1 if first < 0x80 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4


def _in_letters(encoded: bytes, spans: list[Span], origin: int, letters: int) -> list[Span]:
    """Spans of bytes as spans of letters, where `letters` stand before the byte `origin`."""
    places = {at: letters + _letters(encoded, origin, at) for span in spans for at in span if at >= 0}
    return [(places[start], places[end]) if start >= 0 else _NOWHERE for start, end in spans]
