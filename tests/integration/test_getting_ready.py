"""What a service loads before its first mail stays for good: the collector never looks through it again."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from tests.desks import Desk
from tests.mails import mail


class Ring:
    """What only the collector can free."""

    itself: Ring | None = None


@pytest.fixture
def thawed() -> Iterator[None]:
    """The collector as it is in a process that has frozen nothing; afterwards as well."""
    gc.unfreeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("thawed")
def test_what_was_loaded_is_kept_from_the_collector(small_desk: Desk) -> None:
    loaded = len(gc.get_objects())
    small_desk.app.get_ready()
    assert gc.isenabled()
    assert gc.get_freeze_count() >= loaded / 2
    assert len(gc.get_objects()) < loaded / 10


@pytest.mark.usefixtures("thawed")
def test_what_mails_leave_behind_is_still_collected(small_desk: Desk) -> None:
    """Rings of objects of a mail are found as ever, or memory would grow with each."""
    small_desk.app.get_ready()
    kept = gc.get_freeze_count()
    for _ in range(3):
        small_desk.record(mail())
        small_desk.app.intake.take_in_all()
    ring = Ring()
    ring.itself = ring
    left = weakref.ref(ring)
    del ring
    gc.collect()
    assert left() is None
    assert gc.get_freeze_count() <= kept
