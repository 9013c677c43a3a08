"""A mailbox watched by the running service: news come by IDLE, trouble is waited out, and it ends when told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
import trustme

from mailbot.config import SecretText
from mailbot.ingest import imap_watch
from mailbot.ingest.imap_watch import MailboxWatch
from mailbot.ingest.imap_wire import Patience
from mailbot.store import engine
from tests.integration.imap_desk import HASTE, KEEP, ImapDesk, append, count, desk_of_dovecot, desk_of_script, mail
from tests.servers.dovecot import Dovecot, running_dovecot
from tests.servers.hostile_imap import HostileImap, running
from tests.servers.locking import locked


class Watching:
    """A desk that watches in a thread; `until` waits for a condition that each commit and each poll may bring."""

    def __init__(self, desk: ImapDesk) -> None:
        self.desk = desk
        self.heard = threading.Event()
        self.stop = threading.Event()
        self.watch = MailboxWatch(desk.reader(), self.heard.set, chance=lambda: 0.0)
        self.thread = threading.Thread(target=self.watch.run, args=(self.stop,))

    def until(self, condition: Callable[[], bool], seconds: float = 30) -> None:
        turns = int(seconds / 0.05)
        for _ in range(turns):
            if condition():
                return
            self.heard.wait(0.05)
            self.heard.clear()
        raise AssertionError("it did not come true")

    def recorded(self, number: int) -> Callable[[], bool]:
        return lambda: len(self.desk.recorded()) >= number

    def read(self) -> bool:
        """Whether a whole pass has ended well, and no failure stands since."""
        with self.desk.store.reading() as transaction:
            return any(health.succeeded_at and not health.error for health in transaction.mailboxes.health())

    def failed(self) -> bool:
        with self.desk.store.reading() as transaction:
            return any(health.error for health in transaction.mailboxes.health())


@contextmanager
def watching(desk: ImapDesk) -> Iterator[Watching]:
    watched = Watching(desk)
    watched.thread.start()
    try:
        yield watched
    finally:
        watched.stop.set()
        watched.thread.join(20)
        assert not watched.thread.is_alive()


@pytest.fixture
def user() -> str:
    return f"u{uuid4().hex[:12]}"


@pytest.fixture
def desk(dovecot: Dovecot, sqlite_url: str, user: str) -> Iterator[ImapDesk]:
    with desk_of_dovecot(sqlite_url, dovecot, user) as made:
        yield made


def test_new_mail_is_taken_by_idle_long_before_the_next_poll(desk: ImapDesk, dovecot: Dovecot, user: str) -> None:
    append(dovecot, user, mail(1))
    with watching(desk.with_mailbox(poll_seconds=1700)) as watched:
        watched.until(watched.recorded(1))
        for number in (2, 3, 4):
            append(dovecot, user, mail(number))
            watched.until(watched.recorded(number))
        watched.until(lambda: count(dovecot, user, "Processed") == 4)


def test_mail_that_comes_during_a_pass_is_not_left_until_the_next_poll(
    desk: ImapDesk, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server tells of it with the answer to another command, before IDLE begins."""
    append(dovecot, user, mail(1))
    honest = imap_watch.MailboxReader.pass_over
    late = [mail(2)]

    def slow(*given: object) -> None:
        honest(*given)  # type: ignore[arg-type]
        if late:
            append(dovecot, user, late.pop())

    monkeypatch.setattr(imap_watch.MailboxReader, "pass_over", slow)
    with watching(desk.with_mailbox(poll_seconds=1700)) as watched:
        watched.until(watched.recorded(2))


def test_without_idle_the_folder_is_polled(sqlite_url: str) -> None:
    with (
        running_dovecot("imap_capability = IMAP4rev1 UIDPLUS MOVE AUTH=PLAIN\n") as old,
        desk_of_dovecot(sqlite_url, old, "desk") as desk,
        watching(desk.with_mailbox(poll_seconds=5)) as watched,
    ):
        watched.until(watched.read)
        append(old, "desk", mail(1))
        watched.until(watched.recorded(1))


def test_where_idle_is_refused_the_folder_is_polled(sqlite_url: str, tmp_path: Path) -> None:
    server = HostileImap(trustme.CA(), mail={1: mail(1)})
    server.answers["IDLE"] = lambda server, dialogue, tag, rest: dialogue.send(f"{tag} NO not for you")
    with (
        running(server, tmp_path),
        desk_of_script(sqlite_url, server, tmp_path) as desk,
        watching(desk.with_mailbox(poll_seconds=5)) as watched,
    ):
        watched.until(watched.recorded(1))
        server.mail[2] = mail(2)
        watched.until(watched.recorded(2))
        assert server.heard().count(b"IDLE") == 1


def test_every_folder_is_polled_while_the_first_one_idles(desk: ImapDesk, dovecot: Dovecot, user: str) -> None:
    append(dovecot, user, mail(1), folder="Groups")
    with watching(desk.with_mailbox(folders=("INBOX", "Groups"), poll_seconds=5)) as watched:
        watched.until(watched.recorded(1))
        append(dovecot, user, mail(2), folder="Groups")
        watched.until(watched.recorded(2))
        append(dovecot, user, mail(3))
        watched.until(watched.recorded(3))


