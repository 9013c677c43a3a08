"""Attacks on the listener, byte by byte."""

from __future__ import annotations

import platform
import resource
import socket
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.desks import Desk
from tests.mails import mail
from tests.servers.dialogue import dialogue
from tests.servers.listening import RECIPIENT, SENDER, listening, post

ENDS = [
    b"\n.\n",
    b"\n.\r\n",
    b"\r.\r",
    b"\r\n.\r",
    b"\r\n\0.\r\n",
    b"\r\n.\n",
    b"\n\n.\r\n",
    b"\r.\r\n",
    b"\r\n.\0\r\n",
]
SMUGGLED = b"MAIL FROM:<ceo@desk.example>\r\nRCPT TO:<enrollment@desk.example>\r\nDATA\r\nFrom: ceo\r\n\r\nsmuggled"


@pytest.mark.parametrize("end", ENDS, ids=lambda end: repr(end))
def test_a001_no_odd_end_of_a_mail_lets_a_second_one_in(small_desk: Desk, end: bytes) -> None:
    with listening(small_desk) as server, dialogue(server.port) as talk:
        for line in (SENDER, RECIPIENT, "DATA"):
            talk.say(line)
        talk.send(b"Subject: first\r\n\r\nfirst" + end + SMUGGLED + b"\r\n.\r\nQUIT\r\n")
        talk.rest()
        kept = server.kept()
    assert len(kept) <= 1
    assert all(b"smuggled" in raw for raw in kept), "what was sent as text stays text"


def test_a001_pipelined_mails_stay_apart(small_desk: Desk) -> None:
    one = f"{SENDER}\r\n{RECIPIENT}\r\nDATA\r\n".encode()
    with listening(small_desk) as server, dialogue(server.port) as talk:
        talk.send(one + mail("one") + b".\r\n" + one + mail("two") + b".\r\nQUIT\r\n")
        answers = talk.rest()
        kept = server.kept()
    assert answers.count("250 2.0.0") == 2
    assert [b"one" in raw and b"two" not in raw for raw in kept] == [True, False]


FOREIGN = [
    "somebody@elsewhere.example",
    "enrollment@elsewhere.example",
    "enrollment%elsewhere.example@desk.example",
    "elsewhere.example!enrollment@desk.example",
    '"eve@elsewhere.example"@desk.example',
    '"enrollment"@desk.example',
    "enrollment@desk.example.elsewhere.example",
    "enrollment@sub.desk.example",
    "enrollment@[127.0.0.1]",
    "enrollment@desk.example@elsewhere.example",
    "postmaster@desk.example",
    "enrollment",
    "@desk.example",
    "",
]


@pytest.mark.parametrize("address", FOREIGN)
def test_a005_nothing_is_relayed(small_desk: Desk, address: str) -> None:
    with listening(small_desk) as server, dialogue(server.port) as talk:
        talk.say(SENDER)
        assert talk.code(f"RCPT TO:<{address}>") in (550, 501, 553)
        assert talk.code("DATA") == 503


@pytest.mark.parametrize("address", ["Enrollment@Desk.Example", "groups@desk.example", "enrollment+abc@desk.example"])
def test_a005_our_own_addresses_are_taken_however_they_are_written(small_desk: Desk, address: str) -> None:
    with listening(small_desk) as server, dialogue(server.port) as talk:
        talk.say(SENDER)
        assert talk.code(f"RCPT TO:<{address}>") == 250
        assert talk.code(f"RCPT TO:<@relay.example:{address}>") == 250


def test_a006_recipients_beyond_the_limit_are_put_off(small_desk: Desk) -> None:
    with listening(small_desk) as server, dialogue(server.port) as talk:
        talk.say(SENDER)
        codes = [talk.code(f"RCPT TO:<enrollment+{number}@desk.example>") for number in range(105)]
        assert codes == [250] * 100 + [452] * 5
        assert talk.code("DATA") == 354
        talk.send(b"x\r\n.\r\n")
        assert talk.reply().startswith("250")


def test_a007_a_message_that_says_it_is_too_large_is_refused_at_once(small_desk: Desk) -> None:
    with listening(small_desk, max_message_mb=1) as server, dialogue(server.port) as talk:
        assert talk.code(f"{SENDER} SIZE={2**20 + 1}") == 552
        assert talk.code(f"{SENDER} SIZE={2**20}") == 250


