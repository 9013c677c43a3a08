"""What a model of categories must offer: categories for a message with probabilities and reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mailbot.cases.rules import Playbook
from mailbot.mail import Message


@dataclass(frozen=True, slots=True)
class Ranking:
    """Categories with calibrated probabilities, best first, and the words and signs that decided."""

    ranked: tuple[tuple[str, float], ...]
    because: tuple[str, ...] = ()


class Ranker(Protocol):
    """The category model: pure, and the same for the same message every time."""

    def rank(self, message: Message, playbook: Playbook) -> Ranking: ...
