"""A service that is told to stop says what did not end in time, and what becomes of it, each thing in its own words."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from mailbot import jobs
from mailbot.errors import StoreUnavailable
from mailbot.ingest.imap_watch import Watches
from mailbot.jobs import UNFINISHED, Service
from tests.desks import Desk


@dataclass
class Hanging:
    """Stands in for a mailbox whose server does not answer."""

    name: str = "enrollment"
    begun: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)

    def run(self, stop: threading.Event) -> None:
        self.begun.set()
        self.let_go.wait(60)

    def hang(self, *_: object) -> list[object]:
        """The same as a job."""
        self.run(threading.Event())
        return []


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    made = Hanging()
    yield made
    made.let_go.set()


@pytest.fixture
def service(small_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setattr(jobs, "STOP_WITHIN", timedelta(seconds=0.4))
    return small_desk.app.service()


def test_a_service_that_ended_has_nothing_to_say(service: Service) -> None:
    service.start()
    assert service.stop() == ()


def test_a_mailbox_whose_server_hangs_is_named(service: Service, hanging: Hanging) -> None:
    service._watches = Watches([hanging])  # type: ignore[list-item]
    service.start()
    assert hanging.begun.wait(20)
    (told,) = service.stop()
    assert told == "mailbox enrollment still waited for its server; what was not recorded is fetched again."


@pytest.mark.parametrize(
    ("job", "where"),
    [
        ("deliver", lambda desk: (desk.app.dispatch, "deliver_due")),
        ("take_in", lambda desk: (desk.app.intake, "take_in_all")),
        ("sweep", lambda desk: (desk.app.timekeeper, "sweep")),
    ],
)
def test_a_job_that_hangs_is_told_as_what_it_is(
    small_desk: Desk,
    service: Service,
    hanging: Hanging,
    monkeypatch: pytest.MonkeyPatch,
    job: str,
    where: Callable[[Desk], tuple[object, str]],
) -> None:
    monkeypatch.setattr(*where(small_desk), hanging.hang)
    service.start()
    assert hanging.begun.wait(20)
    assert service.stop() == (UNFINISHED[job],)


def test_a_job_that_failed_does_not_count_as_running(
    small_desk: Desk, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = threading.Event()

    def fails(*_: object) -> None:
        tried.set()
        raise StoreUnavailable("the database did not answer")

    monkeypatch.setattr(small_desk.app.intake, "take_in_all", fails)
    service.start()
    assert tried.wait(20)
    assert service.stop() == ()
