"""The stories begin at an open desk, on each engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.classify.category import CategoryRanker
from mailbot.classify.understand import understand
from tests.desks import Desk
from tests.readers import read_by
from tests.stories.colleagues import Colleagues, staffed_desk
from tests.stories.inbox import Inbox
from tests.stories.tales import Tale


@pytest.fixture
def tale(desk: Desk) -> Tale:
    """A story at a desk, at nine o'clock on Monday, November 23rd, 2026; Thursday is Thanksgiving."""
    return Tale(desk)


@pytest.fixture
def small_tale(small_desk: Desk) -> Tale:
    """The same on SQLite only."""
    return Tale(small_desk)


@pytest.fixture
def inbox(desk: Desk) -> Inbox:
    """A story about many people's mail, on each engine."""
    return Inbox(desk)


@pytest.fixture
def colleagues(database_url: str, tmp_path: Path) -> Iterator[Colleagues]:
    """The words for a desk whose staff write mail, on each engine."""
    with staffed_desk(tmp_path / "desk", database_url) as desk:
        yield desk


@pytest.fixture
def small_colleagues(sqlite_url: str, tmp_path: Path) -> Iterator[Colleagues]:
    """The same on SQLite only, for what does not depend on the engine."""
    with staffed_desk(tmp_path / "desk", sqlite_url) as desk:
        yield desk


@pytest.fixture
def real(small_desk: Desk) -> Inbox:
    """A desk that reads mail as the service does, with its own model and rules."""
    own = small_desk.app.playbook
    ranker = CategoryRanker()
    inbox = Inbox(small_desk)
    read_by(small_desk.app, lambda sent: understand(sent.message, sent.kind, own, sent.at, ranker))
    return inbox
