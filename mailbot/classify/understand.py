"""Step 6: from a parsed message to what it is, what it says, what came with it and what is missing."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.rules import Playbook
from mailbot.cases.understanding import Understanding
from mailbot.classify.completeness import Received, missing
from mailbot.classify.signs import Ranker, Ranking, Signs
from mailbot.mail import Kind, Message


def understand(
    message: Message, kind: Kind, playbook: Playbook, sent_at: datetime, ranker: Ranker | None = None
) -> Understanding:
    """What the message is understood to be; without a ranker, other.general with confidence 0.

    `sent_at` is the day that "next month" and the like count from: the Date header's, in the sender's own offset,
    or that of the topmost Received header.
    """
    signs = Signs(kind)
    ranking = ranker.rank(message, signs, playbook) if ranker else Ranking(((playbook.fallback, 0.0),))
    if kind is not Kind.INQUIRY:
        return Understanding(None, 0.0)
    category, confidence = ranking.ranked[0]
    rules = playbook.rules(category)
    return Understanding(
        category=category,
        confidence=confidence,
        alternatives=ranking.ranked[1:4],
        because=ranking.because,
        missing=missing(rules, Received(signs.field_names, signs.documents, signs.flags)),
    )
