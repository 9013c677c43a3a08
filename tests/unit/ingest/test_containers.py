"""Attached mails are opened: their text, their files, and how deep and how many."""

from __future__ import annotations

import pytest

from mailbot.ingest.containers import MOST_OPENED, MOST_WITHIN
from mailbot.ingest.defects import TOO_DEEP
from mailbot.ingest.parse import parse
from tests.unit.ingest.raw import HEAD, attached, mixed

INNER = HEAD.replace(b"Subject: x", b"Subject: New son") + b"\nPlease add my son."


def as_mail(content: bytes, name: str = "") -> bytes:
    named = f'; name="{name}"' if name else ""
    return f"Content-Type: message/rfc822{named}\nContent-Disposition: attachment\n\n".encode() + content


def bounded(raw: bytes, boundary: str) -> bytes:
    """The same mail with another boundary, so that it can lie inside one like it."""
    name = boundary.encode()
    return (
        raw.replace(b"=b\n", b"=" + name + b"\n")
        .replace(b"\n--b\n", b"\n--" + name + b"\n")
        .replace(b"\n--b--\n", b"\n--" + name + b"--\n")
    )


@pytest.mark.parametrize("kind", ["message/rfc822", "message/global"])
def test_an_attached_mail_says_who_wrote_what(kind: str) -> None:
    (file,) = parse(mixed(as_mail(INNER).replace(b"message/rfc822", kind.encode()))).attachments
    assert file.content == INNER
    assert "dana@broker.example" in file.text
    assert "New son" in file.text
    assert file.text.endswith("Please add my son.")


def test_the_files_of_an_attached_mail_stand_behind_it() -> None:
    inner = bounded(mixed(attached("roster.csv", b"name,born"), attached("form.pdf", b"%PDF-1.4")), "inner")
    files = parse(mixed(as_mail(inner, "mail.eml"), attached("last.csv", b"x"))).attachments
    assert [(file.part, file.filename) for file in files] == [
        ("1", "mail.eml"),
        ("1/1", "roster.csv"),
        ("1/2", "form.pdf"),
        ("2", "last.csv"),
    ]


def test_the_text_of_an_attached_mail_is_not_that_of_the_outer_one() -> None:
    message = parse(mixed(b"Content-Type: text/plain\n\nSee below.", as_mail(INNER)))
    assert message.text == "See below."
    assert message.subject == "x"


def test_a030_mails_within_mails_are_opened_only_so_deep() -> None:
    raw = INNER
    for level in range(MOST_WITHIN + 3):
        raw = bounded(mixed(as_mail(raw, f"{level}.eml")), f"level{level}")
    message = parse(raw)
    assert max(file.part.count("/") for file in message.attachments) == MOST_WITHIN
    assert TOO_DEEP in message.defects


def test_of_many_attached_mails_only_the_first_are_opened_and_all_are_kept() -> None:
    files = parse(mixed(*[as_mail(INNER, f"{n}.eml") for n in range(MOST_OPENED + 5)])).attachments
    assert len(files) == MOST_OPENED + 5
    assert [bool(file.text) for file in files].count(True) == MOST_OPENED


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        (b"New son", "New son.eml"),
        (b"=?utf-8?q?M=C3=BCller?=", "Müller.eml"),
        (b"../../etc/passwd", "passwd.eml"),
        (b"", ""),
    ],
)
def test_a_mail_attached_without_a_name_is_named_by_its_subject(subject: bytes, name: str) -> None:
    (file,) = parse(mixed(as_mail(INNER.replace(b"New son", subject)))).attachments
    assert file.filename == name
