"""A broker writes to the desk: the mail server hands the inquiry over, a case is opened, and a letter goes out."""

from __future__ import annotations

import email
import smtplib
from pathlib import Path

from tests.desks import open_desk, text_of, write_desk
from tests.mails import DESK, MONDAY, mail
from tests.servers.service import serving
from tests.servers.smtp_sink import Script, smtp_sink

HEADERS = [
    "Date", "From", "To", "Subject", "Message-ID", "In-Reply-To", "References", "Reply-To", "Auto-Submitted",
    "X-Auto-Response-Suppress", "X-Mailbot-Letter", "X-Mailbot-Loop", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding",
]  # fmt: skip


def test_the_first_inquiry_gets_a_case_and_a_letter(sqlite_url: str, tmp_path: Path) -> None:
    canary = "her number is 078-05-1120, born 1990-02-01"
    inquiry = mail(f"Hello, {canary}", subject="Jane Q Canary", message_id="<first@broker.example>")
    with smtp_sink(Script()) as sink:
        config = write_desk(tmp_path, sqlite_url, outgoing={"url": f"smtp://127.0.0.1:{sink.port}"})
        with serving(config, MONDAY) as served:
            with smtplib.SMTP("127.0.0.1", served.port, "mx.broker.example", timeout=30) as client:
                client.sendmail("dana@broker.example", DESK, inquiry)
            (received,) = sink.wait_for(1)
            assert served.stop() == 0
    with open_desk(tmp_path, sqlite_url) as desk:
        (case,) = desk.cases()
        assert desk.raw(desk.arrivals()[0].arrival_id) == inquiry
        (letter,) = desk.letters()
        assert (letter.state, letter.to) == ("sent", "dana@broker.example")
    letter_text = text_of(email.message_from_bytes(received.content))
    assert case.number in letter_text
    assert received.recipients == ("dana@broker.example",)
    headers = email.message_from_bytes(received.content)
    assert [name for name, _ in headers.items()] == HEADERS
    assert headers["In-Reply-To"] == headers["References"] == "<first@broker.example>"
    assert headers["Auto-Submitted"] == "auto-replied"
    assert f"[Case {case.number}]" in headers["Subject"]
    # Promise 5: nothing that came in goes out again.
    assert not [word for word in ("078-05", "1990", "Canary") if word.encode() in received.content]
    # And nothing of it, nor an address, stands in the log.
    log = (tmp_path / "serve.log").read_text()
    assert not [word for word in ("078-05", "Canary", "dana@") if word in log]
