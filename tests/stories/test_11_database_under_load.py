"""The database goes away in the middle of the work, or its disk is full: mail waits, and nothing is lost."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailbot.clock import SystemClock
from mailbot.store.engine import migrate
from tests.crashes.forked import forked
from tests.crashes.invariants import Evidence, broken
from tests.crashes.matrix import Crash, Drill
from tests.desks import Desk
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import postgres_server
from tests.servers.smtp_sink import Sink, smtp_sink


@pytest.fixture
def folder() -> Iterator[Path]:
    """With a path that is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="mb-") as name:
        yield Path(name)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink() as running:
        yield running


def kept(drill: Drill, desk: Desk, interruptions: int) -> list[str]:
    """The promises that were broken; a try may have been lost at each interruption."""
    unsure = sum(letter.attempts > 1 for letter in desk.letters())
    evidence = Evidence(desk, drill.sink, drill.mails, drill.senders, interruptions, unsure)
    return [sentence for sentence in broken(evidence) if "traceback" not in sentence]


def test_f46_postgresql_is_restarted_under_load(folder: Path, sink: Sink, dovecot: Dovecot) -> None:
    """Each time as after a crash, while mail comes in; the service stays up and finishes everything by itself."""
    with postgres_server(durable=True) as server:
        url = server.url(server.create("desk"))
        migrate(url)
        drill = Drill(folder, url, Crash("smtp", "(none)"), sink, dovecot)
        now = SystemClock().now()
        with drill.reopened() as desk, forked(drill.config, now) as running:
            drill.interrupted(desk, running, server.restart)
            assert not drill.waiting
        with drill.reopened() as desk, forked(drill.config, now + timedelta(hours=1)) as running:
            drill.interrupted(desk, running, lambda: None)
            assert kept(drill, desk, len(drill.mails)) == []


def test_f45_a_disk_that_is_full_turns_mail_away_for_later_and_recovers_by_itself(
    folder: Path, sqlite_url: str, sink: Sink, dovecot: Dovecot
) -> None:
    """No file of the service can grow: it stays up, says 451, and with room again everything is taken once."""
    drill = Drill(folder, sqlite_url, Crash("smtp", "(none)"), sink, dovecot)
    now = SystemClock().now()
    with drill.reopened() as desk:
        with forked(drill.config, now, largest_file=1) as running:
            drill.interrupted(desk, running, lambda: None)
            assert not running.dead(0)
            assert len(drill.waiting) == len(drill.mails)
            assert desk.arrivals() == []
        with forked(drill.config, now) as running:
            drill.interrupted(desk, running, lambda: None)
        assert kept(drill, desk, 0) == []
