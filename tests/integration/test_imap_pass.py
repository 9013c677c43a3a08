"""Reading real mailboxes on Dovecot: everything is recorded once, whatever people and servers do meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from mailbot.config import After, AfterAction, SecretText, Security
from mailbot.ingest import imap_session
from mailbot.ingest.imap_trouble import LoginRefused
from tests.integration.imap_desk import (
    KEEP,
    SEEN,
    ImapDesk,
    append,
    closed_port,
    count,
    desk_of_dovecot,
    mail,
    store_at,
)
from tests.servers.dovecot import PASSWORD, Dovecot, running_dovecot


@pytest.fixture
def user() -> str:
    return f"u{uuid4().hex[:12]}"


@pytest.fixture
def desk(dovecot: Dovecot, sqlite_url: str, user: str) -> Iterator[ImapDesk]:
    with desk_of_dovecot(sqlite_url, dovecot, user) as made:
        yield made


def test_what_is_in_the_folder_is_recorded_and_then_moved(dovecot: Dovecot, database_url: str, user: str) -> None:
    mails = [mail(number) for number in range(120)]
    append(dovecot, user, *mails)
    with desk_of_dovecot(database_url, dovecot, user) as desk:
        assert desk.poll().new == 120
        assert desk.poll().new == 0
        assert desk.recorded() == mails
        assert (count(dovecot, user), count(dovecot, user, "Processed")) == (0, 120)


def test_keep_touches_nothing(desk: ImapDesk, dovecot: Dovecot, user: str) -> None:
    append(dovecot, user, mail(1), mail(2))
    keeping = desk.with_mailbox(after=KEEP)
    assert [keeping.poll().new for _ in range(2)] == [2, 0]
    with dovecot.client(user) as client:
        client.select_folder("INBOX", readonly=True)
        told = client.get_flags([1, 2])
    assert told == {1: (b"\\Recent",), 2: (b"\\Recent",)}


def test_flag_sets_the_flag_and_moves_nothing(desk: ImapDesk, dovecot: Dovecot, user: str) -> None:
    append(dovecot, user, mail(1))
    flagging = desk.with_mailbox(after=SEEN)
    assert [flagging.poll().new for _ in range(2)] == [1, 0]
    with dovecot.client(user) as client:
        client.select_folder("INBOX", readonly=True)
        assert b"\\Seen" in client.get_flags([1])[1]


def test_a_keyword_can_be_the_flag(desk: ImapDesk, dovecot: Dovecot, user: str) -> None:
    append(dovecot, user, mail(1))
    assert desk.with_mailbox(after=After(AfterAction.FLAG, "$Taken")).poll().new == 1
    with dovecot.client(user) as client:
        client.select_folder("INBOX", readonly=True)
        assert client.search(["KEYWORD", "$Taken"]) == [1]


def test_without_move_the_message_is_copied_and_expunged_alone(sqlite_url: str) -> None:
    """A message that a person marked as deleted is not expunged by us."""
    with running_dovecot("imap_capability = IMAP4rev1 UIDPLUS IDLE AUTH=PLAIN\n") as old:
        user = "desk"
        append(old, user, mail(1), mail(2))
        with desk_of_dovecot(sqlite_url, old, user) as desk:
            assert desk.poll().new == 2
            append(old, user, mail(3))
            with old.client(user) as client:
                client.select_folder("INBOX")
                client.append("INBOX", mail(4), flags=[b"\\Deleted"])
            assert desk.poll().new == 2
        assert (count(old, user), count(old, user, "Processed")) == (0, 4)


def test_without_move_and_uidplus_nothing_is_expunged(sqlite_url: str) -> None:
    with running_dovecot("imap_capability = IMAP4rev1 AUTH=PLAIN\n") as older:
        user = "desk"
        append(older, user, mail(1))
        with desk_of_dovecot(sqlite_url, older, user) as desk:
            assert [desk.poll().new for _ in range(2)] == [1, 0]
        with older.client(user) as client:
            client.select_folder("INBOX", readonly=True)
            assert b"\\Deleted" in client.get_flags([1])[1]
        assert count(older, user, "Processed") == 1


def test_starttls_reads_the_same(desk: ImapDesk, dovecot: Dovecot, user: str) -> None:
    append(dovecot, user, mail(1))
    assert desk.with_mailbox(port=dovecot.starttls_port, security=Security.STARTTLS).poll().new == 1


def test_pain_02_each_folder_has_a_state_of_its_own(desk: ImapDesk, dovecot: Dovecot, user: str) -> None:
    append(dovecot, user, *(mail(number) for number in range(9)))
    append(dovecot, user, mail(50), mail(51), folder="Groups.Größe & \N{SNOWMAN}")
    both = desk.with_mailbox(folders=("INBOX", "Groups.Größe & \N{SNOWMAN}"), after=KEEP)
    assert both.poll().new == 11
    append(dovecot, user, mail(52), folder="Groups.Größe & \N{SNOWMAN}")
    assert both.poll().new == 1


def test_a_missing_folder_is_told_and_the_others_are_read(desk: ImapDesk, dovecot: Dovecot, user: str) -> None:
    append(dovecot, user, mail(1))
    result = desk.with_mailbox(folders=("Nowhere", "INBOX")).poll()
    assert (result.new, result.drained) == (1, False)
    assert result.error == "folder Nowhere: localhost refused SELECT"


def test_the_first_connection_takes_nothing_older_than_since(desk: ImapDesk, dovecot: Dovecot, user: str) -> None:
    last_second = datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)
    append(dovecot, user, mail(1), at=last_second - timedelta(days=300))
    append(dovecot, user, mail(2), at=last_second)
    append(dovecot, user, mail(3), at=last_second + timedelta(seconds=1))
    since = desk.with_mailbox(since=date(2026, 11, 1))
    result = since.poll()
    assert (result.new, result.drained) == (1, True)
    append(dovecot, user, mail(4), at=last_second - timedelta(days=300))
    assert since.poll().new == 1, "an old mail that somebody drags here later is meant to be taken in"
    assert desk.with_mailbox(since=date(2020, 1, 1)).poll().new == 0, "the cut-off of the first connection stays"
    assert desk.recorded() == [mail(3), mail(4)]
    assert count(dovecot, user) == 2


def test_mail_older_than_a_day_gets_no_letter(desk: ImapDesk, dovecot: Dovecot, user: str) -> None:
    now = desk.store.now()
    append(dovecot, user, mail(1), at=now - timedelta(hours=25))
    append(dovecot, user, mail(2), at=now - timedelta(hours=23))
    desk.poll()
    with desk.store.writing() as transaction:
        taken = transaction.arrivals.take(10, "test", timedelta(minutes=1))
    assert [each.silent for each in taken] == [True, False]
    assert taken[1].received_at == (now - timedelta(hours=23)).replace(microsecond=0)
    assert taken[1].source == "imap:enrollment"


def test_a_mail_from_the_future_came_in_now(desk: ImapDesk, dovecot: Dovecot, user: str) -> None:
    append(dovecot, user, mail(1), at=desk.store.now() + timedelta(days=30))
    desk.poll()
    with desk.store.reading() as transaction:
        [row] = transaction.arrivals.listed(None)
    assert row.received_at <= desk.store.now()


def test_a_mail_above_the_limit_is_held_with_its_header_and_stays(desk: ImapDesk, dovecot: Dovecot, user: str) -> None:
    append(dovecot, user, mail(1), mail(2, "x" * 1_100_000), mail(3))
    result = desk.with_mailbox(max_message_mb=1).poll()
    assert (result.new, result.drained) == (3, True)
    [reason] = desk.held()
    assert reason.startswith("too big: 1 MB, and max_message_mb of mailbox enrollment is 1")
    assert mail(2).partition(b"\r\n\r\n")[0] + b"\r\n\r\n" in desk.recorded()
    assert (count(dovecot, user), count(dovecot, user, "Processed")) == (1, 2)


def test_a_folder_is_drained_up_to_uidnext_when_all_below_is_recorded(
    desk: ImapDesk, dovecot: Dovecot, user: str
) -> None:
    append(dovecot, user, mail(1), mail(2))
    before = desk.store.now()
    assert desk.poll().drained
    with desk.store.reading() as transaction:
        [fact] = transaction.mailboxes.drained_facts()
    assert (fact.account, fact.folder, fact.up_to) == (f"{user}@localhost", "INBOX", 3)
    assert before <= fact.at <= desk.store.now()


def test_a_poll_that_fails_leaves_the_drained_fact_as_it_was(desk: ImapDesk, dovecot: Dovecot, user: str) -> None:
    append(dovecot, user, mail(1))
    desk.poll()
    with desk.store.reading() as transaction:
        before = transaction.mailboxes.drained_facts()
    assert desk.with_mailbox(port=closed_port()).poll().error
    with desk.store.reading() as transaction:
        assert transaction.mailboxes.drained_facts() == before
        [health] = transaction.mailboxes.health()
    assert health.failures == 1
    assert health.error == "localhost cannot be reached (ConnectionRefusedError): check `host` and `port`"
    assert desk.poll().drained
    with desk.store.reading() as transaction:
        assert [row.failures for row in transaction.mailboxes.health()] == [0]


def test_windows_leave_no_message_out(
    desk: ImapDesk, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same with a window of 7 messages as with one window, also where UIDs have gaps."""
    monkeypatch.setattr(imap_session, "WINDOW", 7)
    append(dovecot, user, *(mail(number) for number in range(60)))
    with dovecot.client(user) as client:
        client.select_folder("INBOX")
        client.delete_messages(list(range(1, 60, 3)))
        client.expunge()
    assert desk.with_mailbox(after=KEEP).poll().new == 40
    append(dovecot, user, *(mail(number) for number in range(60, 90)))
    assert desk.with_mailbox(after=KEEP).poll().new == 30


