"""Mails of the corpus changed at random, the same change for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

# What mail is made of; put into the wrong place each of them has broken some mail program.
WORDS = (
    *(b"\r\n", b"\n", b"\r", b"\n\n", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\t", b" ", b"--", b"--b\n", b"--b--\n"),
    *(b"=?utf-8?q?", b"=?utf-8?b?", b"=?iso-2022-jp?b?GyRC?=", b"=?utf-7?q?+AD?=", b"?=", b"=", b"=\n", b"=3D", b"==="),
    *(b'"', b"\\", b"(", b")", b"<", b">", b"<<", b"@", b",", b";", b":", b"*0*=utf-8''%", b"*1=", b"%0d%0a", b"../"),
    *(
        b"Content-Type: multipart/mixed; boundary=b\n",
        b"Content-Type: message/rfc822\n\n",
        b"Content-Type: text/html\n",
    ),
    *(
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n",
        b"charset=utf-7",
        b"charset=utf-16",
    ),
    *(
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: quoted-printable\n",
        b"format=flowed; delsp=yes",
    ),
    *(
        b"begin 644 a\n",
        b"\nend\n",
        b"From ",
        b">From ",
        b"> ",
        b"\n-- \n",
        b"On x wrote:\n",
        b"PK\x03\x04",
        b"PK\x05\x06",
    ),
    *(b"MZ", b"%PDF-", b"<div>" * 50, b"<style>", b"</", b"<!--", b"&#x", b"\x1b$B", b"\x1b(B", b"\x78\x9f\x3e\x22"),
)
LONGEST = 200_000

Change = Callable[[random.Random, bytearray, Sequence[bytes]], None]


def mutated(corpus: Sequence[bytes], seed: int) -> bytes:
    """One mail of the corpus after one to twelve changes."""
    chance = random.Random(seed)
    raw = bytearray(chance.choice(corpus))
    for _ in range(chance.randint(1, 12)):
        chance.choice(CHANGES)(chance, raw, corpus)
    return bytes(raw[:LONGEST])


def _place(chance: random.Random, raw: bytearray) -> int:
    """Anywhere, but half of the time in the first two kilobytes, where the headers are."""
    return chance.randint(0, min(len(raw), 2048) if chance.random() < 0.5 else len(raw))


def _insert(chance: random.Random, raw: bytearray, _: Sequence[bytes]) -> None:
    at = _place(chance, raw)
    raw[at:at] = chance.choice(WORDS) * chance.choice((1, 1, 1, 2, 50))


def _delete(chance: random.Random, raw: bytearray, _: Sequence[bytes]) -> None:
    at = _place(chance, raw)
    del raw[at : at + chance.choice((1, 1, 2, 10, 200))]


def _overwrite(chance: random.Random, raw: bytearray, _: Sequence[bytes]) -> None:
    at = _place(chance, raw)
    raw[at : at + 1] = bytes((chance.randint(0, 255),))


def _repeat(chance: random.Random, raw: bytearray, _: Sequence[bytes]) -> None:
    at = _place(chance, raw)
    piece = raw[at : at + chance.randint(1, 400)]
    raw[at:at] = piece * chance.choice((1, 2, 30))


def _splice(chance: random.Random, raw: bytearray, corpus: Sequence[bytes]) -> None:
    other = chance.choice(corpus)
    start = chance.randint(0, len(other))
    at = _place(chance, raw)
    raw[at:at] = other[start : start + chance.randint(1, 4000)]


def _truncate(chance: random.Random, raw: bytearray, _: Sequence[bytes]) -> None:
    del raw[_place(chance, raw) :]


def _swap_lines(chance: random.Random, raw: bytearray, _: Sequence[bytes]) -> None:
    lines = raw.split(b"\n")
    first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    raw[:] = b"\n".join(lines)


CHANGES: tuple[Change, ...] = (
    *(_insert, _insert, _insert, _delete, _overwrite, _overwrite),
    *(_repeat, _splice, _truncate, _swap_lines),
)
