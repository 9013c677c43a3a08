"""A service that is told to stop says what did not end in time, and what becomes of it, each thing in its own words."""

from __future__ import annotations

import subprocess
import sys
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
def service(small_desk: Desk) -> Service:
    return small_desk.app.service()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for what will not end."""
    monkeypatch.setattr(jobs, "STOP_WITHIN", timedelta(seconds=0.4))


def test_a_service_that_ended_has_nothing_to_say(service: Service) -> None:
    service.start()
    assert service.stop() == ()


@pytest.mark.usefixtures("hurried")
def test_a_mailbox_whose_server_hangs_is_named(service: Service, hanging: Hanging) -> None:
    service._watches = Watches([hanging])  # type: ignore[list-item]
    service.start()
    assert hanging.begun.wait(20)
    told = "mailbox enrollment still waited for its server; what was not recorded is fetched again."
    assert told in service.stop()


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(
    ("job", "where"),
    [
        ("deliver", lambda desk: (desk.app.dispatch, "deliver_due")),
        ("take_in", lambda desk: (desk.app.intake, "take_in_batch")),
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
    assert UNFINISHED[job] in service.stop()


def test_a_job_that_failed_does_not_count_as_running(
    small_desk: Desk, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = threading.Event()

    def fails(*_: object) -> None:
        tried.set()
        raise StoreUnavailable("the database did not answer")

    monkeypatch.setattr(small_desk.app.intake, "take_in_batch", fails)
    service.start()
    assert tried.wait(20)
    assert service.stop() == ()


def test_the_timetable_begins_with_what_is_to_be_done_once(service: Service) -> None:
    begun = threading.Event()
    service._timetable.begin_with("another", begun.set)
    service.start()
    assert begun.wait(20)
    assert service.stop() == ()


def test_nobody_waits_at_the_end_for_what_was_still_being_loaded(service: Service, hanging: Hanging) -> None:
    service._timetable.begin_with("another", hanging.hang)
    service.start()
    assert hanging.begun.wait(20)
    assert service.stop() == ()


def test_the_app_is_open_before_what_the_first_mail_needs_is_loaded(small_desk: Desk) -> None:
    run = (
        "import sys\n"
        "from mailbot.cli.opening import opened_app\n"
        "from pathlib import Path\n"
        "late = {'numpy', 'holidays', 'mailbot.classify.network'}\n"
        f"with opened_app(Path({str(small_desk.config_file)!r}), None) as app:\n"
        "    assert not late & set(sys.modules)\n"
        "    app.get_ready()\n"
        "    assert late <= set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
