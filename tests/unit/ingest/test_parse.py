"""What parse() makes of whole mails."""

from __future__ import annotations

from mailbot.ingest.parse import parse, parse_body

PLAIN = (
    b"From: Dana Reed <dana@broker.example>\r\nTo: desk@desk.example\r\n"
    b"Subject: =?utf-8?q?Adding_a_child_=E2=80=93_J=C3=B6rg?=\r\n"
    b"Date: Sat, 21 Nov 2026 09:00:00 -0500\r\nMessage-ID: <one@broker.example>\r\nIn-Reply-To: <zero@desk.example>\r\n"
    b"\r\nPlease add my son.\r\n"
)


def test_a_plain_mail_is_read_into_its_parts() -> None:
    message = parse(PLAIN)
    assert (message.from_[0].address, message.from_[0].name) == ("dana@broker.example", "Dana Reed")
    assert message.subject == "Adding a child – Jörg"
    assert message.message_id == "one@broker.example"
    assert message.in_reply_to == ("zero@desk.example",)
    assert str(message.date) == "2026-11-21 14:00:00+00:00"
    assert message.text.strip() == "Please add my son."
    assert message.defects == ()


def test_a_bare_body_has_no_headers() -> None:
    message = parse_body("Grüße".encode(), "text/plain")
    assert message.text == "Grüße"
    assert message.from_ == ()


def test_an_empty_mail_is_a_message_with_a_defect() -> None:
    assert "empty mail" in parse(b"").defects
