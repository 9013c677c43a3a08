"""ATTACKS A025-A047: no structure is too deep, no header too long, no charset too clever."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from mailbot.ingest import defects
from mailbot.ingest.parse import parse
from mailbot.mail import Address
from tests.unit.ingest.growth import growth
from tests.unit.ingest.raw import HEAD, attached, mixed


def nested_multiparts(depth: int) -> bytes:
    return (
        HEAD
        + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(depth))
        + b"\nthe end"
    )


def nested_mails(depth: int) -> bytes:
    return HEAD + b"Content-Type: message/rfc822\n\n" * depth + b"From: eve@evil.example\n\nthe end"


@pytest.mark.parametrize("make", [nested_multiparts, nested_mails])
def test_a025_what_is_nested_too_deep_is_said_and_kept(make: Callable[[int], bytes]) -> None:
    message = parse(make(5000))
    assert defects.TOO_DEEP in message.defects
    assert defects.INCOMPLETE.intersection(message.defects)
    assert b"the end" in message.attachments[-1].content or "the end" in message.text


@pytest.mark.parametrize("make", [nested_multiparts, nested_mails])
def test_a025_depth_costs_no_more_than_length(make: Callable[[int], bytes]) -> None:
    assert growth(parse, make, 4000) < 3


def test_a026_ten_thousand_parts_are_cut_and_said() -> None:
    message = parse(mixed(*[attached("a.txt", b"x")] * 10_000))
    assert defects.TOO_MANY_PARTS in message.defects
    assert 0 < len(message.attachments) <= 1000


def test_a026_a_hundred_thousand_headers_are_cut_and_the_body_stays() -> None:
    message = parse(HEAD + b"".join(b"X-Header-%d: value\n" % n for n in range(100_000)) + b"\nthe body")
    assert defects.BLOCK_CUT in message.defects
    assert message.text == "the body"
    assert sum(len(name) + len(value) for name, value in message.headers) <= 66 * 1024


def test_a026_a_header_of_a_megabyte_is_cut_and_the_others_stay() -> None:
    message = parse(b"X-Long: " + b"a" * (1 << 20) + b"\n" + HEAD + b"\nthe body")
    assert defects.BLOCK_CUT in message.defects or defects.HEADER_CUT in message.defects
    assert message.text == "the body"
    assert max(len(value) for _, value in message.headers) <= 8192


GROWING: list[Callable[[int], bytes]] = [
    lambda n: b"To: " + b"a@b.example, " * n + b"\n" + HEAD + b"\nx",
    lambda n: b"Subject: " + b"=?utf-8?q?a?= " * n + b"\n" + HEAD + b"\nx",
    lambda n: b"Subject: " + b"=?utf-8?q?" * n + b"\n" + HEAD + b"\nx",
    lambda n: b"From: " + b"(" * n + b"\n\nx",
    lambda n: b"From: " + b"<" * n + b"\n\nx",
    lambda n: b"From: " + b'"' * n + b"\n\nx",
    lambda n: b"From: a@" + b":" * n + b"\n\nx",
    lambda n: b"From: " + b"a@b <c@d> " * n + b"\n\nx",
    lambda n: b"Content-Type: text/plain" + b"; a=b" * n + b"\n\nx",
    lambda n: b'Content-Type: text/plain; name="' + b'\\"' * n + b"\n\nx",
    lambda n: b"Content-Disposition: attachment" + b"".join(b"; filename*%d=x" % k for k in range(n)) + b"\n\nx",
    lambda n: b"References: " + b"<a@b>" * n + b"\n\nx",
    lambda n: b"References: " + b"<" * n + b"\n\nx",
    lambda n: b"Date: " + b"(" * n + b"\n\nx",
    lambda n: b"x\nA: b\n" * n + b"Subject: x\n\nx",
    lambda n: HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b \t x\n" * n,
    lambda n: HEAD + b"Content-Type: multipart/mixed\n\n" + b"--bbbbbb\n" * n,
    lambda n: HEAD + b"\n" + b"begin 644 a\n" * n,
    lambda n: HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"QUJD=\n" * n,
    lambda n: HEAD + b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=\n" * n,
    lambda n: HEAD + b"Content-Type: text/plain; charset=utf-7\n\n" + b"+AD" * n,
    lambda n: HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\n\n" + b"\x1b$B\xff" * n,
    lambda n: HEAD + b"Content-Type: text/plain; format=flowed\n\n" + b"> a \n" * n,
    lambda n: HEAD + b"\n" + bytes(range(128, 256)) * (n // 8),
]


PIECES = (
    b"ab",
    b"a ",
    b" ",
    b"\n",
    b"\n\n",
    b"> ",
    b">",
    b"- ",
    b"--",
    b"_",
    b"1",
    b"1-",
    b"a@",
    b"a.",
    b"http://",
    b"<",
    b"<a>",
)
TALK = (
    b"On a ",
    b"Am x ",
    b"From: a\n",
    b"> a\n",
    b"a:\n",
    b"wrote: ",
    b"<div>",
    b"<div",
    b"<!--",
    b"<style>",
    b"&#",
    b'<a href="',
)
TEXTS = [lambda n, piece=piece: HEAD + b"\nhello\n\n" + piece * n for piece in (*PIECES, *TALK)]
MARKUP = [
    lambda n, piece=piece: HEAD + b"Content-Type: text/html\n\n<p>hello</p>" + piece * n for piece in (*PIECES, *TALK)
]


@pytest.mark.parametrize("make", [*TEXTS, *MARKUP], ids=range(2 * len(TEXTS)))
def test_a030_a_text_twice_as_long_never_takes_four_times_as_long(make: Callable[[int], bytes]) -> None:
    assert growth(parse, make, 4000) < 3.2


@pytest.mark.parametrize("make", GROWING, ids=range(len(GROWING)))
def test_a027_twice_the_input_never_takes_four_times_as_long(make: Callable[[int], bytes]) -> None:
    assert growth(parse, make, 8000) < 3.2


def test_a028_the_same_bytes_always_give_the_same_message() -> None:
    raw = (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\nContent-Type: multipart/mixed; boundary=c\n\n"
        + b"--b\n\nB\n--c\n\nC\n"
    )
    assert parse(raw) == parse(raw)
    assert {"B", "C"} <= set(parse(raw).text.split())


def test_a029_a_part_with_two_types_is_flagged() -> None:
    part = b'Content-Type: image/png; name="a.png"\nContent-Type: application/pdf\nContent-Disposition: attachment\n\nx'
    message = parse(mixed(part))
    assert defects.AMBIGUOUS_PART in message.defects
    assert "ambiguous" in message.attachments[0].flags


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (b"base64", b"!!!!" * 50_000),
        (b"base64", b"====" * 50_000),
        (b"quoted-printable", b"=" * 100_000),
        (b"quoted-printable", b"=\r\n" * 50_000 + b"=zz"),
        (b"x-uuencode", b"begin 644 x\n" + b"~" * 100_000),
        (b"x-uuencode", b"`\n" * 50_000),
        (b"yencode", b"=ybegin line=128 size=1 name=a\nx\n=yend"),
    ],
)
def test_a030_decoding_never_gives_more_than_came_in(encoding: bytes, body: bytes) -> None:
    raw = mixed(b"Content-Type: application/x-thing\nContent-Transfer-Encoding: " + encoding + b"\n\n" + body)
    assert sum(file.size for file in parse(raw).attachments) <= len(body)


@pytest.mark.parametrize("kind", [b"message/partial; id=a; number=1", b"message/external-body; access-type=URL"])
def test_a031_what_lies_elsewhere_is_never_fetched(kind: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("reading a mail opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    message = parse(mixed(b"Content-Type: " + kind + b"\n\nContent-Type: text/html\n\n<img src=http://evil.example/>"))
    assert message.attachments[0].flags == ("not_fetched",)


@pytest.mark.parametrize("year", [b"1970", b"9999", b"0001", b"99999"])
def test_a038_a_forged_date_is_only_a_claim(year: bytes) -> None:
    message = parse(b"Date: Thu, 1 Jan " + year + b" 00:00:00 +0000\nReceived: by x; Thu, 1 Jan 1970\n" + HEAD + b"\nx")
    assert message.date is None or message.date.tzinfo is not None


def test_a039_control_headers_from_outside_change_nothing() -> None:
    plain, forged = parse(HEAD + b"\nx"), parse(b"X-Mailbot-Letter: resolution\nX-Priority: 1\n" + HEAD + b"\nx")
    assert (plain.text, plain.subject, plain.from_) == (forged.text, forged.subject, forged.from_)


@pytest.mark.parametrize("header", ["Subject", "From", "Message-ID", "In-Reply-To"])
def test_a040_no_value_brings_a_line_end_or_control_with_it(header: str) -> None:
    evil = "=?utf-8?q?x=0D=0ABcc:_eve=40evil.example=00=1B[2J=E2=80=A8y?="
    message = parse(f"{header}: {evil} <a@b.example>\n\nx".encode())
    values = [message.subject, message.message_id, *message.in_reply_to, *(p.name for p in message.from_)]
    for value in values:
        assert not set(value) & set("\r\n\x00\x1b\u2028")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("<a@b.example>", "a@b.example"),
        ("<[", ""),
        ("<<a@b>>", "a@b"),
        ("<" + "a" * 5000 + "@b>", ""),
        ("<a b@c>", ""),
        ("<a@b>\t<c@d>", "a@b"),
        ("", ""),
        ("bare@id.example", "bare@id.example"),
        ("<ä@b>", ""),
        ('<a"b@c>', ""),
    ],
)
def test_a041_a_message_id_is_safe_or_none(value: str, expected: str) -> None:
    assert parse(f"Message-ID: {value}\n\nx".encode()).message_id == expected


def test_a042_of_many_references_the_first_and_the_last_count() -> None:
    ids = b"".join(b"<%d@b>" % n for n in range(700))
    references = parse(b"References: " + ids + b"\n\nx").references
    assert len(references) == 51
    assert (references[0], references[-1]) == ("0@b", "699@b")


def test_a043_names_and_subjects_are_of_bounded_length_and_direction() -> None:
    long = "\u202eabc \u2066\U0001f469\u200d\U0001f469" * 100_000
    message = parse(f"Subject: {long}\nFrom: {long} <a@b.example>\n\nx".encode())
    assert len(message.subject) <= 8192
    assert not set(message.subject) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def test_a044_a_request_for_a_receipt_is_no_address_of_ours() -> None:
    message = parse(
        b"Disposition-Notification-To: v@victim.example\nReturn-Receipt-To: v@victim.example\n" + HEAD + b"\nx"
    )
    people = (*message.from_, *message.to, *message.cc, *message.reply_to)
    assert "v@victim.example" not in {person.address for person in people}


@pytest.mark.parametrize(
    "charset",
    [
        "utf-7",
        "unicode_escape",
        "raw_unicode_escape",
        "idna",
        "punycode",
        "undefined",
        "rot13",
        "zlib",
        "hex",
        "mbcs",
        "x" * 900,
    ],
)
@pytest.mark.parametrize("body", [b"+ADw-script+AD4-", rb"\u003cscript\u003e", b"xn--abc", b"<a>"])
def test_a045_a_dangerous_charset_never_makes_markup(charset: str, body: bytes) -> None:
    message = parse(HEAD + f"Content-Type: text/plain; charset={charset}\n\n".encode() + body)
    assert message.text == body.decode()


def test_a046_surrogates_and_nul_never_come_out() -> None:
    raw = (
        b"Subject: \xed\xa0\x80 =?utf-8?b?7aCA?= =?utf-16?b?2AA=?=\n"
        + HEAD
        + b"Content-Type: text/plain; charset=utf-8\n\na\x00b\xed\xb0\x80"
    )
    message = parse(raw)
    for string in (message.subject, message.text):
        string.encode("utf-8")
        assert "\x00" not in string


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("dana@BROKER.example", True),
        ("DANA@broker.example", True),
        ("dana@brоker.example", False),
        ("dana@br0ker.example", False),
        ("dana\uff20broker.example", False),
        ("dana@x\uff20broker.example", False),
        ("dınah@broker.example", False),
    ],
)
def test_a047_a_look_alike_is_another_address(other: str, same: bool) -> None:
    assert (Address(other).key == Address("dana@broker.example").key) is same
