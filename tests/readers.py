"""Another reader in the place of step 6, so that a test decides what mail means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from mailbot.app import App
from mailbot.cases.understanding import Understanding
from mailbot.classify.understand import SentMessage
from mailbot.reading import Understand

#: Understands one message; step 6 understands those of a batch together.
ReadsOne = Callable[[SentMessage], Understanding]


def each(one: ReadsOne) -> Understand:
    """A step 6 that understands mail by mail."""

    def understand(messages: Sequence[SentMessage]) -> list[Understanding]:
        return [one(sent) for sent in messages]

    return understand


def read_by(app: App, one: ReadsOne) -> ReadsOne:
    """From now on this understands what comes in; what did so before is given back."""
    before = app.intake._reader._understand
    app.intake._reader._understand = each(one)
    return lambda sent: before([sent])[0]


def go_by(app: App, **changes: Any) -> None:
    """From now on what comes in goes by other rules."""
    app.intake._rules = app.intake._reader._rules = replace(app.intake._rules, **changes)
