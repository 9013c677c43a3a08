"""A reader that is killed, stopped or overtaken has one effect at most, and none that is late."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from mailbot.clock import SetClock, SystemClock
from mailbot.errors import StoreBusy, StoreUnavailable
from mailbot.ingest import imap_folder, imap_take
from mailbot.ingest.imap_take import Reading, Taker
from mailbot.store import engine
from mailbot.store.mailboxes import LEASE, MailboxLeaseLost
from mailbot.store.sealing import read_key_file
from mailbot.store.unit_of_work import open_store
from tests.integration.imap_desk import ImapDesk, append, count, desk_of_dovecot, mail
from tests.integration.imap_process import Process
from tests.servers.dovecot import Dovecot


@pytest.fixture
def user() -> str:
    return f"u{uuid4().hex[:12]}"


@pytest.fixture
def desk(dovecot: Dovecot, sqlite_url: str, user: str) -> Iterator[ImapDesk]:
    with desk_of_dovecot(sqlite_url, dovecot, user) as made:
        yield made


@pytest.fixture
def process(tmp_path: Path, database_url: str, dovecot: Dovecot, user: str) -> Process:
    return Process(tmp_path, database_url, dovecot, user)


MAILS = [mail(number) for number in range(5)]


def killed_and_again(process: Process, failpoint: str) -> dict[str, Any]:
    append(process.dovecot, process.user, *MAILS)
    assert process.run(failpoint) == {}
    result = process.run()
    assert result["drained"]
    assert process.recorded() == MAILS
    assert count(process.dovecot, process.user) == 0
    assert count(process.dovecot, process.user, "Processed") == len(MAILS)
    return result


def test_f01_killed_after_fetch_the_mail_is_fetched_again_and_stored_once(process: Process) -> None:
    assert killed_and_again(process, "imap.before_record:kill:1")["new"] == len(MAILS)


def test_f02_killed_after_the_commit_the_mail_is_moved_later_with_no_second_effect(process: Process) -> None:
    assert killed_and_again(process, "imap.after_record:kill:1")["new"] == 0


def test_f03_killed_after_the_move_the_mail_is_there_to_be_worked_on(process: Process) -> None:
    assert killed_and_again(process, "imap.after_mark:kill:1")["new"] == 0


def test_pain_01_a_failure_before_the_commit_marks_nothing(
    desk: ImapDesk, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(dovecot, user, *MAILS)

    def broken(*_: object) -> None:
        raise StoreUnavailable("the database did not answer")

    with monkeypatch.context() as patched:
        patched.setattr(imap_take.Taker, "_arrival", broken)
        with pytest.raises(StoreUnavailable):
            desk.poll()
    assert count(dovecot, user) == len(MAILS)
    with dovecot.client(user) as client:
        client.select_folder("INBOX", readonly=True)
        assert client.search(["UNSEEN"]) == [1, 2, 3, 4, 5]
    assert desk.poll().new == len(MAILS)


def test_f21_a_second_poller_leaves_the_mailbox_to_the_first(desk: ImapDesk, dovecot: Dovecot, user: str) -> None:
    append(dovecot, user, *MAILS)
    with desk.reader().lease() as first:
        assert first
        with desk.store.writing() as transaction:
            other = transaction.mailboxes.acquire(
                desk.mailbox.account, "enrollment", "elsewhere/1/2/3", lambda _: False
            )
        assert other is None
        assert desk.poll().busy
    assert desk.poll().new == len(MAILS)


def test_f21_a_reader_that_was_overtaken_writes_nothing_any_more(
    desk: ImapDesk, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands still between its FETCH and its commit for longer than its lease; somebody else reads meanwhile."""
    append(dovecot, user, *MAILS)
    late = SetClock(SystemClock().now())
    other = replace(desk, store=type(desk.store)(desk.store._readers, desk.store.sealer, late))
    late.advance(2 * LEASE - timedelta(minutes=1))
    honest = Taker._record
    results = []

    def standing_still(taker: Taker, *given: Any) -> list[int]:
        monkeypatch.setattr(Taker, "_record", honest)
        results.append(other.poll())
        return honest(taker, *given)

    monkeypatch.setattr(Taker, "_record", standing_still)
    result = desk.poll()
    assert results[0].new == len(MAILS)
    assert (result.busy, result.new) == (True, 0)
    assert desk.recorded() == MAILS
    assert count(dovecot, user, "Processed") == len(MAILS)


