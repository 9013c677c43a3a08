"""The same mail has the same digest by whatever way it comes, and another mail has another."""

from __future__ import annotations

import hashlib
import random
import re

import pytest

from mailbot.store import content_key
from mailbot.store.content_key import SELECTED, content_digest

HEAD = [
    b"From: Dana Reed <dana@broker.example>",
    b"To: enrollment@desk.example",
    b"Subject: New dependent, and a subject that is long enough to be folded",
    b"Date: Mon, 23 Nov 2026 09:00:00 -0500",
    b"Message-ID: <one@broker.example>",
    b"Content-Type: text/plain; charset=utf-8",
]
BODY = b"Please add my son.\r\n\r\nHis name is on the form.\r\n"


def mail(head: list[bytes] = HEAD, body: bytes = BODY) -> bytes:
    return b"\r\n".join(head) + b"\r\n\r\n" + body


RAW = mail()
FOLDED = RAW.replace(b"long enough to", b"long\r\n enough\r\n\tto")


@pytest.mark.parametrize(
    "again",
    [
        mail([b"Received: from a by b with ESMTP id 4711; Mon, 23 Nov 2026 09:00:01 -0500", *HEAD]),
        mail([b"Received: from a\r\n\tby b", b"Return-Path: <dana@broker.example>", b"Delivered-To: x@y", *HEAD]),
        mail([b"DKIM-Signature: v=1; d=broker.example", b"Authentication-Results: mx; spf=pass", *HEAD]),
        mail([b"X-Spam-Score: 1", b"X-Anything: at all", *HEAD]),
        mail(HEAD[::-1]),
        RAW.replace(b"\r\n", b"\n"),
        RAW + b"\r\n\r\n",
        RAW.rstrip(),
        FOLDED,
        FOLDED.replace(b"\r\n", b"\n"),
        RAW.replace(b"Subject:", b"SUBJECT:").replace(b"To: ", b"to:   "),
    ],
)
def test_f23_a_second_copy_on_another_way_is_the_same_mail(again: bytes) -> None:
    assert content_digest(again) == content_digest(RAW)


@pytest.mark.parametrize(
    "other",
    [
        mail(body=BODY.replace(b"son", b"sun")),
        mail(body=b"\r\n" + BODY),
        mail(body=b""),
        mail(HEAD[:-1]),
        mail([*HEAD, b"Cc: eve@elsewhere.example"]),
        mail([*HEAD, HEAD[0]]),
        mail([b"From: dana@broker.example", *HEAD[1:]]),
        mail([line.replace(b"one@", b"two@") for line in HEAD]),
        mail([line.replace(b"09:00:00", b"09:00:01") for line in HEAD]),
        b"",
    ],
)
def test_a075_another_mail_is_another_mail_even_with_the_same_message_id(other: bytes) -> None:
    assert content_digest(other) != content_digest(RAW)


def test_a_digest_that_was_stored_is_found_again_by_every_later_version() -> None:
    stored = "14a7a98643c7d52b79881c8ec0e6f2caedf1402a933f9f1d4b6c7d3bd36f8ac7"
    assert content_digest(RAW).hex() == stored


@pytest.mark.parametrize("name", sorted(SELECTED))
def test_every_header_that_its_author_set_counts(name: bytes) -> None:
    assert content_digest(mail([*HEAD, name + b": one"])) != content_digest(mail([*HEAD, name + b": two"]))


def test_a_header_cannot_be_passed_off_as_two() -> None:
    two = mail([b"Subject: one", b"Cc: two"])
    assert content_digest(two) != content_digest(mail([b"Subject: one cc:two"]))
    assert content_digest(two) != content_digest(mail([b"Cc: two one", b"Subject:"]))


def test_a026_what_stands_beyond_the_header_cap_still_counts() -> None:
    endless = [b"X-Filler: " + b"x" * 300_000]
    assert content_digest(mail([*endless, *HEAD])) != content_digest(mail([*endless, *HEAD[:-1]]))


@pytest.mark.parametrize("raw", [b"\n", b"\r\n\r\n", b"no header at all", b": nothing\n\nx", b" folded\n\nx"])
def test_what_is_hardly_a_mail_has_a_digest_too(raw: bytes) -> None:
    assert len(content_digest(raw)) == 32


def line_by_line(head: bytes) -> list[tuple[bytes, bytes]]:
    """The headers that count, each unfolded as it is read (RFC 5322 section 2.2.3)."""
    unfolded: list[bytes] = []
    for line in head.split(b"\n"):
        if line[:1] in (b" ", b"\t") and unfolded:
            unfolded[-1] += line
        else:
            unfolded.append(line)
    fields = ((name.strip().lower(), value) for name, _, value in (field.partition(b":") for field in unfolded))
    return sorted((name, re.sub(rb"[ \t]+", b" ", value).strip()) for name, value in fields if name in SELECTED)


def in_one_piece(raw: bytes) -> bytes:
    """The same digest without regard to memory."""
    unix = raw.replace(b"\r\n", b"\n")
    head, _, body = unix.partition(b"\n\n")
    digest = hashlib.sha256()
    for name, value in line_by_line(head[: content_key._HEADER_CAP]):
        digest.update(name + b":" + value + b"\n")
    digest.update(b"\n" + head[content_key._HEADER_CAP :] + body.rstrip(b"\n"))
    return digest.digest()


@pytest.mark.parametrize(("piece", "cap"), [(1, 1), (2, 5), (3, 7), (7, 20), (256 * 1024, 256 * 1024)])
def test_it_does_not_matter_in_which_pieces_a_mail_is_read(
    monkeypatch: pytest.MonkeyPatch, piece: int, cap: int
) -> None:
    monkeypatch.setattr(content_key, "_PIECE", piece)
    monkeypatch.setattr(content_key, "_HEADER_CAP", cap)
    chance = random.Random(piece)
    words = [b"\r", b"\n", b"\r\n", b"\n\n", b"to: x", b"a", b":", b" ", b"\t"]
    for _ in range(3000):
        raw = b"".join(chance.choice(words) for _ in range(chance.randrange(16)))
        assert content_digest(raw) == in_one_piece(raw), raw
