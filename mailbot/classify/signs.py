"""What is known of a message before its category, and what a model of categories must offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mailbot.cases.rules import Playbook
from mailbot.cases.understanding import Flags, Found
from mailbot.mail import Kind, Message


@dataclass(frozen=True, slots=True)
class Signs:
    """What was found in a message without regard to any category: every candidate field counts."""

    kind: Kind
    language: str = "en"
    fields: tuple[Found, ...] = ()
    documents: tuple[str, ...] = ()
    flags: Flags = Flags()
    issue_described: bool = False

    def values(self, name: str) -> tuple[str, ...]:
        """The values of one field, in the order of the text."""
        return tuple(found.value for found in self.fields if found.name == name)

    @property
    def field_names(self) -> frozenset[str]:
        return frozenset(found.name for found in self.fields)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Categories with calibrated probabilities, best first, and the words and signs that decided."""

    ranked: tuple[tuple[str, float], ...]
    because: tuple[str, ...] = ()


class Ranker(Protocol):
    """The category model: pure, and the same for the same message every time."""

    def rank(self, message: Message, signs: Signs, playbook: Playbook) -> Ranking: ...
