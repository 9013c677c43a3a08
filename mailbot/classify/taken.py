"""Keeps which stretches of a text are taken, so that two readings of one stretch are told in time of its length."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class Mention(Protocol):
    """Something that stands at text[start:end]."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


class Taken:
    """The letters of a text that some reading has taken."""

    def __init__(self, text: str) -> None:
        self._letters = bytearray(len(text))

    def overlaps(self, start: int, end: int) -> bool:
        """Whether a letter of text[start:end] is taken."""
        return self._letters.find(1, start, end) >= 0

    def take_all(self, mentions: Iterable[Mention]) -> None:
        for mention in mentions:
            self.take(mention.start, mention.end)

    def take(self, start: int, end: int) -> None:
        self._letters[start:end] = b"\x01" * (end - start)