def test_f15_a_server_that_restarts_is_waited_for(sqlite_url: str) -> None:
    with running_dovecot() as server, desk_of_dovecot(sqlite_url, server, "desk") as desk:
        append(server, "desk", mail(1))
        with watching(desk) as watched:
            watched.until(watched.recorded(1))
            server.kill()
            watched.until(watched.failed)
            server.start()
            append(server, "desk", mail(2))
            watched.until(watched.recorded(2))
            watched.until(watched.read)


def test_f16_a_server_that_hangs_is_noticed_within_seconds(sqlite_url: str) -> None:
    with running_dovecot() as server, desk_of_dovecot(sqlite_url, server, "desk", KEEP) as desk:
        hasty = replace(desk.with_mailbox(poll_seconds=5), patience=Patience(connect=2, silence=2, answer=3, done=1))
        with watching(hasty) as watched:
            watched.until(watched.read)
            server.pause()
            try:
                watched.until(watched.failed)
            finally:
                server.resume()
            append(server, "desk", mail(1))
            watched.until(watched.recorded(1))


def test_f25_a_refused_login_is_tried_rarely(sqlite_url: str, tmp_path: Path) -> None:
    server = HostileImap(trustme.CA())
    server.answers["AUTHENTICATE"] = lambda server, dialogue, tag, rest: dialogue.send(
        f"{tag} NO [AUTHENTICATIONFAILED] no"
    )
    pauses = []
    with running(server, tmp_path), desk_of_script(sqlite_url, server, tmp_path) as desk:
        watch = MailboxWatch(desk.reader(), lambda: None, chance=lambda: 0.0)
        pauses = [watch._turn(threading.Event()) for _ in range(7)]
    assert pauses == [30.0, 60.0, 120.0, 240.0, 480.0, 900.0, 900.0]


def test_f15_after_trouble_the_waits_grow_and_are_spread(desk: ImapDesk) -> None:
    closed = replace(desk.with_mailbox(port=1), patience=HASTE)
    chances = iter([0.0, 0.9, 0.5])
    watch = MailboxWatch(closed.reader(), lambda: None, chance=lambda: next(chances))
    assert [watch._turn(threading.Event()) for _ in range(3)] == [0.5, 1.9, 3.0]


def test_f21_while_another_process_reads_the_mailbox_it_is_left_alone(desk: ImapDesk) -> None:
    with desk.reader().lease():
        watch = MailboxWatch(desk.with_mailbox(poll_seconds=77).reader(), lambda: None)
        assert watch._turn(threading.Event()) == 77


def test_two_mailboxes_are_watched_at_once(dovecot: Dovecot, sqlite_url: str, user: str) -> None:
    other = f"{user}b"
    with desk_of_dovecot(sqlite_url, dovecot, user) as desk:
        second = desk.with_mailbox(name="groups", user=other)
        with watching(desk) as first_watched, watching(second) as second_watched:
            append(dovecot, user, mail(1))
            append(dovecot, other, mail(2))
            first_watched.until(lambda: sorted(desk.recorded()) == [mail(1), mail(2)])
            assert second_watched.thread.is_alive()


def test_a_broken_store_is_waited_out(desk: ImapDesk, dovecot: Dovecot, user: str) -> None:
    append(dovecot, user, mail(1))
    watch = MailboxWatch(desk.reader(), lambda: None, chance=lambda: 0.0)
    honest = desk.store._writers
    desk.store._writers = desk.store._readers.execution_options(write=False)
    with desk.store._readers.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE mailboxes RENAME TO away")
    assert watch._turn(threading.Event()) == 0.5
    with desk.store._readers.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO mailboxes")
    desk.store._writers = honest
    assert desk.poll().new == 1


def test_a_wrong_password_is_told_in_the_health(desk: ImapDesk) -> None:
    with watching(desk.with_mailbox(password=SecretText("wrong"))) as watched:
        watched.until(watched.failed)


def test_f21_a_database_that_was_locked_is_waited_for_and_told_of_in_the_mailbox_s_health(
    dovecot: Dovecot, sqlite_url: str, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is locked nothing can be written down; afterwards staff can see that the mail came late, and why."""
    monkeypatch.setattr(engine, "LOCK_TIMEOUT_MS", 100)
    with desk_of_dovecot(sqlite_url, dovecot, user) as desk, watching(desk) as watched:
        watched.until(watched.read)
        with locked(sqlite_url):
            append(dovecot, user, mail(1))
            watched.until(lambda: "locked" in watched.watch._store_trouble)
        watched.until(watched.recorded(1))
        watched.until(watched.read)
        with desk.store.reading() as transaction:
            (health,) = transaction.mailboxes.health()
    assert health.failed_at
    assert health.succeeded_at
    assert health.failed_at <= health.succeeded_at
