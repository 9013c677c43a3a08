"""The inquiry inside a forwarded mail: read where it is sure whose it is, doubted everywhere else (PAINS 32)."""

from __future__ import annotations

import pytest

from mailbot.ingest.forwards import Forwarded, forwarded_in
from mailbot.ingest.parse import parse
from tests.mails import mail

ANN = "Ann Lee <ann@plan.example>"
GMAIL = """---------- Forwarded message ---------
From: Dana Reed <dana@broker.example>
Date: Mon, Nov 23, 2026 at 8:00 AM
Subject: New doctor
To: Ann Lee <ann@plan.example>


Please change my doctor to Dr. Vell.
My id is Q1234567.
"""
OUTLOOK = """From: Dana Reed <dana@broker.example>
Sent: Monday, November 23, 2026 8:00 AM
To: Ann Lee <ann@plan.example>
Subject: New doctor

Please change my doctor to Dr. Vell.
"""
APPLE = """Begin forwarded message:

> From: Dana Reed <dana@broker.example>
> Subject: New doctor
> Date: November 23, 2026 at 8:00:00 AM EST
> To: Ann Lee <ann@plan.example>
>
> Please change my doctor to Dr. Vell.
> > She is kind.
"""
GERMAN = """-------- Weitergeleitete Nachricht --------
Betreff: New doctor
Datum: Mon, 23 Nov 2026 08:00:00 -0500
Von: Dana Reed <dana@broker.example>
An: Ann Lee <ann@plan.example>

Please change my doctor to Dr. Vell.
"""


def forwarded(text: str, **headers: str | None) -> Forwarded | None:
    return forwarded_in(parse(mail(text, **({"sender": ANN, "subject": "Fwd: New doctor"} | headers))))  # type: ignore[arg-type]


def doubt(text: str, **headers: str | None) -> str:
    found = forwarded(text, **headers)
    assert found is not None and found.inquiry is None
    return found.doubt


@pytest.mark.parametrize("text", [GMAIL, OUTLOOK, APPLE, GERMAN], ids=["gmail", "outlook", "apple", "german"])
@pytest.mark.parametrize(
    "above", ["", "For the desk, please.\n\n", "#assign me\n\n"], ids=["bare", "said", "commanded"]
)
def test_pain_32_the_sender_of_the_header_block_wrote_the_inquiry(text: str, above: str) -> None:
    found = forwarded(above + text)
    assert found is not None and found.inquiry is not None
    inquiry = found.inquiry
    assert inquiry.sender is not None
    assert (inquiry.sender.address, inquiry.sender.name) == ("dana@broker.example", "Dana Reed")
    assert inquiry.subject == "New doctor"
    assert inquiry.new_text.startswith("Please change my doctor to Dr. Vell.")
    assert "desk, please" not in inquiry.text and "#assign" not in inquiry.text
    assert (inquiry.to, inquiry.cc, inquiry.message_id) == ((), (), "")


def test_the_ids_that_it_refers_to_are_kept() -> None:
    found = forwarded(GMAIL, in_reply_to="<d1@broker.example>", references="<d0@broker.example> <d1@broker.example>")
    assert found is not None and found.inquiry is not None
    assert found.inquiry.references == ("d0@broker.example", "d1@broker.example")


@pytest.mark.parametrize(
    ("sender", "why"),
    [
        ("From: Dana Reed", "one sender with an address"),
        ("From: Dana <dana@broker.example>, Eve <eve@elsewhere.example>", "one sender with an address"),
        ('From: "dana@broker.example" <eve@elsewhere.example>', "one sender with an address"),
        ("From: dana@nowhere", "one sender with an address"),
    ],
)
def test_pain_32_a_sender_that_is_not_plain_is_doubted(sender: str, why: str) -> None:
    assert why in doubt(GMAIL.replace("From: Dana Reed <dana@broker.example>", sender))


def test_pain_32_an_address_in_the_text_is_no_sender() -> None:
    found = forwarded("Please write to dana@broker.example about it.")
    assert found is None


def test_pain_32_a_header_block_that_the_forwarded_text_itself_brings_is_doubted() -> None:
    # The block of Ann's mail program is in a language that we do not read; the one below it was typed by a stranger.
    unread = "Saatja: Eve <eve@elsewhere.example>\nSaaja: Ann <ann@plan.example>\n\n"
    assert "above its header block" in doubt(unread + OUTLOOK)


def attached(*inner: str) -> str:
    parts = "\n".join(f"--edge\nContent-Type: message/rfc822\n\n{each}" for each in inner)
    return f"--edge\nContent-Type: text/plain\n\nPlease take this in.\n{parts}\n--edge--"


INNER = """From: Dana Reed <dana@broker.example>
To: ann@plan.example
Subject: New doctor
Message-ID: <d1@broker.example>
References: <d0@broker.example>

Please change my doctor.
"""
MIXED = "multipart/mixed; boundary=edge"


def test_an_attached_mail_is_the_inquiry_with_its_own_id() -> None:
    found = forwarded(attached(INNER), content_type=MIXED)
    assert found is not None and found.inquiry is not None
    inquiry = found.inquiry
    assert inquiry.sender is not None and inquiry.sender.address == "dana@broker.example"
    assert (inquiry.message_id, inquiry.references) == ("d1@broker.example", ("d0@broker.example",))
    assert inquiry.new_text == "Please change my doctor."
    assert [file.content_type for file in inquiry.attachments] == ["message/rfc822"]


def test_two_attached_mails_are_doubted() -> None:
    assert doubt(attached(INNER, INNER), content_type=MIXED) == "it forwards more than one mail"


def test_an_attached_mail_without_one_sender_is_doubted() -> None:
    two = INNER.replace("From: Dana Reed <dana@broker.example>", "From: a@one.example, b@two.example")
    assert "does not name one sender" in doubt(attached(two), content_type=MIXED)


def test_a_mail_that_forwards_nothing_is_no_forward() -> None:
    assert forwarded("Please look at this.", subject="A question") is None
    assert forwarded("#close", subject="Re: [Case 261121-0000427]", in_reply_to="<o.1@desk.example>") is None
