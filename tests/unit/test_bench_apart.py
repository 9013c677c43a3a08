"""What comes once is told from what each further mail costs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

BENCH = str(Path(__file__).parents[2] / "bench")


@pytest.fixture(scope="module", name="apart")
def _apart() -> Iterator[Any]:
    """bench/apart.py, which is no part of the package and imports what lies beside it."""
    sys.path.insert(0, BENCH)
    yield import_module("apart")
    sys.path.remove(BENCH)


@pytest.fixture(scope="module", name="mails")
def _mails(apart: Any) -> list[Any]:
    made: list[Any] = import_module("correspondence").correspondence(60, 7)
    return made


def test_a_service_pays_once_and_then_for_each_mail(apart: Any) -> None:
    """Ten mails after a start that takes 300 ms, then fifty more: 8 ms each."""
    first, few, many = (apart.Spent(n, 1.0, cpu) for n, cpu in ((10, 0.38), (10, 0.08), (40, 0.32)))
    found = apart.apart(first, few, many)
    assert found.further == pytest.approx(0.008)
    assert found.once == pytest.approx(0.3)


def test_a_program_that_is_started_each_time_pays_each_time(apart: Any) -> None:
    """Two starts of 700 ms for ten mails, two for forty; the first mails of the service do not count."""
    first, few, many = (apart.Spent(n, 1.0, cpu, 2) for n, cpu in ((10, 9.9), (10, 1.48), (40, 1.72)))
    found = apart.apart(first, few, many)
    assert found.further == pytest.approx(0.008)
    assert found.once == pytest.approx(0.7)


def test_what_parts_took_adds_up(apart: Any) -> None:
    assert apart.Spent(3, 1.0, 0.5, 1) + apart.Spent(4, 0.5, 0.25, 1) == apart.Spent(7, 1.5, 0.75, 2)


def test_each_mail_goes_once_and_a_reply_with_its_inquiry(apart: Any, mails: list[Any]) -> None:
    stretches = list(apart.divided(mails, 1 / 6, 1 / 6, 2 / 3))
    assert sorted(mail.number for some in stretches for mail in some) == [mail.number for mail in mails]
    for some in stretches:
        inquiries = {mail.number for mail in some if mail.root is None}
        assert inquiries
        assert all(mail.root.number in inquiries for mail in some if mail.root)


def test_the_last_stretch_is_the_longest(apart: Any, mails: list[Any]) -> None:
    first, few, many = (len(some) for some in apart.divided(mails, 1 / 6, 1 / 6, 2 / 3))
    assert many > first + few