@pytest.mark.parametrize("line_end", [b"\r\n", b""], ids=["lines", "one endless line"])
def test_a007_a_message_that_is_too_large_is_refused_and_memory_stays_flat(small_desk: Desk, line_end: bytes) -> None:
    chunk = (b"x" * 998 + line_end) * 1000
    with listening(small_desk, max_message_mb=1) as server:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with dialogue(server.port) as talk:
            talk.say(f"{SENDER} SIZE=10")
            talk.say(RECIPIENT)
            talk.say("DATA")
            try:
                for _ in range(60):
                    talk.send(chunk)
                talk.send(b"\r\n.\r\n")
                code = talk.reply()[:3]
            except ConnectionError:
                code = ""
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert code in ("552", "500", "")
        assert grown < 30 * 1024, "a message of 60 MB must not be held in memory"
        assert server.kept() == []
        assert server.post(mail()).startswith("250")


def test_a007_a_command_without_end_is_refused(small_desk: Desk) -> None:
    with listening(small_desk) as server:
        with dialogue(server.port) as talk:
            try:
                talk.send(b"NOOP " + b"x" * (3 << 20) + b"\r\n")
                assert talk.reply()[:3] in ("500", "")
            except ConnectionError:
                pass
        assert server.post(mail()).startswith("250")


def test_a008_a_client_that_says_nothing_is_sent_away_while_others_are_served(small_desk: Desk) -> None:
    with listening(small_desk, timeout_seconds=1) as server, dialogue(server.port) as silent:
        with dialogue(server.port) as dripping:
            dripping.say(SENDER)
            dripping.say(RECIPIENT)
            dripping.say("DATA")
            stop = threading.Event()
            dripper = threading.Thread(target=_drip, args=(dripping, stop))
            dripper.start()
            assert server.post(mail()).startswith("250")
            assert silent.rest() in ("", "421 4.4.2 desk.example Error: timeout exceeded\r\n")
            assert "250" not in dripping.rest(), "a mail that comes byte by byte has one deadline in all"
            stop.set()
            dripper.join()
        assert len(server.kept()) == 1


@pytest.mark.parametrize("begun", [(), (SENDER,), (SENDER, RECIPIENT, "DATA")], ids=["command", "path", "mail"])
def test_a008_a_client_that_drips_on_the_socket_has_one_deadline_in_all(
    small_desk: Desk, tmp_path: Path, begun: tuple[str, ...]
) -> None:
    """In the middle of a command, between commands, or in a mail; beside it the mail server is served."""
    place, stop = tmp_path / "lmtp.sock", threading.Event()
    with listening(small_desk, lmtp=place, timeout_seconds=1), dialogue(place, "LHLO client.example") as dripping:
        for line in begun:
            dripping.say(line)
        dripper = threading.Thread(target=_drip, args=(dripping, stop))
        dripper.start()
        with dialogue(place, "LHLO client.example") as served:
            assert post(served, mail()).startswith("250")
        assert "250" not in dripping.rest()
        stop.set()
        dripper.join()


def _drip(talk: object, stop: threading.Event) -> None:
    """A byte now and then, for as long as the server listens."""
    while not stop.wait(0.1):
        try:
            talk.send(b"x")  # type: ignore[attr-defined]
        except OSError:
            return


def test_a008_clients_beyond_the_limit_are_sent_away_and_come_back_later(small_desk: Desk) -> None:
    with listening(small_desk, max_connections=10, max_connections_per_client=2) as server:
        with ExitStack() as open_ones:
            talks = [open_ones.enter_context(dialogue(server.port)) for _ in range(2)]
            with dialogue(server.port, "") as third:
                assert third.hung_up()
            assert all(talk.code("NOOP") == 250 for talk in talks)
            for talk in talks:
                talk.say("QUIT")
                assert talk.hung_up()
        assert server.post(mail()).startswith("250")


def test_a008_all_connections_together_have_a_limit_too(small_desk: Desk) -> None:
    narrow = listening(small_desk, max_connections=1, max_connections_per_client=5)
    with narrow as server, dialogue(server.port), dialogue(server.port, "") as second:
        assert second.hung_up()


