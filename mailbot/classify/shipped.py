"""The ranker over the model that ships with mailbot, loaded when a message is first ranked."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from mailbot.cases.rules import Playbook
from mailbot.classify.ranking import Ranking
from mailbot.mail import Message

if TYPE_CHECKING:
    from mailbot.classify.category import CategoryRanker


class ShippedRanker:
    """Many commands rank nothing: numpy and the model would be a quarter of the time that they take."""

    def rank(self, message: Message, playbook: Playbook) -> Ranking:
        """All categories for the message, likeliest first; never raises on odd mail."""
        return self._ranker.rank(message, playbook)

    @cached_property
    def _ranker(self) -> CategoryRanker:
        from mailbot.classify.category import CategoryRanker

        return CategoryRanker()
