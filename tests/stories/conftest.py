"""The stories begin at an open desk, on each engine."""

from __future__ import annotations

import pytest

from tests.desks import Desk
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
