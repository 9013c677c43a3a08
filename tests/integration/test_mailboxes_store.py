"""The state of mailboxes in both databases: leases, lives of folders, drained facts, the silence alarm."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from mailbot.clock import SetClock
from mailbot.config import Mailbox
from mailbot.ingest.imap_watch import SilenceAlarm
from mailbot.store.mailbox_words import MailboxLease, UidRow, UidState
from mailbot.store.mailboxes import LEASE
from mailbot.store.unit_of_work import Store
from tests.integration.imap_desk import store_at

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
ACCOUNT = "enrollment@imap.desk.example"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def store(database_url: str, clock: SetClock) -> Iterator[Store]:
    with store_at(database_url, clock) as opened:
        yield opened


def acquired(store: Store, owner: str, ended: frozenset[str] = frozenset()) -> MailboxLease | None:
    with store.writing() as transaction:
        return transaction.mailboxes.acquire(ACCOUNT, "enrollment", owner, ended.__contains__)


def test_f21_a_lease_is_held_until_it_ends_and_its_number_only_grows(store: Store, clock: SetClock) -> None:
    first = acquired(store, "one")
    assert first
    assert acquired(store, "two") is None
    clock.advance(LEASE)
    second = acquired(store, "two")
    assert second
    assert second.fence > first.fence
    with store.writing() as transaction:
        transaction.mailboxes.release(first)
    assert acquired(store, "three") is None, "a lease that was lost frees nothing"


def test_f21_the_lease_of_a_process_that_has_ended_is_free_at_once(store: Store) -> None:
    assert acquired(store, "dead")
    assert acquired(store, "two", ended=frozenset({"dead"}))


def test_f41_a_lease_from_a_clock_that_was_far_ahead_does_not_count(store: Store, clock: SetClock) -> None:
    clock.advance(timedelta(days=30))
    assert acquired(store, "one")
    clock.advance(timedelta(days=-30))
    assert acquired(store, "two")


def test_f17_the_cut_off_of_the_first_life_holds_for_the_next(store: Store) -> None:
    lease = acquired(store, "one")
    assert lease
    with store.writing() as transaction:
        first = transaction.mailboxes.epoch(lease, ("INBOX", 7, 100), NOW)
        again = transaction.mailboxes.epoch(lease, ("INBOX", 7, 120), None)
        second = transaction.mailboxes.epoch(lease, ("INBOX", 8, 50), None)
    assert (first.cut_off, first.cut_below, first.renewed) == (NOW, 100, False)
    assert (again.cut_below, again.renewed) == (100, False)
    assert (second.cut_off, second.cut_below, second.renewed) == (NOW, 50, True)


def test_only_the_present_life_of_a_folder_counts_as_drained(store: Store, clock: SetClock) -> None:
    lease = acquired(store, "one")
    assert lease
    with store.writing() as transaction:
        first = transaction.mailboxes.epoch(lease, ("INBOX", 7, 100), None)
        transaction.mailboxes.drained(first.folder_id, 100, NOW)
    clock.advance(timedelta(minutes=1))
    with store.writing() as transaction:
        assert [fact.uidvalidity for fact in transaction.mailboxes.drained_facts()] == [7]
        transaction.mailboxes.epoch(lease, ("INBOX", 8, 50), None)
        assert transaction.mailboxes.drained_facts() == []


def test_what_is_open_is_found_again_below_the_drained_mark(store: Store) -> None:
    lease = acquired(store, "one")
    assert lease
    with store.writing() as transaction:
        epoch = transaction.mailboxes.epoch(lease, ("INBOX", 7, 100), None)
        rows = [UidRow(uid, UidState.RECORDED if uid == 40 else UidState.SETTLED) for uid in range(1, 100)]
        transaction.mailboxes.note(epoch.folder_id, rows)
        transaction.mailboxes.drained(epoch.folder_id, 100, NOW)
        assert transaction.mailboxes.epoch(lease, ("INBOX", 7, 100), None).open_from == 40
        transaction.mailboxes.settle(epoch.folder_id, [40])
        assert transaction.mailboxes.epoch(lease, ("INBOX", 7, 100), None).open_from is None
        known = transaction.mailboxes.known(epoch.folder_id, 39, 42)
    assert {uid: row.state for uid, row in known.items()} == dict.fromkeys((39, 40, 41), UidState.SETTLED)


def test_pain_10_the_silence_of_a_mailbox_is_told_once_and_its_end_too(
    store: Store, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    lease = acquired(store, "one")
    assert lease
    alarm = SilenceAlarm(store, (Mailbox(name="enrollment", host="imap.desk.example", user="enrollment"),))
    with store.writing() as transaction:
        transaction.mailboxes.succeeded(lease, waiting=0)
    alarm.look()
    assert caplog.messages == []
    clock.advance(timedelta(minutes=16))
    with store.writing() as transaction:
        transaction.mailboxes.failed(lease, "it cannot be reached")
    alarm.look()
    alarm.look()
    assert caplog.messages == ["mailbox enrollment: nothing could be read for 16 minutes: it cannot be reached"]
    assert caplog.records[0].levelno == logging.ERROR
    with store.writing() as transaction:
        transaction.mailboxes.succeeded(lease, waiting=0)
    alarm.look()
    assert caplog.messages[1:] == ["mailbox enrollment is read again"]
