"""Transfer encodings undone, damaged or not."""

from __future__ import annotations

import base64
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.ingest.flowed import join_flowed
from mailbot.ingest.transfer import decode, encoding_name


@given(st.binary(max_size=2000))
def test_what_was_encoded_comes_back(content: bytes) -> None:
    assert decode(base64.encodebytes(content), "base64") == (content, True)
    assert decode(binascii.b2a_qp(content, istext=False), "quoted-printable") == (content, True)


@given(st.binary(min_size=1, max_size=400))
def test_uuencoded_files_come_back(content: bytes) -> None:
    lines = b"".join(binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45))
    assert decode(b"begin 644 a.bin\n" + lines + b"`\nend\n", "x-uuencode") == (content, True)


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