@pytest.mark.parametrize("verb", ["VRFY", "EXPN"])
def test_a009_nobody_learns_who_has_a_mailbox(small_desk: Desk, verb: str) -> None:
    with listening(small_desk) as server, dialogue(server.port) as talk:
        known, unknown = talk.say(f"{verb} enrollment@desk.example"), talk.say(f"{verb} nobody@desk.example")
        assert known.replace("enrollment", "") == unknown.replace("nobody", "")
        assert known[:3] in ("252", "502", "500")


def test_a003_a012_nobody_can_log_in_where_nothing_is_to_be_had(small_desk: Desk) -> None:
    with listening(small_desk) as server, dialogue(server.port, "") as talk:
        offered = talk.say("EHLO client.example")
        assert "AUTH" not in offered
        assert talk.code("AUTH PLAIN AGEAYg==") >= 500
        assert talk.code("STARTTLS") >= 450


def test_a002_commands_behind_starttls_are_not_spoken_for_by_a_later_tls(small_desk: Desk) -> None:
    """No TLS is offered here, so that none can be injected into: the session stays what it was."""
    with listening(small_desk) as server, dialogue(server.port) as talk:
        assert "STARTTLS" not in talk.say("EHLO client.example")
        talk.send(f"STARTTLS\r\n{SENDER}\r\n".encode())
        assert int(talk.reply()[:3]) >= 450
        assert talk.reply().startswith("250")
        assert talk.code(RECIPIENT) == 250


@pytest.mark.parametrize("verb", ["XCLIENT ADDR=127.0.0.1", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2", "GET / HTTP/1.1", "\0"])
def test_a013_commands_that_are_none_of_ours_are_refused(small_desk: Desk, verb: str) -> None:
    with listening(small_desk) as server, dialogue(server.port) as talk:
        assert talk.code(verb) in (0, 500, 502)


@pytest.mark.parametrize(
    "path",
    [b"d\0ana@broker.example", b"d\x1b[31m@broker.example", b"\xff\xfe@broker.example", b"d\x7fna@broker.example"],
)
def test_a011_control_bytes_in_an_address_are_refused_and_the_session_goes_on(small_desk: Desk, path: bytes) -> None:
    with listening(small_desk) as server, dialogue(server.port) as talk:
        assert talk.code(b"MAIL FROM:<" + path + b">") in (500, 501, 553, 555)
        assert talk.code(SENDER) == 250
        assert talk.code(b"RCPT TO:<" + path + b">") in (500, 501, 550, 553, 555)


@pytest.mark.parametrize("path", ["jörg@bücher.example", "用户@例子.example"])
def test_a011_an_address_in_other_letters_is_taken_as_spoken(small_desk: Desk, path: str) -> None:
    with listening(small_desk) as server, dialogue(server.port) as talk:
        assert post(talk, mail(), sender=f"MAIL FROM:<{path}> SMTPUTF8").startswith("250")


@pytest.mark.parametrize(
    "sender",
    [
        "MAIL FROM:<a..b@broker.example>",
        "MAIL FROM:<a.@broker.example>",
        "MAIL FROM: <dana@broker.example>",
        "MAIL FROM:dana@broker.example",
        "mail from:<@relay.example:dana@broker.example>",
        "MAIL FROM:<dana@broker.example> BODY=8BITMIME SIZE=10",
        "MAIL FROM:<prvs=1234567890=dana@broker.example>",
        "MAIL FROM:<SRS0=abcd=ef=broker.example=dana@relay.example>",
        'MAIL FROM:<"dana reed"@broker.example>',
        "MAIL FROM:<bounces+123-abc=def@mail.example>",
    ],
)
def test_a095_real_return_paths_are_taken_although_they_break_the_grammar(small_desk: Desk, sender: str) -> None:
    with listening(small_desk) as server, dialogue(server.port) as talk:
        assert talk.code(sender) == 250


def test_a_mail_that_goes_in_circles_is_refused_for_good(small_desk: Desk) -> None:
    circling = b"Received: from a by b\r\n" * 101 + mail()
    with listening(small_desk) as server:
        assert server.post(circling).startswith("554 5.4.6")
        assert server.post(b"Received: from a by b\r\n" * 50 + mail()).startswith("250")
        assert len(server.kept()) == 1


def test_a103_the_greeting_tells_our_name_and_nothing_of_the_machine(small_desk: Desk) -> None:
    with listening(small_desk) as server, socket.create_connection(("127.0.0.1", server.port)) as plain:
        greeting = plain.recv(1000).decode()
    assert greeting == "220 desk.example mailbot\r\n"
    assert platform.node() not in greeting
