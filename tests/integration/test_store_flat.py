"""No look-up of the path, of staff or of the timetable costs more because there are more cases: counted, not timed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mailbot.store.unit_of_work import Store, Transaction
from tests.desks import open_desk
from tests.past.growing import grow
from tests.past.looks import Known, known, looks

NAMES = list(looks(Known(0, "", None, "", "")))
FEW, MANY = 300, 1_200


def steps_of(store: Store, look: Callable[[Transaction], object]) -> int:
    """How many instructions SQLite's machine runs for it."""
    count = 0

    def counted() -> int:
        nonlocal count
        count += 1
        return 0

    with store.writing() as transaction:
        driver = transaction.work.connection.connection.driver_connection
        driver.set_progress_handler(counted, 1)
        look(transaction)
        driver.set_progress_handler(None, 0)
    return count