@pytest.mark.parametrize("operation", ["settle", "note", "alarm", "drained"])
def test_f21_the_fencing_number_refuses_every_late_write(desk: ImapDesk, operation: str) -> None:
    with desk.reader().lease() as lease:
        assert lease
        with desk.store.writing() as transaction:
            transaction.mailboxes.release(lease)
            new = transaction.mailboxes.acquire(desk.mailbox.account, "enrollment", "elsewhere", lambda _: False)
        assert new
        assert new.fence == lease.fence + 1
        session = desk.reader().open_session()
        reading = Reading(desk.store, desk.mailbox, session, lease, lambda header: False, imap_take.Tally())
        with pytest.raises(MailboxLeaseLost), desk.store.writing() as transaction:
            if operation == "alarm":
                transaction.mailboxes.alarm(lease, "late")
            else:
                transaction.mailboxes.renew(lease)
        with pytest.raises(MailboxLeaseLost):
            imap_folder.read_folder(reading, imap_folder.FolderTurn("INBOX"), 10)
        session.close()


#: More than one batch, so that the process that stands still has work left.
MANY = [mail(number) for number in range(60)]


def lease_runs_out(process: Process) -> None:
    """The moment after the lease of whoever reads the mailbox now. StoreUnavailable while its row is locked."""
    later = SetClock(SystemClock().now() + LEASE)
    store = open_store(process.url, read_key_file(process.folder / "key"), later)
    try:
        with store.writing() as transaction:
            lease = transaction.mailboxes.acquire(f"{process.user}@localhost", "enrollment", "test", lambda _: True)
            assert lease
            transaction.mailboxes.release(lease)
    finally:
        store.close()


def continued(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What a process that stood still tells in the end; nothing when it failed."""
    process.send_signal(signal.SIGCONT)
    told, _ = process.communicate(timeout=60)
    result: dict[str, Any] = json.loads(told) if told else {}
    return result


def all_once(process: Process) -> bool:
    there = count(process.dovecot, process.user), count(process.dovecot, process.user, "Processed")
    return sorted(process.recorded()) == sorted(MANY) and there == (0, len(MANY))


@pytest.mark.parametrize("failpoint", ["imap.before_record", "imap.after_record"])
def test_f21_a_process_that_was_stopped_past_its_lease_has_no_second_effect(process: Process, failpoint: str) -> None:
    """It stands still between two units of work, with mail in its hands, and goes on after another has done it all."""
    append(process.dovecot, process.user, *MANY)
    with process.stopped_at(failpoint) as first:
        lease_runs_out(process)
        second = process.run()
        assert second["drained"]
        assert all_once(process)
        assert continued(first)["busy"]
    assert all_once(process)


def test_f21_a_process_that_was_stopped_in_mid_transaction_loses_it_on_postgresql(
    tmp_path: Path, postgresql_url: str, dovecot: Dovecot, user: str
) -> None:
    """The server ends its session, so that the row it had locked is free again; what it had written is undone."""
    process = Process(tmp_path, postgresql_url, dovecot, user)
    process.give(url=f"{postgresql_url}&options=-c%20idle_in_transaction_session_timeout%3D2s")
    append(dovecot, user, *MANY)
    with process.stopped_at("imap.in_record") as first:
        lease_runs_out(process)  # waits for the row, but not for ever
        process.give(url=postgresql_url)
        second = process.run()
        assert (second["drained"], second["new"]) == (True, len(MANY))
        assert continued(first) == {}
        assert first.returncode == 1
    assert all_once(process)


def test_f21_a_process_that_was_stopped_in_mid_transaction_makes_others_try_later_on_sqlite(
    tmp_path: Path, sqlite_url: str, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can take its lock away; nobody waits for it without end either, and it does its work when it goes on."""
    monkeypatch.setattr(engine, "LOCK_TIMEOUT_MS", 100)
    process = Process(tmp_path, sqlite_url, dovecot, user)
    append(dovecot, user, *MANY)
    with process.stopped_at("imap.in_record") as first:
        with pytest.raises(StoreBusy, match="tried again"):
            lease_runs_out(process)
        assert continued(first)["new"] == len(MANY)
    assert process.run()["new"] == 0
    assert all_once(process)
