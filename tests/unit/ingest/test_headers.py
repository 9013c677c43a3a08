"""Header blocks out of bytes: unfolded, mended, within their caps."""

from __future__ import annotations

import random

import pytest

from mailbot.ingest import defects, headers
from mailbot.ingest.defects import Defects
from mailbot.ingest.headers import BLOCK_BYTES, HEADER_BYTES, HeaderBlock, read_block, read_root, value_text


def block_of(raw: bytes) -> tuple[HeaderBlock, tuple[str, ...]]:
    found = Defects()
    return read_root(raw, found), found.found()


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_fields_are_unfolded_whatever_ends_a_line(end: bytes) -> None:
    raw = end.join([b"Subject: one", b" two", b"\tthree", b"X-Empty:", b"", b"body"])
    block, found = block_of(raw)
    assert block.fields == [("subject", b"one two\tthree"), ("x-empty", b"")]
    assert raw[block.body :] == b"body"
    assert found == ()


@pytest.mark.parametrize(
    "head",
    [
        b"Subject: one\nX-A: 2\n goes on\n\tand on\nX-B :3",
        b"Subject\n : a name is never folded\nFrom: a@b",
        b"Subject: x\n \n more\nFrom:\n a@b",
        b"Subject: x\0y\nFrom: a@b",
        b"Subject: x\rFrom: a@b\r\nTo: c@d",
        b" folded: from the first line\nSubject: x",
        b"Subject: x\nno header at all\nFrom: a@b",
        b"Subject: " + b"x" * HEADER_BYTES + b"\n" + b" y" * 9,
        b"\xffSubject: x\nFrom: a@b",
        b": no name\nSubject: x",
    ],
)
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_a_block_read_at_once_is_read_as_line_by_line(monkeypatch: pytest.MonkeyPatch, head: bytes, end: bytes) -> None:
    raw = head.replace(b"\n", end) + end + end + b"body"
    at_once = block_of(raw)
    monkeypatch.setattr(headers, "_READ_AT_ONCE", -1)
    assert block_of(raw) == at_once


def test_any_block_read_at_once_is_read_as_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(7)
    pieces = [b"\r", b"\n", b"\r\n", b"\n ", b"\n\t", b"a", b":", b" ", b"\0", b"to: x\n", b"From x\n", b"\xff"]
    raws = [b"".join(chance.choice(pieces) for _ in range(chance.randrange(20))) for _ in range(3000)]
    at_once = [block_of(raw) for raw in raws]
    monkeypatch.setattr(headers, "_READ_AT_ONCE", -1)
    assert [block_of(raw) for raw in raws] == at_once


@pytest.mark.parametrize("size", [headers._READ_AT_ONCE - 40, headers._READ_AT_ONCE, 2 * BLOCK_BYTES])
def test_a_block_is_the_same_whatever_its_size(size: int) -> None:
    line = b"X-Filler: " + b"x" * 89 + b"\n"
    raw = b"Subject: x\n" + line * (size // len(line)) + b"\nbody"
    block, found = block_of(raw)
    assert (block.text("subject"), raw[block.body :]) == ("x", b"body")
    assert (defects.BLOCK_CUT in found) == (size > BLOCK_BYTES)


def test_names_are_lower_case_and_keep_their_order() -> None:
    block, _ = block_of(b"B: 1\na: 2\nB: 3\n\n")
    assert block.fields == [("b", b"1"), ("a", b"2"), ("b", b"3")]
    assert (block.get("b"), block.count("b"), block.get("c")) == (b"1", 2, None)


def test_blanks_before_the_colon_are_forgiven() -> None:
    assert block_of(b"Subject : x\n\n")[0].text("subject") == "x"


@pytest.mark.parametrize(
    ("raw", "subject", "body"),
    [
        (b"Subject: x\nHello there,\n\nmore", "x", b"Hello there,\n\nmore"),
        (b"Subject: x\nnot a header\nFrom: a@b\n\nbody", "x not a header", b"body"),
        (b"Subject: x\n>From somebody\nFrom: a@b\n\nbody", "x", b"body"),
        (b"Subject: x\nunknown: y\nHello: this is text\n\nmore", "x", b"more"),
        (b"Subject: x", "x", b""),
        (b"Subject: x\n\n", "x", b""),
    ],
)
def test_where_the_headers_end(raw: bytes, subject: str, body: bytes) -> None:
    block, _ = block_of(raw)
    assert block.text("subject") == subject
    assert raw[block.body :] == body


@pytest.mark.parametrize("length", [1, 200, 201, 1100, 2000])
def test_a_long_name_is_still_a_header(length: int) -> None:
    block, found = block_of(b"X" * length + b": 1\nSubject: x\n\nbody")
    assert block.fields == [("x" * length, b"1"), ("subject", b"x")]
    assert found == ()


def test_a_name_without_end_is_no_header() -> None:
    block, _ = block_of(b"From: a@b\n" + b"X" * 5000 + b": 1\n\nbody")
    assert block.fields == [("from", b"a@b")]


@pytest.mark.parametrize("field", [b"Content-Disposition: inline", b"Content-ID: <a@b>", b"Subject: x", b"Date: x"])
def test_a_spilled_line_does_not_end_the_headers_of_a_part(field: bytes) -> None:
    raw = b'Content-Type: image/gif;\nname="a.gif"\n' + field + b"\n\nbody"
    block = read_block(raw, 0, len(raw), Defects())
    assert block.text("content-type") == 'image/gif; name="a.gif"'
    assert raw[block.body :] == b"body"


def test_a_part_may_begin_with_its_body() -> None:
    block = read_block(b"\nbody", 0, 5, Defects())
    assert (block.fields, block.body) == ([], 1)


def test_no_field_is_longer_than_its_cap() -> None:
    block, found = block_of(b"Subject: " + b"x" * 50_000 + b"\nFrom: a@b\n\n")
    assert len(block.get("subject") or b"") <= HEADER_BYTES
    assert block.get("from") == b"a@b"
    assert found == (defects.HEADER_CUT,)


def test_the_whole_block_stays_within_its_cap() -> None:
    block, found = block_of(b"".join(b"X-%d: " % n + b"y" * 1000 + b"\n" for n in range(500)) + b"\nbody")
    assert sum(len(value) for _, value in block.fields) <= BLOCK_BYTES + HEADER_BYTES
    assert defects.BLOCK_CUT in found


@pytest.mark.parametrize(
    ("value", "hint", "text"),
    [
        (b"plain", "", "plain"),
        ("Grüße".encode(), "", "Grüße"),
        ("Grüße".encode("latin-1"), "", "Grüße"),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет"),
        ("日本".encode("iso2022_jp"), "", "日本"),
        (b"\x1b$B\xff", "", "\x1b$Bÿ"),
    ],
)
def test_raw_letters_in_a_value_are_read(value: bytes, hint: str, text: str) -> None:
    assert value_text(value, hint).replace("\x1b", "") == text.replace("\x1b", "")
