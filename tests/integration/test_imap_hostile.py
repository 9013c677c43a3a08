"""A hostile IMAP server gets no password, no memory and no time of ours, and never puts the wrong mail in the store."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
import trustme

from mailbot.clock import SystemClock
from mailbot.ingest.imap_login import PasswordLogin
from mailbot.ingest.imap_session import ImapSession
from mailbot.ingest.imap_trouble import CertificateRefused, LoginRefused, MailboxTrouble, ServerMisbehaves, Unreachable
from mailbot.ingest.imap_wire import LONGEST_LINE, Server
from tests.integration.imap_desk import HASTE, KEEP, ImapDesk, desk_of_script, mail
from tests.servers.dovecot import PASSWORD
from tests.servers.hostile_imap import Dialogue, HostileImap, endless, polite, running, uids_in

PASSWORD_AS_SENT = base64.b64encode(f"\0desk\0{PASSWORD}".encode())


@pytest.fixture
def server(tmp_path: Path) -> Iterator[HostileImap]:
    with running(HostileImap(trustme.CA()), tmp_path) as started:
        yield started


@pytest.fixture
def desk(server: HostileImap, sqlite_url: str, tmp_path: Path) -> Iterator[ImapDesk]:
    with desk_of_script(sqlite_url, server, tmp_path) as made:
        yield made


def open_session(server: HostileImap, folder: Path, security: str = "tls", ca: str = "ca.pem") -> ImapSession:
    where = Server(server.host, server.port, "starttls" if security == "starttls" else "tls", folder / ca)
    return ImapSession.open(where, PasswordLogin("desk", lambda: PASSWORD), HASTE)


def test_a015_a_huge_literal_is_refused_before_it_is_read(server: HostileImap, tmp_path: Path) -> None:
    server.mail = {1: mail(1)}
    server.answers["UID FETCH"] = endless("* 1 FETCH (UID 1 BODY[] {4294967295}", line=b"x" * 64)
    session = open_session(server, tmp_path)
    session.select("INBOX", read_only=True)
    with pytest.raises(ServerMisbehaves):
        session.fetch({1: 100}, 1000)
    session.close()


def test_a015_a_message_larger_than_allowed_is_refused_whatever_size_was_told(
    desk: ImapDesk, server: HostileImap
) -> None:
    server.mail = {1: mail(1, "x" * 3_000_000), 2: mail(2)}

    def lying(server: HostileImap, dialogue: Dialogue, tag: str, rest: bytes) -> None:
        if b"RFC822.SIZE" not in rest:
            return polite("UID FETCH")(server, dialogue, tag, rest)
        for uid in uids_in(rest):
            dialogue.send(f'* 1 FETCH (UID {uid} RFC822.SIZE 100 INTERNALDATE "{server.date}")')
        return dialogue.send(f"{tag} OK done")

    server.answers["UID FETCH"] = lying
    small = desk.with_mailbox(max_message_mb=1)
    result = small.poll()
    assert (result.new, result.drained) == (1, False)
    assert small.recorded() == [mail(2)], "the honest message came through beside the lying one"
    assert 1 in server.mail


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a016_preauth_ends_the_connection_before_any_login(tmp_path: Path, security: str) -> None:
    hostile = HostileImap(trustme.CA(), tls=security == "tls", greeting="* PREAUTH you are in")
    with running(hostile, tmp_path), pytest.raises(ServerMisbehaves):
        open_session(hostile, tmp_path, security)
    assert b"AUTHENTICATE" not in hostile.heard()
    assert b"LOGIN" not in hostile.heard()


def test_a016_no_password_is_sent_where_starttls_is_not_offered_or_refused(tmp_path: Path) -> None:
    hostile = HostileImap(trustme.CA(), tls=False)
    hostile.answers["STARTTLS"] = lambda server, dialogue, tag, rest: dialogue.send(f"{tag} BAD what?")
    with running(hostile, tmp_path):
        with pytest.raises(MailboxTrouble):
            open_session(hostile, tmp_path, "starttls")
        hostile.capabilities += " STARTTLS"
        hostile.answers["STARTTLS"] = lambda server, dialogue, tag, rest: dialogue.send(f"{tag} NO not today")
        with pytest.raises(MailboxTrouble):
            open_session(hostile, tmp_path, "starttls")
    assert PASSWORD_AS_SENT not in hostile.heard()
    assert b"LOGIN" not in hostile.heard()


def test_a016_the_password_goes_under_tls_after_starttls(tmp_path: Path) -> None:
    polite_server = HostileImap(trustme.CA(), tls=False, capabilities="IMAP4rev1 STARTTLS AUTH=PLAIN")
    with running(polite_server, tmp_path):
        open_session(polite_server, tmp_path, "starttls").close()
    seen = polite_server.dialogues[0].seen
    assert [line.partition(b" ")[2] for line in seen[:2]] == [b"CAPABILITY", b"STARTTLS"]
    assert PASSWORD_AS_SENT in seen


def other_authority(ca: trustme.CA) -> trustme.LeafCert:
    return trustme.CA().issue_cert("localhost")


def other_host(ca: trustme.CA) -> trustme.LeafCert:
    return ca.issue_cert("imap.elsewhere.example")


def expired(ca: trustme.CA) -> trustme.LeafCert:
    yesterday = SystemClock().now() - timedelta(days=1)
    return ca.issue_cert("localhost", not_before=yesterday - timedelta(days=9), not_after=yesterday)


@pytest.mark.parametrize("certificate", [other_authority, other_host, expired])
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a017_a_wrong_certificate_is_refused_before_any_login(
    tmp_path: Path, security: str, certificate: Callable[[trustme.CA], trustme.LeafCert]
) -> None:
    ca = trustme.CA()
    hostile = HostileImap(ca, tls=security == "tls", capabilities="IMAP4rev1 STARTTLS AUTH=PLAIN")
    with running(hostile, tmp_path, certificate(ca)), pytest.raises(CertificateRefused) as refused:
        open_session(hostile, tmp_path, security)
    assert "ca_file" in str(refused.value)
    assert b"AUTHENTICATE" not in hostile.heard()


def test_a018_what_was_said_before_tls_does_not_count_after_it(tmp_path: Path) -> None:
    hostile = HostileImap(trustme.CA(), tls=False, capabilities="IMAP4rev1 STARTTLS AUTH=PLAIN")
    hostile.greeting = "* OK ready\r\n* CAPABILITY IMAP4rev1 STARTTLS MOVE XFORGED\r\n* 99 EXISTS"
    with running(hostile, tmp_path):
        session = open_session(hostile, tmp_path, "starttls")
        assert b"XFORGED" not in session.capabilities
        session.close()


def test_a018_bytes_queued_behind_the_starttls_answer_end_the_connection(tmp_path: Path) -> None:
    hostile = HostileImap(trustme.CA(), tls=False, capabilities="IMAP4rev1 STARTTLS AUTH=PLAIN")
    hostile.answers["STARTTLS"] = lambda server, dialogue, tag, rest: dialogue.send(
        f"{tag} OK begin", "* CAPABILITY IMAP4rev1 AUTH=PLAIN"
    )
    with running(hostile, tmp_path), pytest.raises(MailboxTrouble):
        open_session(hostile, tmp_path, "starttls")
    assert PASSWORD_AS_SENT not in hostile.heard()


@pytest.mark.parametrize("name", ["INBOX\r\nA1 DELETE INBOX", 'INBOX" "', "IN\0BOX", "x" * 256])
def test_a019_a_name_that_would_break_out_of_its_command_is_never_sent(
    server: HostileImap, tmp_path: Path, name: str
) -> None:
    session = open_session(server, tmp_path)
    for command in (lambda: session.select(name, read_only=True), lambda: session.move([1], name)):
        with pytest.raises(Exception, match="folder name"):
            command()
    session.close()
    assert b"SELECT" not in server.heard()
    assert b"EXAMINE" not in server.heard()
    assert b"MOVE" not in server.heard()


def wrong_uid(uid: int, raw: bytes) -> bytes:
    return b"* 1 FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (uid + 40, len(raw), raw)


def without_uid(uid: int, raw: bytes) -> bytes:
    return b"* %d FETCH (BODY[] {%d}\r\n%s)\r\n" % (uid, len(raw), raw)


def uid_zero(uid: int, raw: bytes) -> bytes:
    return wrong_uid(-40, raw)


def twice(uid: int, raw: bytes) -> bytes:
    return wrong_uid(uid - 40, raw) + wrong_uid(uid - 40, b"Subject: another\r\n\r\n")


def without_body(uid: int, raw: bytes) -> bytes:
    return b"* 1 FETCH (UID %d BODY[] NIL)\r\n" % uid


def empty_body(uid: int, raw: bytes) -> bytes:
    return b'* 1 FETCH (UID %d BODY[] "")\r\n' % uid


def other_part(uid: int, raw: bytes) -> bytes:
    return b"* 1 FETCH (UID %d BODY[TEXT] {%d}\r\n%s)\r\n" % (uid, len(raw), raw)


def nothing(uid: int, raw: bytes) -> bytes:
    return b""


@pytest.mark.parametrize(
    "shown", [wrong_uid, without_uid, uid_zero, twice, without_body, empty_body, other_part, nothing]
)
def test_a020_an_odd_fetch_never_stores_the_wrong_mail_and_is_refused_in_the_end(
    desk: ImapDesk, server: HostileImap, shown: Callable[[int, bytes], bytes]
) -> None:
    server.mail = {1: mail(1), 2: mail(2), 3: mail(3)}

    def odd(server: HostileImap, dialogue: Dialogue, tag: str, rest: bytes) -> None:
        if b"BODY.PEEK[]" not in rest:
            return polite("UID FETCH")(server, dialogue, tag, rest)
        for uid in uids_in(rest):
            dialogue.send_raw(shown(uid, server.mail[uid]) if uid == 2 else server.fetched(uid, rest))
        return dialogue.send(f"{tag} OK done")

    server.answers["UID FETCH"] = odd
    polls = []
    for _ in range(12):
        polls.append(desk.poll())
        desk.store._clock.advance(timedelta(hours=2))  # type: ignore[attr-defined]
    assert sorted(server.moved.values()) == [mail(1), mail(3)]
    assert list(server.mail) == [2], "what could not be read stays where it is"
    assert sorted(desk.recorded())[:2] == [mail(1), mail(3)]
    assert not polls[0].drained
    assert polls[0].alarms
    assert polls[-1].drained
    [reason] = desk.held()
    assert "UID 2" in reason


def test_pain_05_one_bad_message_does_not_keep_the_newest_from_being_read(desk: ImapDesk, server: HostileImap) -> None:
    """The fetch of a whole page breaks over one message: the same poll brings all others, those behind it too."""
    server.mail = {uid: mail(uid) for uid in range(1, 61)}

    def breaking(server: HostileImap, dialogue: Dialogue, tag: str, rest: bytes) -> None:
        if b"BODY.PEEK[]" in rest and 7 in uids_in(rest):
            raise EOFError
        return polite("UID FETCH")(server, dialogue, tag, rest)

    server.answers["UID FETCH"] = breaking
    for _ in range(4):
        desk.poll()
        desk.store._clock.advance(timedelta(hours=2))  # type: ignore[attr-defined]
    assert sorted(server.moved) == [uid for uid in range(1, 61) if uid != 7]
    assert len(desk.recorded()) == 59
    server.mail[61] = mail(61)
    desk.poll()
    assert 61 in server.moved, "what comes later is read although that one still waits"


@pytest.mark.parametrize("size", ["-5", "0x10", "NIL", '"12"'])
def test_a020_a_size_that_cannot_be_leaves_the_message_for_later(
    desk: ImapDesk, server: HostileImap, size: str
) -> None:
    server.mail = {1: mail(1)}
    server.answers["UID FETCH"] = lambda server, dialogue, tag, rest: dialogue.send(
        f'* 1 FETCH (UID 1 RFC822.SIZE {size} INTERNALDATE "{server.date}")', f"{tag} OK done"
    )
    result = desk.poll()
    assert (result.new, result.drained) == (0, False)
    del server.answers["UID FETCH"]
    assert desk.poll().drained
    assert desk.recorded() == [mail(1)]


def test_a020_a_literal_that_ends_early_stores_nothing(desk: ImapDesk, server: HostileImap) -> None:
    server.mail = {1: mail(1)}

    def short(server: HostileImap, dialogue: Dialogue, tag: str, rest: bytes) -> None:
        if b"BODY.PEEK[]" not in rest:
            return polite("UID FETCH")(server, dialogue, tag, rest)
        dialogue.send_raw(b"* 1 FETCH (UID 1 BODY[] {%d}\r\n%s" % (len(mail(1)), mail(1)[:50]))
        raise EOFError

    server.answers["UID FETCH"] = short
    result = desk.poll()
    assert result.alarms
    assert not result.drained
    assert desk.recorded() == []


STORMS = {
    "CAPABILITY": b"* OK still here\r\n",
    "AUTHENTICATE": b"+ more\r\n",
    "SELECT": b"* 7 EXISTS\r\n",
    "UID SEARCH": b"* SEARCH 1 2 3\r\n",
    "UID FETCH": b"* 1 EXPUNGE\r\n",
    "UID MOVE": b"x" * 70,
}


@pytest.mark.parametrize(("command", "line"), STORMS.items())
def test_a021_an_answer_without_end_is_given_up(desk: ImapDesk, server: HostileImap, command: str, line: bytes) -> None:
    server.mail = {1: mail(1)}
    server.answers[command] = endless(line=line)
    result = desk.poll()
    assert result.error
    assert len(desk.recorded()) == (1 if command == "UID MOVE" else 0)


def test_a021_a_server_that_drips_is_given_up_at_a_deadline(server: HostileImap, tmp_path: Path) -> None:
    ticks = count()

    def drip(server: HostileImap, dialogue: Dialogue, tag: str, rest: bytes) -> None:
        while True:
            dialogue.send_raw(b"*")

    session = open_session(server, tmp_path)
    server.answers["SELECT"] = drip
    session._wire._monotonic = lambda: float(next(ticks))
    with pytest.raises(Unreachable):
        session.select("INBOX", read_only=False)
    session._wire._monotonic = lambda: 0.0
    session.close()


def test_a022_another_mail_under_a_known_uid_is_taken_as_new_and_told(desk: ImapDesk, server: HostileImap) -> None:
    server.mail = {1: mail(1), 2: mail(2)}
    keeping = desk.with_mailbox(after=KEEP)
    assert keeping.poll().new == 2
    server.mail[1] = mail(1, "Cancel everything, today, for all of us.")
    desk.store._clock.advance(timedelta(hours=2))  # type: ignore[attr-defined]
    result = keeping.poll()
    assert result.new == 1
    assert any("another message" in alarm for alarm in result.alarms)
    assert server.mail[1] in keeping.recorded()
    assert keeping.poll().alarms == ()


def test_a022_a_mail_swapped_before_its_move_is_recorded_before_it_is_moved(
    desk: ImapDesk, server: HostileImap
) -> None:
    server.mail = {1: mail(1)}
    server.answers["UID MOVE"] = lambda server, dialogue, tag, rest: dialogue.send(f"{tag} NO not now")
    assert desk.poll().new == 1
    del server.answers["UID MOVE"]
    server.mail[1] = mail(1, "Cancel everything, today, for all of us.")
    result = desk.poll()
    assert result.alarms
    assert list(server.moved.values())[0] in desk.recorded()
    assert len(desk.recorded()) == 2


@pytest.mark.parametrize("command", ["AUTHENTICATE", "SELECT", "UID SEARCH", "UID FETCH", "UID MOVE"])
def test_a023_what_a_server_says_never_reaches_an_error_or_a_log(
    desk: ImapDesk, server: HostileImap, caplog: pytest.LogCaptureFixture, command: str
) -> None:
    caplog.set_level(logging.DEBUG)
    server.mail = {1: mail(1)}
    canary = f"canary {PASSWORD} SSN 078-05-1120"
    server.answers[command] = lambda server, dialogue, tag, rest: dialogue.send(f"{tag} NO [ALERT] {canary}".encode())
    result = desk.poll()
    with desk.store.reading() as transaction:
        [health] = transaction.mailboxes.health()
    told = f"{result} {health} {caplog.text}"
    assert "canary" not in told
    assert "078-05" not in told
    assert PASSWORD not in told
    assert PASSWORD_AS_SENT.decode() not in told
    assert result.error or result.alarms


def test_a023_a_refused_login_is_told_apart_from_a_server_that_is_busy(server: HostileImap, tmp_path: Path) -> None:
    for code, expected in (
        ("AUTHENTICATIONFAILED", LoginRefused),
        ("UNAVAILABLE", Unreachable),
        ("LIMIT", Unreachable),
    ):
        server.answers["AUTHENTICATE"] = lambda server, dialogue, tag, rest, code=code: dialogue.send(
            f"{tag} NO [{code}] no"
        )
        with pytest.raises(expected):
            open_session(server, tmp_path)


def test_a024_compression_is_never_asked_for_and_an_endless_line_is_given_up(
    server: HostileImap, tmp_path: Path
) -> None:
    server.capabilities += " COMPRESS=DEFLATE"
    session = open_session(server, tmp_path)
    server.answers["SELECT"] = lambda server, dialogue, tag, rest: dialogue.send_raw(b"* " + b"x" * 2 * LONGEST_LINE)
    with pytest.raises(MailboxTrouble):
        session.select("INBOX", read_only=False)
    session.close()
    assert b"COMPRESS" not in server.heard()


def test_deeply_nested_answers_are_not_imap(server: HostileImap, tmp_path: Path) -> None:
    session = open_session(server, tmp_path)
    server.answers["UID FETCH"] = lambda server, dialogue, tag, rest: dialogue.send(
        b"* 1 FETCH " + b"(" * 100_000, f"{tag} OK done"
    )
    session.select("INBOX", read_only=True)
    with pytest.raises(ServerMisbehaves):
        session.describe([1])
    session.close()