@pytest.mark.parametrize("window", [1, 7, 59, 60, 61])
def test_windows_leave_no_message_out_while_messages_are_moved_away(
    desk: ImapDesk, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    monkeypatch.setattr(imap_session, "WINDOW", window)
    append(dovecot, user, *(mail(number) for number in range(60)))
    assert desk.poll().new == 60
    assert count(dovecot, user, "Processed") == 60


def test_a_shared_mailbox_is_read_with_the_login_of_somebody_else(sqlite_url: str) -> None:
    master = """
passdb {
  driver = static
  master = yes
  args = password=PASSWORD
}
"""
    with running_dovecot(master.replace("PASSWORD", PASSWORD)) as server:
        owner, helper = "shared", "helper"
        append(server, owner, mail(1))
        with desk_of_dovecot(sqlite_url, server, helper) as desk:
            assert desk.with_mailbox(mailbox_user=owner).poll().new == 1
            with desk.store.reading() as transaction:
                [fact] = transaction.mailboxes.drained_facts()
        assert fact.account == "shared@localhost"


def test_a_refused_login_names_the_remedy(desk: ImapDesk, tmp_path: Path) -> None:
    assert "password" in str(desk.with_mailbox(password=SecretText("wrong")).poll().error)
    assert LoginRefused("x").exit_status == 75
    with store_at(f"sqlite:///{tmp_path}/other.db") as store, store.reading() as transaction:
        assert transaction.mailboxes.health() == []
