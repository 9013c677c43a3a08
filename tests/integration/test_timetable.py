"""The timetable does what is asked for at once, also where it was asked for a moment too late for the run at work."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from mailbot import jobs
from mailbot.errors import StoreUnavailable
from mailbot.intake import TakenIn
from mailbot.jobs import Service
from tests.desks import Desk

LONG = 20
WITH_A_LETTER = TakenIn(1, "case_opened", letters=(("acknowledgment", "dana@broker.example"),))


@dataclass
class Work:
    """Stands in for what a job does: each run waits until it is let go, and what it then finds is next in `finds`."""

    finds: list[Any] = field(default_factory=list)
    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    runs: int = 0
    at_once: int = 0
    most_at_once: int = 0

    def run(self, *_: object) -> Any:
        self.runs += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.begun.release()
        assert self.go.acquire(timeout=LONG)
        self.at_once -= 1
        found = self.finds.pop(0) if self.finds else []
        if isinstance(found, Exception):
            raise found
        return found

    def begins(self) -> bool:
        """Wait for the next run."""
        return self.begun.acquire(timeout=LONG)


@pytest.fixture
def taking_in(small_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Work:
    work = Work()
    monkeypatch.setattr(small_desk.app.intake, "take_in_batch", work.run)
    return work


@pytest.fixture
def delivering(small_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Work:
    work = Work()
    monkeypatch.setattr(small_desk.app.dispatch, "deliver_due", work.run)
    return work


@pytest.fixture
def service(small_desk: Desk, monkeypatch: pytest.MonkeyPatch, taking_in: Work, delivering: Work) -> Iterator[Service]:
    """A service whose jobs begin by themselves once, and then only when they are asked for."""
    for every in ("TAKE_IN_EVERY", "DELIVER_EVERY", "SWEEP_EVERY", "NOTICE_EVERY"):
        monkeypatch.setattr(jobs, every, timedelta(hours=1))
    made = small_desk.app.service()
    made.start()
    yield made
    for work in (taking_in, delivering):
        work.go.release(100)
    made.stop()


def test_mail_that_comes_as_the_intake_ends_its_look_is_taken_in_at_once(service: Service, taking_in: Work) -> None:
    assert taking_in.begins()
    service._timetable.mail_came()
    taking_in.go.release()
    assert taking_in.begins()


def test_mail_that_comes_while_nothing_is_done_is_taken_in_at_once(service: Service, taking_in: Work) -> None:
    assert taking_in.begins()
    for _ in range(3):
        taking_in.go.release()
        service._timetable.mail_came()
        assert taking_in.begins()


def test_who_asks_often_while_a_job_works_has_it_done_once_more(
    service: Service, taking_in: Work, delivering: Work
) -> None:
    delivering.go.release()
    assert taking_in.begins()
    for _ in range(5):
        service._timetable.mail_came()
    taking_in.go.release(2)
    assert taking_in.begins()
    assert service.stop() == ()
    assert (taking_in.runs, taking_in.most_at_once) == (2, 1)


def test_letters_are_sent_while_more_mail_is_taken_in(service: Service, taking_in: Work, delivering: Work) -> None:
    taking_in.finds += [[WITH_A_LETTER]]
    assert delivering.begins()
    delivering.go.release()
    assert taking_in.begins()
    taking_in.go.release()
    assert taking_in.begins()  # the next batch, which does not end before the letter goes out
    assert delivering.begins()


def test_letters_of_a_batch_that_ends_while_others_are_sent_are_sent_next(
    service: Service, taking_in: Work, delivering: Work
) -> None:
    taking_in.finds += [[WITH_A_LETTER]]
    assert delivering.begins()
    assert taking_in.begins()
    taking_in.go.release()
    assert taking_in.begins()
    delivering.go.release()
    assert delivering.begins()
    assert delivering.most_at_once == 1


def test_a_job_that_failed_is_done_again_where_it_was_asked_for(service: Service, taking_in: Work) -> None:
    taking_in.finds += [StoreUnavailable("the database did not answer")]
    assert taking_in.begins()
    service._timetable.mail_came()
    taking_in.go.release()
    assert taking_in.begins()


def test_a_service_that_stops_does_nothing_again(service: Service, taking_in: Work, delivering: Work) -> None:
    assert taking_in.begins()
    assert delivering.begins()
    service._timetable.mail_came()
    stopping = threading.Thread(target=service.stop)
    stopping.start()
    assert service._timetable._stopping.wait(LONG)
    for work in (taking_in, delivering):
        work.go.release(100)
    stopping.join(LONG)
    assert not stopping.is_alive()
    assert taking_in.runs == 1
