"""Servers' answers as they are kept."""

from __future__ import annotations

import pytest

from mailbot.mail import Address, Letter
from mailbot.replies.outcomes import LONGEST_ANSWER, scrubbed


def letter(to: str) -> Letter:
    return Letter("status", Address(to), "Hi", "o.1@desk.example", "en", "", b"")


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (b"5.1.1 <pat.doe@x.example>: no such user", "5.1.1 [address] no such user"),
        (b"user Pat.Doe is unknown", "user [address] is unknown"),
        (b"see https://x.example/?rcpt=pat%40x.example", "see [address]"),
        (b"rejected\nby policy\x00\x1b[31m", "rejected by policy??[31m"),
        (b"caf\xc3\xa9 closed", "caf?? closed"),
        (b"patience, please", "patience, please"),
        (b"see PAT%40X.example", "see [address]"),
        (b"\t two   blanks ", "two blanks"),
    ],
)
def test_an_answer_is_one_plain_line_without_addresses(answer: bytes, kept: str) -> None:
    assert scrubbed(answer, letter("pat.doe@x.example")) == kept


def test_a_short_local_part_is_taken_out_only_as_a_word_of_its_own() -> None:
    assert scrubbed(b"al is not an alias (al)", letter("al@x.example")) == "[address] is not an alias [address]"


@pytest.mark.parametrize(
    ("to", "kept"), [("pat@x.example", "[address] is patient"), ("pa@x.example", "pat is patient")]
)
def test_only_the_local_part_of_this_letter_is_taken_out(to: str, kept: str) -> None:
    assert scrubbed("pat is patient", letter(to)) == kept


def test_without_a_letter_only_whole_addresses_are_known() -> None:
    assert scrubbed(b"pat is unknown, says pat@x.example") == "pat is unknown, says [address]"


def test_a_long_answer_is_cut() -> None:
    assert len(scrubbed("word " * 500)) == LONGEST_ANSWER
