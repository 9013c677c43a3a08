"""Whatever breaks between the server, us and the disk: every mail is recorded once, and moved only after that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import trustme

from mailbot.clock import SetClock
from mailbot.config import SecretText
from mailbot.ingest import imap, imap_session, imap_take
from mailbot.ingest.imap_take import Taker
from mailbot.ingest.imap_wire import Patience
from mailbot.mail import Envelope
from mailbot.store.arrivals import NewArrival
from tests.integration.imap_desk import KEEP, ImapDesk, append, count, desk_of_dovecot, desk_of_script, mail
from tests.servers.dovecot import Dovecot, running_dovecot
from tests.servers.hostile_imap import Dialogue, HostileImap, polite, running


@pytest.fixture
def user() -> str:
    return f"u{uuid4().hex[:12]}"


@pytest.fixture
def desk(dovecot: Dovecot, sqlite_url: str, user: str) -> Iterator[ImapDesk]:
    with desk_of_dovecot(sqlite_url, dovecot, user) as made:
        yield made


MAILS = [mail(number) for number in range(5)]


@dataclass
class CutLink:
    """A socket that breaks after so many octets of its server; None: never."""

    server: CutServer
    link: Any

    def sendall(self, octets: bytes) -> None:
        if self.server.left is not None:
            octets, self.server.left = octets[: self.server.left], max(0, self.server.left - len(octets))
        self.link.sendall(octets)
        if self.server.left == 0:
            raise EOFError

    def __getattr__(self, name: str) -> Any:
        return getattr(self.link, name)


@dataclass
class CutServer(HostileImap):
    """A polite server whose link breaks after `left` octets."""

    left: int | None = None

    def serve(self, dialogue: Dialogue) -> None:
        dialogue.link = CutLink(self, dialogue.link)  # type: ignore[assignment]
        super().serve(dialogue)


def test_f15_the_link_may_break_at_any_octet_and_nothing_is_lost(sqlite_url: str, tmp_path: Path) -> None:
    """The server of this test sends about 1,900 octets in a pass; every 61st is the last one in its turn."""
    server = CutServer(trustme.CA())
    turns = range(0, 1_900, 61)
    with running(server, tmp_path), desk_of_script(sqlite_url, server, tmp_path) as desk:
        for turn, octets in enumerate(turns):
            server.mail = {10 * turn + uid: mail(10 * turn + uid) for uid in (1, 2, 3)}
            expected = 3 * (turn + 1)
            server.left = octets
            desk.poll()
            server.left = None
            assert desk.poll().drained
            assert server.mail == {}
            assert len(desk.recorded()) == expected
        assert len({raw for raw in desk.recorded()}) == 3 * len(turns)
    assert any(result.error for result in desk.results)


def test_f16_a_link_that_is_silently_dead_is_noticed_when_idle_ends(sqlite_url: str, tmp_path: Path) -> None:
    """The server is there for the kernel, but it answers nothing any more."""
    with running_dovecot() as server, desk_of_dovecot(sqlite_url, server, "desk") as desk:
        session = replace(desk, patience=Patience(done=1)).reader().open_session()
        session.select("INBOX", read_only=True)
        session.begin_idle()
        server.pause()
        try:
            assert session.news_within(0.1) is False
            with pytest.raises(Exception, match="did not answer the end of IDLE in time"):
                session.end_idle()
        finally:
            server.resume()
        session.close()


def test_f16_a_closed_link_is_noticed_at_once_during_idle(sqlite_url: str) -> None:
    with running_dovecot() as server, desk_of_dovecot(sqlite_url, server, "desk") as desk:
        session = desk.reader().open_session()
        session.select("INBOX", read_only=True)
        session.begin_idle()
        server.kill()
        with pytest.raises(Exception, match="broke during IDLE|cannot be reached"):
            session.news_within(60)
        session.close()


def test_f17_a_new_uidvalidity_is_read_from_the_beginning_and_taken_once(
    desk: ImapDesk, dovecot: Dovecot, user: str
) -> None:
    append(dovecot, user, *MAILS, folder="Groups")
    groups = desk.with_mailbox(folders=("Groups",), after=KEEP)
    assert groups.poll().new == len(MAILS)
    with dovecot.client(user) as client:
        client.rename_folder("Groups", "Elsewhere")
    append(dovecot, user, *MAILS, mail(99), folder="Groups")
    result = groups.poll()
    assert result.new == 1
    assert result.drained
    assert ["UIDVALIDITY" in alarm for alarm in result.alarms] == [True]
    with desk.store.reading() as transaction:
        [fact] = transaction.mailboxes.drained_facts()
        [health] = transaction.mailboxes.health()
    assert fact.up_to == 7
    assert health.alarm == result.alarms[0]
    assert groups.poll().alarms == ()


def test_f17_pain_03_a_lost_index_renumbers_and_nothing_is_taken_twice(sqlite_url: str) -> None:
    with running_dovecot() as server, desk_of_dovecot(sqlite_url, server, "desk", KEEP) as desk:
        append(server, "desk", *MAILS)
        assert desk.poll().new == len(MAILS)
        server.stop()
        for index in server.maildir("desk").glob("dovecot*"):
            index.unlink()
        server.start()
        result = desk.poll()
        assert (result.new, result.drained) == (0, True)
        assert result.alarms


def test_f17_without_uidvalidity_nothing_is_read_and_nothing_is_touched(sqlite_url: str, tmp_path: Path) -> None:
    server = HostileImap(trustme.CA(), uidvalidity=None, mail={1: mail(1)})
    with running(server, tmp_path), desk_of_script(sqlite_url, server, tmp_path) as desk:
        result = desk.poll()
        assert (result.new, result.drained) == (0, False)
        assert "UIDVALIDITY" in str(result.error)
        assert server.mail == {1: mail(1)}
        server.uidvalidity = 7
        assert desk.poll().new == 1


def test_f18_uids_that_are_renumbered_without_a_word_are_taken_as_new(sqlite_url: str, tmp_path: Path) -> None:
    server = HostileImap(trustme.CA(), mail={uid: mail(uid, "x" * uid) for uid in range(1, 6)})
    with running(server, tmp_path), desk_of_script(sqlite_url, server, tmp_path, KEEP) as desk:
        assert desk.poll().new == 5
        renumbered = {uid: mail(uid + 1, "x" * (uid + 1)) for uid in range(1, 6)}
        server.mail = renumbered
        clock = desk.store._clock
        assert isinstance(clock, SetClock)
        clock.advance(timedelta(hours=1))
        result = desk.poll()
        assert (result.new, result.drained) == (1, True)
        assert any("another message" in alarm for alarm in result.alarms)
        assert len(desk.recorded()) == 6


def test_f19_a_message_that_people_move_or_delete_meanwhile_is_no_error(
    desk: ImapDesk, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(dovecot, user, *MAILS)
    honest_take, honest_mark = Taker.take, Taker._mark
    with dovecot.client(user) as person:
        person.create_folder("Mine")
        person.select_folder("INBOX")

        def after_the_listing(taker: Taker, uids: list[int], known: dict[int, Any]) -> None:
            person.move([2], "Mine")
            honest_take(taker, uids, known)

        def after_the_commit(taker: Taker, uids: list[int]) -> None:
            if uids:
                person.move([4], "Mine")
            honest_mark(taker, uids)

        monkeypatch.setattr(Taker, "take", after_the_listing)
        monkeypatch.setattr(Taker, "_mark", after_the_commit)
        result = desk.poll()
    assert (result.new, result.drained, result.error) == (4, True, None)
    assert desk.recorded() == [MAILS[0], MAILS[2], MAILS[3], MAILS[4]]
    assert count(dovecot, user, "Processed") == 3


def test_f19_a_message_that_people_flag_as_deleted_is_still_taken(desk: ImapDesk, dovecot: Dovecot, user: str) -> None:
    append(dovecot, user, *MAILS)
    with dovecot.client(user) as person:
        person.select_folder("INBOX")
        person.delete_messages([1, 2])
    assert desk.with_mailbox(after=KEEP).poll().new == len(MAILS)


def test_f20_pain_04_what_people_have_read_is_taken_all_the_same(desk: ImapDesk, dovecot: Dovecot, user: str) -> None:
    append(dovecot, user, *MAILS)
    with dovecot.client(user) as person:
        person.select_folder("INBOX")
        person.add_flags([1, 2, 3, 4, 5], [b"\\Seen"])
    assert desk.poll().new == len(MAILS)


def test_f22_the_same_mail_by_lmtp_and_in_two_mailboxes_is_one_arrival(
    desk: ImapDesk, dovecot: Dovecot, user: str
) -> None:
    raw = mail(1)
    with desk.store.writing() as transaction:
        arrival = NewArrival(b"Received: from mx\r\n" + raw, Envelope("pat@broker.example"), "lmtp", desk.store.now())
        assert transaction.arrivals.record(arrival).new
    append(dovecot, user, b"Delivered-To: desk@desk.example\r\n" + raw)
    append(dovecot, user, b"Delivered-To: groups@desk.example\r\n" + raw, folder="Groups")
    result = desk.with_mailbox(folders=("INBOX", "Groups")).poll()
    assert (result.new, result.drained) == (0, True)
    assert len(desk.recorded()) == 1
    assert count(dovecot, user, "Processed") == 2


def test_f23_a_duplicate_with_new_trace_headers_is_the_same_mail(desk: ImapDesk, dovecot: Dovecot, user: str) -> None:
    append(dovecot, user, b"Received: by a id 1\r\n" + mail(1), b"Received: by b id 2\r\nX-Queue: 2\r\n" + mail(1))
    assert desk.poll().new == 1


QUOTA = """
mail_plugins = quota
protocol imap {
  mail_plugins = quota
}
plugin {
  quota = maildir:User quota
  quota_rule = *:bytes=8000
}
"""


def test_f24_over_quota_the_mail_stays_is_safe_and_is_moved_later(sqlite_url: str) -> None:
    """Without MOVE the server must copy, for which there is no room."""
    with running_dovecot(QUOTA + "imap_capability = IMAP4rev1 UIDPLUS AUTH=PLAIN\n") as server:
        append(server, "desk", mail(1, "x" * 1500), mail(2, "x" * 3500))
        with desk_of_dovecot(sqlite_url, server, "desk") as desk:
            result = desk.poll()
            assert (result.new, result.drained) == (2, True)
            assert any("quota" in alarm for alarm in result.alarms)
            assert (count(server, "desk"), count(server, "desk", "Processed")) == (1, 1)
            assert desk.poll().new == 0
            with server.client("desk") as person:
                person.select_folder("Processed")
                person.delete_messages([1])
                person.expunge()
            assert desk.poll().alarms == ()
            assert len(desk.recorded()) == 2
            assert count(server, "desk") == 0


def test_f24_a_move_that_the_server_refuses_is_tried_again_at_the_next_pass(sqlite_url: str, tmp_path: Path) -> None:
    server = HostileImap(trustme.CA(), mail={uid: mail(uid) for uid in range(1, 4)})

    def only_the_second(server: HostileImap, dialogue: Dialogue, tag: str, rest: bytes) -> None:
        if rest.startswith(b"UID MOVE 2 "):
            return polite("UID MOVE")(server, dialogue, tag, rest)
        return dialogue.send(f"{tag} NO [OVERQUOTA] no room for it")

    server.answers["UID MOVE"] = only_the_second
    with running(server, tmp_path), desk_of_script(sqlite_url, server, tmp_path) as desk:
        result = desk.poll()
        assert (result.new, result.drained) == (3, True)
        assert "2 messages" in result.alarms[0]
        assert sorted(server.moved) == [2]
        del server.answers["UID MOVE"]
        heard = len(server.heard())
        assert desk.poll().alarms == ()
        assert b"BODY.PEEK[]" not in server.heard()[heard:], "what is recorded is not fetched again"
    assert sorted(server.moved) == [1, 2, 3]


def test_f25_a_locked_out_mailbox_is_told_and_its_drained_fact_grows_old(
    desk: ImapDesk, dovecot: Dovecot, user: str
) -> None:
    desk.poll()
    with desk.store.reading() as transaction:
        [before] = transaction.mailboxes.drained_facts()
    locked = desk.with_mailbox(password=SecretText("expired"))
    assert [locked.poll().drained for _ in range(2)] == [False, False]
    with desk.store.reading() as transaction:
        assert transaction.mailboxes.drained_facts() == [before], "closing on proof finds no newer fact"
        [health] = transaction.mailboxes.health()
    assert health.failures == 2
    assert "refused the login" in str(health.error)


def test_f26_a_full_folder_is_taken_oldest_first_and_resumes_where_it_was(sqlite_url: str, tmp_path: Path) -> None:
    """The link breaks over one batch after the other; closing stays frozen until all is taken."""
    server = HostileImap(trustme.CA(), mail={uid: mail(uid) for uid in range(1, 301)})
    batches = []

    def breaking(server: HostileImap, dialogue: Dialogue, tag: str, rest: bytes) -> None:
        if b"BODY.PEEK[]" in rest and b":" in rest:
            batches.append(rest)
            if 1 < len(batches) <= 6:
                raise EOFError
        polite("UID FETCH")(server, dialogue, tag, rest)

    server.answers["UID FETCH"] = breaking
    with running(server, tmp_path), desk_of_script(sqlite_url, server, tmp_path, KEEP) as desk:
        while not desk.poll().drained:
            with desk.store.reading() as transaction:
                assert transaction.mailboxes.drained_facts() == []
                assert transaction.mailboxes.health()[0].failures > 0
        assert len(desk.results) > 1
        assert sorted(desk.recorded()) == sorted(server.mail.values())
        assert desk.recorded()[:50] == [mail(uid) for uid in range(1, 51)]


def test_f26_each_part_of_a_large_folder_is_listed_once_in_a_poll(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The turns of a poll go on where the one before ended: the work grows with the folder, not with its square."""
    monkeypatch.setattr(imap_session, "WINDOW", 10)
    monkeypatch.setattr(imap, "TURN", 10)
    listings = []
    for number in (100, 200):
        server = HostileImap(trustme.CA(), mail={uid: mail(uid) for uid in range(1, number + 1)})
        url = sqlite_url.replace("mailbot.db", f"{number}.db")
        with running(server, tmp_path), desk_of_script(url, server, tmp_path, KEEP) as desk:
            result = desk.with_mailbox(folders=("INBOX", "INBOX/2")).poll()
            assert (result.new, result.drained) == (number, True)
            assert server.heard().count(b"EXAMINE") > 5, "there were several turns"
        listings.append(server.heard().count(b"UID SEARCH"))
    assert listings[1] == 2 * listings[0]


