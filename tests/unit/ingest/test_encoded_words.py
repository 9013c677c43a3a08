"""RFC 2047 words, right and wrong."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.ingest.cleaning import clean_line, clean_text, clean_value
from mailbot.ingest.encoded_words import decode_words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("=?utf-8?Q?J=C3=B6rg?=", "Jörg"),
        ("=?UTF-8?b?SsO2cmc=?=", "Jörg"),
        ("=?iso-8859-1?Q?J=F6rg?= Reed", "Jörg Reed"),
        ("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"),
        ("=?utf-8?Q?a?=  \t =?iso-8859-1?Q?b?=", "ab"),
        ("=?utf-8?Q?a?= x =?utf-8?Q?b?=", "a x b"),
        ("=?utf-8?Q?a_b?=", "a b"),
        ("=?utf-8*de?Q?a?=", "a"),
        ("=?utf-8?B?SsO2cmc?=", "Jörg"),
        ("=?utf-8?Q?What=3F?=", "What?"),
        ("=?utf-8?Q?Wh?t?=", "Wh?t"),
        ("=?utf-8?Q??=", ""),
        ("=?no-such?Q?J=C3=B6rg?=", "Jörg"),
        ("=?unicode_escape?Q?\\u003c?=", "\\u003c"),
        ("=?utf-8?X?a?=", "=?utf-8?X?a?="),
        ("=? =? =?", "=? =? =?"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?= =?iso-2022-jp?B?GyRCOGwbKEI=?=", "日本語"),
    ],
)
def test_words_are_decoded(value: str, text: str) -> None:
    assert decode_words(value) == text


@pytest.mark.parametrize("at", [5, 7, 9, 11])
def test_a_word_of_shifted_letters_may_go_on_in_the_next(at: int) -> None:
    raw = "ニャーンと鳴く".encode("iso2022_jp")
    words = [f"=?iso-2022-jp?B?{base64.b64encode(piece).decode()}?=" for piece in (raw[:at], raw[at:])]
    assert decode_words(" ".join(words)) == "ニャーンと鳴く"


def test_words_that_each_return_to_ascii_are_read_alone() -> None:
    words = [f"=?iso-2022-jp?B?{base64.b64encode(text.encode('iso2022_jp')).decode()}?=" for text in ("日本", "語")]
    assert decode_words("\n ".join(words)) == "日本語"


@given(st.text(max_size=200))
def test_any_text_can_be_decoded(value: str) -> None:
    decode_words(value)
    decode_words(f"=?utf-8?q?{value}?=")


@given(st.text(max_size=200))
def test_cleaned_text_can_be_stored_and_printed(value: str) -> None:
    for cleaned in (clean_line(value), clean_text(value), clean_value(value)):
        cleaned.encode("utf-8")
        assert not set(cleaned) & set("\x00\x07\x1b\x7f\x9b\ufeff")
    assert not set(clean_line(value)) & set("\r\n\u2028\u2029\u202e\u2066")
    assert "\r" not in clean_text(value)


def test_a049_no_terminal_command_survives() -> None:
    assert clean_line("a\x1b[31mb\r\nBcc: x") == "a [31mb Bcc: x"
