"""Letters over real connections: what each answer of a server makes of a letter."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.mail import Address, Letter
from mailbot.replies.delivery import Server, ServerCourier, Timeouts
from mailbot.replies.outcomes import Later, Outcome, Refused, Sent, Unknown
from tests.servers.smtp_sink import DROP, HANG, Script, Sink, smtp_sink

PATIENT = Timeouts(connect=20, command=20, content=20, final=20)
HASTY = Timeouts(connect=20, command=20, content=20, final=0.3)


@pytest.fixture(params=[False, True], ids=["one by one", "at once"], autouse=True)
def pipelining(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the server takes several commands at once (RFC 2920): what comes of a letter is the same."""
    offered: bool = request.param
    monkeypatch.setattr("tests.servers.smtp_sink.PIPELINING", offered)
    return offered


def letter(to: str = "pat@broker.example", number: int = 1, sender: str = "", text: str = "Hello") -> Letter:
    content = f"To: {to}\r\nMessage-ID: <o.{number}@desk.example>\r\n\r\n{text}\r\n".encode()
    return Letter("acknowledgment", Address(to), "Hello", f"o.{number}@desk.example", "en", sender, content)


def server(sink: Sink, timeouts: Timeouts = PATIENT) -> Server:
    return Server("smtp", sink.host, sink.port, "desk.example", timeouts=timeouts)


def delivered(sink: Sink, letters: Sequence[Letter], timeouts: Timeouts = PATIENT) -> list[Outcome]:
    return list(ServerCourier(server(sink, timeouts)).deliver(letters))


def a_port_where_nobody_listens() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_many_letters_share_one_connection_and_arrive_as_they_are() -> None:
    letters = [letter(f"p{n}@broker.example", n, "bounce+x@desk.example") for n in range(5)]
    with smtp_sink() as sink:
        outcomes = delivered(sink, letters)
        came = sink.wait_for(5)
    assert [type(outcome) for outcome in outcomes] == [Sent] * 5
    assert sink.connections == 1
    assert [(mail.sender, mail.recipients, mail.content) for mail in came] == [
        (one.envelope_sender, (one.to.address,), one.content) for one in letters
    ]


def test_the_null_reverse_path_is_spoken_as_such() -> None:
    with smtp_sink() as sink:
        delivered(sink, [letter()])
        assert sink.wait_for(1)[0].sender == ""


def test_lines_that_begin_with_a_dot_arrive_whole() -> None:
    one = letter(text=".\r\n..\r\n.hidden\r\nend")
    with smtp_sink() as sink:
        delivered(sink, [one])
        assert sink.wait_for(1)[0].content == one.content


@pytest.mark.parametrize("phase", ["mail", "before_data", "after_dot"])
def test_f29_a_4xx_answer_means_later_and_the_next_letter_goes_out(phase: str) -> None:
    with smtp_sink(Script(**{phase: ["451 4.7.1 Greylisted, come back"]})) as sink:  # type: ignore[arg-type]
        outcomes = delivered(sink, [letter(), letter(number=2)])
    assert outcomes[0] == Later("451 4.7.1 Greylisted, come back")
    assert isinstance(outcomes[1], Sent)
    assert sink.connections == 1


@pytest.mark.parametrize("phase", ["mail", "before_data", "after_dot"])
def test_f30_a_5xx_answer_refuses_this_letter_only(phase: str) -> None:
    with smtp_sink(Script(**{phase: ["554 5.7.1 Not wanted"]})) as sink:  # type: ignore[arg-type]
        outcomes = delivered(sink, [letter(), letter(number=2)])
    assert outcomes[0] == Refused(554, "554 5.7.1 Not wanted")
    assert isinstance(outcomes[1], Sent)


def test_f31_each_address_of_a_batch_has_its_own_outcome() -> None:
    script = Script(rcpt={"no@x.example": "550 5.1.1 No such user", "later@x.example": "450 4.2.0 Mailbox busy"})
    addresses = ["yes@x.example", "no@x.example", "later@x.example", "also@x.example"]
    with smtp_sink(script) as sink:
        outcomes = delivered(sink, [letter(to, n) for n, to in enumerate(addresses)])
        came = sink.wait_for(2)
    assert [type(outcome) for outcome in outcomes] == [Sent, Refused, Later, Sent]
    assert [mail.recipients for mail in came] == [("yes@x.example",), ("also@x.example",)]


def test_a_connection_lost_after_the_final_dot_is_unknown() -> None:
    with smtp_sink(Script(after_dot=[DROP])) as sink:
        outcomes = delivered(sink, [letter(), letter(number=2)])
        assert len(sink.wait_for(2)) == 2
    assert isinstance(outcomes[0], Unknown)
    assert isinstance(outcomes[1], Sent)
    assert sink.connections == 2


def test_f32_silence_after_the_final_dot_is_unknown_once_the_wait_is_over() -> None:
    with smtp_sink(Script(after_dot=[HANG])) as sink:
        outcomes = delivered(sink, [letter()], HASTY)
    assert isinstance(outcomes[0], Unknown)