def test_a_service_that_stops_ends_between_two_parts_and_goes_on_later(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_session, "WINDOW", 10)
    server = HostileImap(trustme.CA(), mail={uid: mail(uid) for uid in range(1, 51)})
    with running(server, tmp_path), desk_of_script(sqlite_url, server, tmp_path, KEEP) as desk:
        reader = desk.reader()
        session, told = reader.open_session(), iter([False, False, False, True, True])
        with reader.lease() as lease:
            assert lease
            reader.pass_over(session, lease, imap_take.Tally(), lambda: next(told))
        session.close()
        assert 10 < len(desk.recorded()) < 50
        with desk.store.reading() as transaction:
            assert transaction.mailboxes.drained_facts() == []
        assert desk.poll().drained
        assert sorted(desk.recorded()) == sorted(server.mail.values())


def test_f39_a_reply_in_junk_is_taken_and_nothing_is_changed_there(desk: ImapDesk, dovecot: Dovecot, user: str) -> None:
    append(dovecot, user, mail(1))
    append(dovecot, user, mail(2), b"References: <o.abc@desk.example>\r\n" + mail(3), mail(4), folder="Junk")
    desk.junk_answers = b"@desk.example>"
    junk = desk.with_mailbox(junk_folders=("Junk",))
    result = junk.poll()
    assert (result.new, result.drained) == (2, True)
    assert [b"<3@broker.example>" in raw or b"<1@broker.example>" in raw for raw in desk.recorded()] == [True, True]
    assert count(dovecot, user, "Junk") == 3
    with dovecot.client(user) as client:
        client.select_folder("Junk", readonly=True)
        assert client.search(["UNSEEN"]) == [1, 2, 3]
    with desk.store.reading() as transaction:
        facts = {fact.folder: fact.up_to for fact in transaction.mailboxes.drained_facts()}
    assert facts == {"INBOX": 2, "Junk": 4}, "closing can wait for both"
    assert junk.poll().new == 0


def test_pain_06_a_message_that_cannot_be_moved_does_not_come_again(sqlite_url: str, tmp_path: Path) -> None:
    server = HostileImap(trustme.CA(), mail={1: mail(1)})
    server.answers["UID MOVE"] = lambda server, dialogue, tag, rest: dialogue.send(f"{tag} NO messages no longer exist")
    with running(server, tmp_path), desk_of_script(sqlite_url, server, tmp_path) as desk:
        assert [desk.poll().new for _ in range(4)] == [1, 0, 0, 0]
        with desk.store.reading() as transaction:
            assert len(transaction.arrivals.listed(None)) == 1
