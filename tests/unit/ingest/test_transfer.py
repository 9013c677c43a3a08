"""Transfer encodings undone, damaged or not."""

from __future__ import annotations

import base64
import binascii
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.ingest import transfer
from mailbot.ingest.flowed import join_flowed
from mailbot.ingest.transfer import decode, encoding_name
from tests.unit.ingest.growth import growth


@given(st.binary(max_size=2000))
def test_what_was_encoded_comes_back(content: bytes) -> None:
    assert decode(base64.encodebytes(content), "base64") == (content, True)
    assert decode(binascii.b2a_qp(content, istext=False), "quoted-printable") == (content, True)


@given(st.binary(min_size=1, max_size=400))
def test_uuencoded_files_come_back(content: bytes) -> None:
    lines = b"".join(binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45))
    assert decode(b"begin 644 a.bin\n" + lines + b"`\nend\n", "x-uuencode") == (content, True)


@pytest.mark.parametrize("encoding", ["", "7bit", "8bit", "binary", "7-bit", "8-bit", "none", "plain"])
def test_what_is_not_encoded_stays_as_it_is(encoding: str) -> None:
    assert decode(b"QUJD=20\r\n", encoding) == (b"QUJD=20\r\n", True)


@pytest.mark.parametrize(("encoding", "body"), [("what", b"QUJD"), ("uuencode", b"only words that go on and on\n")])
def test_what_cannot_be_decoded_stays_as_it_is_and_is_told(encoding: str, body: bytes) -> None:
    assert decode(body, encoding) == (body, False)


CODE = b"begin 644 a.bin\n" + binascii.b2a_uu(b"hello") + b"`\nend\n"


@pytest.mark.parametrize("encoding", ["x-uuencode", "uuencode", "x-uue", "uue"])
@pytest.mark.parametrize(
    "body",
    [
        CODE,
        CODE.replace(b"\n", b"\r\n"),
        b"text above\n" + CODE + b"-- \nM and below\n",
        CODE.removesuffix(b"end\n"),
        CODE.removesuffix(b"`\nend\n"),
        CODE.partition(b"\n")[2],
    ],
    ids=["whole", "CRLF", "text around", "no end", "no closing line", "no beginning"],
)
def test_a_uuencoded_file_is_read_by_all_its_names_and_with_its_end_or_without(encoding: str, body: bytes) -> None:
    assert decode(body, encoding) == (b"hello", True)


@given(st.binary(max_size=500), st.sampled_from(["base64", "quoted-printable", "x-uuencode", "8bit", "what"]))
def test_any_bytes_can_be_decoded(body: bytes, encoding: str) -> None:
    decode(body, encoding)


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (b"QUJD", b"ABC"),
        (b"QUI", b"AB"),
        (b"QQ", b"A"),
        (b"Q", b""),
        (b"QUJ*D", b"ABC"),
        (b"QQ==QQ==", b"AA"),
        (b"", b""),
    ],
)
def test_base64_is_mended(body: bytes, content: bytes) -> None:
    assert decode(body, "base64")[0] == content


@pytest.mark.parametrize(
    ("value", "name"), [("BASE64", "base64"), ("7bit;", "7bit"), ('"base64" (x)', "base64"), ("", ""), (" ;", "")]
)
def test_the_encoding_is_one_word(value: str, name: str) -> None:
    assert encoding_name(value) == name


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("one \ntwo\nthree", "one two\nthree"),
        (" stuffed\n > not quoted", "stuffed\n> not quoted"),
        ("> a \n> b\n>> c", "> a b\n>> c"),
        ("> a \nb", "> a \nb"),
        ("text \n-- \nDana", "text \n-- \nDana"),
        ("", ""),
    ],
)
def test_flowed_lines_are_joined(text: str, joined: str) -> None:
    assert join_flowed(text) == joined


def test_whole_base64_is_decoded_in_whatever_pieces_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(1)
    for piece in (1, 3, 64, 1024):
        monkeypatch.setattr(transfer, "_PIECE", piece)
        for size in range(0, 200, 7):
            content = chance.randbytes(size)
            encoded = base64.encodebytes(content).replace(b"\n", b"\r\n")
            assert transfer.whole_base64(memoryview(encoded)) == content
            assert transfer._padded_oddly(memoryview(encoded)) == content


@pytest.mark.parametrize("piece", [1, 2, 5, 1024])
@pytest.mark.parametrize("body", [b"QUJD=QUJD", b"QUI=\r\nQUI=", b"QUJD!", b"QUJ", b"QUJD\r\n-- \r\nfooter", b"QQ==x"])
def test_base64_with_a_fault_is_not_taken_for_whole(monkeypatch: pytest.MonkeyPatch, piece: int, body: bytes) -> None:
    monkeypatch.setattr(transfer, "_PIECE", piece)
    assert transfer.whole_base64(memoryview(body)) is None


@pytest.mark.parametrize(
    "body",
    [b"UXVpdCE=", b"UXVp\r\ndCE=\r\n", b" UXVp\tdCE = ", b"UXVpdCE=\n=\n==", b"UXVpdCE====", b"U\nX\nV\np\ndCE="],
)
def test_blanks_and_too_much_padding_are_no_fault(body: bytes) -> None:
    assert transfer.whole_base64(memoryview(body)) == b"Quit!"


@pytest.mark.parametrize("body", [b"UXVpdCE", b"UXVpd", b"UXVp-dCE=", b"UX=VpdCE=", b"UXVpdCE=UXVp", b"UXVp\x00dCE="])
def test_what_cannot_be_all_that_was_encoded_is_not_whole(body: bytes) -> None:
    assert transfer.whole_base64(memoryview(body)) is None


@given(st.lists(st.sampled_from([b"QUJD", b"Q", b"=", b"\n", b" ", b"-", b"\xff", b"/"]), max_size=12).map(b"".join))
def test_whole_is_what_the_slow_look_finds_whole(body: bytes) -> None:
    assert transfer.whole_base64(memoryview(body)) == transfer._padded_oddly(memoryview(body))


def test_base64_in_pieces_of_one_letter_costs_no_more_than_its_length() -> None:
    assert growth(lambda raw: transfer.whole_base64(memoryview(raw)), lambda n: b"Q \r\n" * n + b"*", 200_000) < 3