@pytest.mark.parametrize("phase", ["mail", "before_data"])
def test_a_connection_lost_before_the_content_is_for_later(phase: str) -> None:
    with smtp_sink(Script(**{phase: [DROP]})) as sink:  # type: ignore[arg-type]
        outcomes = delivered(sink, [letter(), letter(number=2)])
        assert len(sink.wait_for(1)) == 1
    assert isinstance(outcomes[0], Later)
    assert isinstance(outcomes[1], Sent)


def test_a_connection_that_went_stale_between_two_letters_is_opened_again() -> None:
    script = Script()
    with smtp_sink(script) as sink:
        outcomes = ServerCourier(server(sink)).deliver([letter(), letter(number=2)])
        first = next(outcomes)
        script.mail.append(DROP)
        assert [type(first), type(next(outcomes))] == [Sent, Sent]
        assert sink.connections == 2
        assert len(sink.received) == 2


@pytest.mark.parametrize("phase", ["ehlo", "mail"])
def test_f32_a_server_that_hangs_is_left_at_the_deadline(phase: str) -> None:
    hasty = Timeouts(connect=20, command=0.3, content=20, final=20)
    with smtp_sink(Script(**{phase: [HANG]})) as sink:  # type: ignore[arg-type]
        assert isinstance(delivered(sink, [letter()], hasty)[0], Later)


def test_f32_an_answer_that_drips_does_not_stretch_the_deadline() -> None:
    """Each byte comes in time; the whole answer does not."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ended = threading.Event()

        def drip() -> None:
            peer, _ = listener.accept()
            with peer:
                while not ended.wait(0.05):
                    try:
                        peer.sendall(b"2")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        impatient = Timeouts(connect=20, command=0.5, content=20, final=20)
        target = Server("smtp", "127.0.0.1", listener.getsockname()[1], "desk.example", timeouts=impatient)
        assert isinstance(next(ServerCourier(target).deliver([letter()])), Later)
        ended.set()
        thread.join()


def test_when_nobody_listens_all_letters_are_for_later() -> None:
    nobody = Server("smtp", "127.0.0.1", a_port_where_nobody_listens(), "desk.example", timeouts=PATIENT)
    outcomes = list(ServerCourier(nobody).deliver([letter(), letter(number=2)]))
    assert [type(outcome) for outcome in outcomes] == [Later, Later]
    assert "cannot be reached" in outcomes[0].answer


def test_a_greeting_that_turns_us_away_is_for_later_not_a_refusal() -> None:
    with smtp_sink(Script(greeting="554 No service for you")) as sink:
        outcomes = delivered(sink, [letter()])
    assert outcomes == [Later("The outgoing server does not want to talk: 554 No service for you")]


def test_an_answer_421_ends_the_connection_and_a_new_one_is_made() -> None:
    with smtp_sink(Script(mail=["421 4.3.2 Too many letters on this connection"])) as sink:
        outcomes = delivered(sink, [letter(), letter(number=2)])
    assert [type(outcome) for outcome in outcomes] == [Later, Sent]
    assert sink.connections == 2


def test_what_a_server_said_before_it_hung_up_stands(pipelining: bool) -> None:
    """A server may end the connection behind its 421, with commands of ours unread."""
    said = b"421 4.3.2 Shutting down\r\n"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_hang_up_after_mail, args=(listener, pipelining, said))
        thread.start()
        target = Server("smtp", "127.0.0.1", listener.getsockname()[1], "desk.example", timeouts=PATIENT)
        outcome = next(ServerCourier(target).deliver([letter()]))
        thread.join()
    assert outcome == Later("421 4.3.2 Shutting down")


def _hang_up_after_mail(listener: socket.socket, pipelining: bool, said: bytes) -> None:  # noqa: FBT001
    peer, _ = listener.accept()
    with peer, peer.makefile("rb") as lines:
        peer.sendall(b"220 hello\r\n")
        lines.readline()
        peer.sendall(b"250-hello\r\n250 PIPELINING\r\n" if pipelining else b"250 hello\r\n")
        for _ in range(3 if pipelining else 1):
            lines.readline()
        peer.sendall(said)


def test_a_server_that_asks_for_the_text_of_a_letter_that_it_refused_gets_nothing_more() -> None:
    """Some servers answer DATA with 354 although nobody is to get the letter; what follows would be taken for text."""
    script = Script(rcpt={"nobody@x.example": "550 5.1.1 No such user"}, before_data=["354 Go on all the same"])
    with smtp_sink(script) as sink:
        outcomes = delivered(sink, [letter("nobody@x.example")])
        assert outcomes == [Refused(550, "550 5.1.1 No such user")]
        script.before_data.clear()
        assert [type(each) for each in delivered(sink, [letter(number=2)])] == [Sent]
        assert [mail.recipients for mail in sink.wait_for(1)] == [("pat@broker.example",)]


def test_the_letters_after_one_that_was_half_taken_go_out_by_a_new_connection(pipelining: bool) -> None:
    script = Script(rcpt={"no@x.example": "550 5.1.1 No such user"}, before_data=["354 Go on"] if pipelining else [])
    with smtp_sink(script) as sink:
        outcomes = delivered(sink, [letter("no@x.example"), letter(number=2)])
        assert len(sink.wait_for(1)) == 1
    assert [type(each) for each in outcomes] == [Refused, Sent]
    assert sink.connections == (2 if pipelining else 1)


def test_three_commands_come_in_one_write_where_the_server_allows_it(pipelining: bool) -> None:
    written: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def read() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.sendall(b"220 hello\r\n")
                peer.recv(1000)
                peer.sendall(b"250-hello\r\n250 PIPELINING\r\n" if pipelining else b"250 hello\r\n")
                written.append(peer.recv(1000))

        thread = threading.Thread(target=read)
        thread.start()
        target = Server("smtp", "127.0.0.1", listener.getsockname()[1], "desk.example", timeouts=PATIENT)
        list(ServerCourier(target).deliver([letter()]))
        thread.join()
    assert written[0].splitlines()[0] == b"MAIL FROM:<>"
    assert written[0].endswith(b"DATA\r\n") is pipelining


def test_a_server_that_wants_a_login_does_not_refuse_the_letter() -> None:
    with smtp_sink(Script(login=("desk", "secret"))) as sink:
        assert delivered(sink, [letter()]) == [Later("530 5.7.0 Authentication required")]


def test_answers_are_kept_without_mail_addresses() -> None:
    script = Script(
        rcpt={"pat@broker.example": "550 5.1.1 <pat@broker.example>: User Pat@Broker.example unknown (pat)"}
    )
    with smtp_sink(script) as sink:
        outcome = delivered(sink, [letter()])[0]
    assert outcome == Refused(550, "550 5.1.1 [address] User [address] unknown [address]")


def test_with_dsn_a_letter_without_return_path_asks_for_no_report() -> None:
    heard_of = replace(letter(sender="bounce+x@desk.example"), message_id="o.7f.k_2a@desk.example")
    with smtp_sink(Script(dsn=True)) as sink:
        delivered(sink, [letter(), heard_of])
        silent, heard = sink.wait_for(2)
    assert "NOTIFY=NEVER" in silent.options
    assert {"NOTIFY=FAILURE", "RET=HDRS", "ENVID=o.7f.k_2a"} <= set(heard.options)


def test_we_greet_with_the_name_we_are_given_and_no_other() -> None:
    """ATTACKS A103: the machine's own name stays unknown."""
    greetings: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.sendall(b"220 hello\r\n")
                greetings.append(peer.recv(1000))

        thread = threading.Thread(target=answer)
        thread.start()
        target = Server("smtp", "127.0.0.1", listener.getsockname()[1], "desk.example", timeouts=PATIENT)
        list(ServerCourier(target).deliver([letter()]))
        thread.join()
    assert greetings == [b"ehlo desk.example\r\n"]


