"""Base64 that something else got into gives what was encoded, and never eats the words around it."""

from __future__ import annotations

import base64
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.ingest.damaged_base64 import is_prose, mended
from mailbot.ingest.transfer import decode
from tests.unit.ingest.growth import growth

# 114 bytes are two full lines and no padding: nothing but what follows tells where the code ends.
FILE = bytes(range(57)) * 2
CODE = base64.encodebytes(FILE)


@pytest.mark.parametrize(
    "behind",
    [
        b"\n_______________________________________________\nlist mailing list\nlist@lists.example\n",
        b"XXXX--boundary-1--\n\nThe epilogue of the message.\n",
        b"-- \nThis mail was scanned.\n",
        b"\n\n--\nDisclaimer: this message is meant for you only.\n",
    ],
)
def test_words_behind_a_file_are_no_part_of_it(behind: bytes) -> None:
    assert decode(CODE + behind, "base64") == (FILE, False)


@pytest.mark.parametrize(
    "ahead",
    [
        b'filename="form.pdf"\n\n',
        b"Content-Description: the form\n\n",
        b"[Attachment: form.pdf]\n",
        b"\n\n \n",
    ],
)
def test_words_ahead_of_a_file_are_no_part_of_it(ahead: bytes) -> None:
    assert decode(ahead + CODE, "base64")[0] == FILE


def test_a_line_that_a_relay_put_in_the_middle_is_passed_over() -> None:
    first, second = CODE.splitlines(keepends=True)
    assert decode(first + b"*** continued: 2 of 2 ***\n" + second, "base64") == (FILE, False)


def test_an_equals_sign_in_words_ahead_does_not_end_the_file() -> None:
    assert decode(b"name=\n" + CODE, "base64")[0].endswith(FILE)


@pytest.mark.parametrize("sign", [b"*", b"!", b"-", b"_", b"\x00", b"\xff", b"<"])
def test_a_strange_sign_in_a_line_is_left_out(sign: bytes) -> None:
    damaged = CODE[:30] + sign + CODE[30:]
    assert decode(damaged, "base64") == (FILE, False)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b" \n", b"\n\n", b"\t\r\n"])
def test_line_ends_of_any_kind_are_no_damage(end: bytes) -> None:
    assert decode(CODE.replace(b"\n", end), "base64") == (FILE, True)


@pytest.mark.parametrize("padding", [b"", b"=", b"==", b"===", b"====", b"= =", b"=\n="])
def test_wrong_padding_costs_nothing(padding: bytes) -> None:
    content = b"Please add my son"
    assert decode(base64.b64encode(content).rstrip(b"=") + padding, "base64")[0] == content


def test_pieces_that_were_padded_each_are_all_read() -> None:
    pieces = [b"Please ", b"add my son", b" today."]
    body = b"\n".join(base64.b64encode(piece) for piece in pieces)
    assert decode(body, "base64")[0] == b"Please add my son today."


def test_a_letter_too_many_at_the_end_is_dropped() -> None:
    assert decode(base64.b64encode(b"abc") + b"Q", "base64") == (b"abc", False)


@pytest.mark.parametrize(
    "text",
    [
        b"Please add my son to the plan.",
        b"ploozdect nispplul swunkglap\nsmoosknus pgeft lut",
        b"Hello,\n\nthe roster follows on Monday.\nDana\n",
        b"<html><body><p>Please add my son.</p></body></html>",
        "Bitte fügen Sie meine Tochter hinzu.".encode(),
        "請協助更新我的資料".encode("cp950"),
    ],
)
def test_a_text_that_was_never_encoded_is_kept_as_it_is(text: bytes) -> None:
    assert is_prose(text)
    assert decode(text, "base64", text=True) == (text, False)


@pytest.mark.parametrize("text", ["Please add my son.", "x", "Grüße", "1\n2\n3", "請協助更新我的資料" * 20])
def test_an_encoded_text_is_not_taken_for_words(text: str) -> None:
    body = base64.encodebytes(text.encode())
    assert not is_prose(body)
    assert decode(body, "base64", text=True) == (text.encode(), True)


def test_a_footer_that_a_list_put_below_an_encoded_text_is_kept() -> None:
    body = base64.encodebytes(b"Please add my son.") + b"____\nLeave the list: https://lists.example/\n"
    content, intact = decode(body, "base64", text=True)
    assert content == b"Please add my son.\n____\nLeave the list: https://lists.example/\n"
    assert not intact


def test_a_file_that_is_no_code_at_all_is_kept_as_it_is() -> None:
    assert decode(b"%PDF-1.4 (not encoded)", "base64") == (b"%PDF-1.4 (not encoded)", False)


def test_nothing_is_nothing() -> None:
    assert mended(b"") == (b"", b"")
    assert decode(b" \r\n\r\n", "base64") == (b"", True)
    assert not is_prose(b"")


@given(st.binary(max_size=400), st.binary(max_size=60), st.booleans())
def test_a030_damage_never_gives_more_than_came_in(content: bytes, junk: bytes, text: bool) -> None:  # noqa: FBT001
    body = base64.encodebytes(content)
    damaged = body[: len(body) // 2] + junk + body[len(body) // 2 :]
    decoded, _ = decode(damaged, "base64", text=text)
    assert len(decoded) <= len(damaged) + 1


@given(st.binary(min_size=3, max_size=300), st.integers(min_value=20, max_value=120))
def test_whole_code_is_read_as_the_standard_library_reads_it(content: bytes, width: int) -> None:
    code = base64.b64encode(content)
    body = b"\n".join(code[at : at + width] for at in range(0, len(code), width))
    assert decode(body, "base64") == (binascii.a2b_base64(body), True)


@pytest.mark.parametrize(
    "line", [b"QUJD\n", b"QUI=\n", b"= = =\n", b"a b c\n", b"**\n", b"x" * 3 + b"\n", b"=" * 40 + b"\n"]
)
def test_a030_twice_the_damage_takes_twice_the_time(line: bytes) -> None:
    assert growth(lambda raw: decode(raw, "base64", text=True), lambda n: line * n + b"*!\n" + CODE, 20_000) < 3.5
