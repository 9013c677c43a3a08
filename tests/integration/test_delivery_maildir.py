"""Letters into a Maildir, and the courier that a configuration asks for."""

from __future__ import annotations

import mailbox
from pathlib import Path

from mailbot.config import Carrier, Outgoing, OutgoingUrl, SecretText, SocketAddress
from mailbot.mail import Address, Letter
from mailbot.replies.couriers import courier_for
from mailbot.replies.delivery import ServerCourier
from mailbot.replies.maildir import MaildirCourier
from mailbot.replies.outcomes import Later, Sent


def letter(number: int) -> Letter:
    content = f"Message-ID: <o.{number}@desk.example>\r\nX-Mailbot-Letter: status\r\n\r\nHello\r\n".encode()
    return Letter("status", Address("pat@broker.example"), "Hi", f"o.{number}@desk.example", "en", "", content)


def test_each_letter_becomes_a_file_that_a_maildir_reader_finds(tmp_path: Path) -> None:
    outcomes = list(MaildirCourier(tmp_path / "letters").deliver([letter(1), letter(2)]))
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    found = mailbox.Maildir(tmp_path / "letters")
    assert sorted(mail["Message-ID"] for mail in found) == ["<o.1@desk.example>", "<o.2@desk.example>"]
    assert list((tmp_path / "letters" / "tmp").iterdir()) == []
    found.close()


def test_a_letter_that_is_sent_again_replaces_itself(tmp_path: Path) -> None:
    courier = MaildirCourier(tmp_path)
    list(courier.deliver([letter(1)]))
    list(courier.deliver([letter(1)]))
    assert len(list((tmp_path / "new").iterdir())) == 1


def test_a_folder_that_cannot_be_written_is_for_later(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    outcome = next(MaildirCourier(tmp_path / "file").deliver([letter(1)]))
    assert isinstance(outcome, Later)
    assert str(tmp_path) not in outcome.answer


def test_the_configuration_chooses_the_courier(tmp_path: Path) -> None:
    assert courier_for(Outgoing(OutgoingUrl(Carrier.MAILDIR, path=tmp_path)), "desk.example") == MaildirCourier(
        tmp_path
    )
    url = OutgoingUrl(Carrier.SMTP_STARTTLS, SocketAddress("relay.desk.example", 587))
    courier = courier_for(Outgoing(url, user="desk", password=SecretText("s"), timeout_seconds=60), "desk.example")
    assert isinstance(courier, ServerCourier)
    server = courier.server
    assert (server.scheme, server.host, server.port) == ("smtp+starttls", "relay.desk.example", 587)
    assert (server.user, server.password, server.helo) == ("desk", "s", "desk.example")
    assert (server.timeouts.command, server.timeouts.final) == (60, 600)


def test_an_lmtp_socket_is_a_host_that_begins_with_a_slash(tmp_path: Path) -> None:
    courier = courier_for(Outgoing(OutgoingUrl(Carrier.LMTP, path=tmp_path / "lmtp.sock")), "desk.example")
    assert isinstance(courier, ServerCourier)
    assert courier.server.host == str(tmp_path / "lmtp.sock")