def test_an_address_that_smtp_cannot_speak_is_refused_and_nothing_is_sent() -> None:
    """ATTACKS A040: a line end in an address is no new command."""
    with smtp_sink() as sink:
        outcomes = delivered(sink, [letter("x@y.example>\r\nRCPT TO:<z@y.example"), letter("jör@y.example", 2)])
        assert [outcome.code for outcome in outcomes if isinstance(outcome, Refused)] == [553, 553]
        assert sink.received == []


def test_lmtp_over_tcp_takes_one_answer_a_letter() -> None:
    with smtp_sink(Script(rcpt={"no@x.example": "550 5.1.1 No such user"}), lmtp=True) as sink:
        target = Server("lmtp", sink.host, sink.port, "desk.example", timeouts=PATIENT)
        outcomes = list(ServerCourier(target).deliver([letter(), letter("no@x.example", 2), letter(number=3)]))
    assert [type(outcome) for outcome in outcomes] == [Sent, Refused, Sent]


def test_lmtp_over_a_unix_socket(tmp_path: Path) -> None:
    with smtp_sink(lmtp=True, unix_socket=tmp_path / "lmtp.sock") as sink:
        target = Server("lmtp", str(tmp_path / "lmtp.sock"), 0, "desk.example", timeouts=PATIENT)
        assert isinstance(next(ServerCourier(target).deliver([letter()])), Sent)
        assert sink.wait_for(1)[0].recipients == ("pat@broker.example",)


def test_the_next_letter_is_asked_for_when_the_outcome_was_taken() -> None:
    """So that the outbox can note each outcome before the next try begins."""
    asked: list[int] = []

    def letters() -> object:
        for number in (1, 2):
            asked.append(number)
            yield letter(number=number)

    with smtp_sink() as sink:
        outcomes = ServerCourier(server(sink)).deliver(letters())  # type: ignore[arg-type]
        next(outcomes)
        assert asked == [1]
        outcomes.close()  # type: ignore[attr-defined]
    assert len(sink.received) == 1
