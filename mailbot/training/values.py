"""Invent the values that fill a training mail: names, ids in the spellings people use, dates, amounts."""

from __future__ import annotations

import re
from random import Random
from string import ascii_uppercase

from mailbot.training.phrases import Phrases

_SLOT = re.compile(r"\{([a-z0-9]+)\}")


class Values:
    """The values of one mail: a slot keeps its value within the mail, so that names agree.

    `kinds` has a section of spellings for each slot, where "~" stands for a digit and "^" for a letter.
    """

    def __init__(self, kinds: Phrases, chance: Random, language: str = "en") -> None:
        self._kinds = kinds
        self._chance = chance
        self._language = language
        self._known: dict[str, str] = {}

    def __getitem__(self, slot: str) -> str:
        """The value of a slot such as "n" or "cl"; IndexError for a slot that the texts do not know."""
        if slot not in self._known:
            self._known[slot] = self._part_of_name(slot) or self._new(slot)
        return self._known[slot]

    def fill(self, text: str) -> str:
        """The text with its slots filled."""
        return _SLOT.sub(lambda slot: self[slot[1]], text)

    def _part_of_name(self, slot: str) -> str:
        """The first or last name of the person the mail is about."""
        return {"f": self["n"].split()[0], "l": self["n"].split()[-1]}[slot] if slot in ("f", "l") else ""

    def _new(self, slot: str) -> str:
        spellings = self._kinds.lines(f"{slot} {self._language}") or self._kinds.lines(slot)
        spelling = self._chance.choice(spellings)
        return "".join(map(self._drawn, _SLOT.sub(lambda inner: self._new(inner[1]), spelling)))

    def _drawn(self, mark: str) -> str:
        if mark == "~":
            return str(self._chance.randint(0, 9))
        return self._chance.choice(ascii_uppercase) if mark == "^" else mark
