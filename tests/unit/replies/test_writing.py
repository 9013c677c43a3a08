"""The marks of a letter: its id is its own, begins with its moment, and names its case to nobody but us."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailbot.cases import tokens
from mailbot.cases.deadlines import Calendar
from mailbot.cases.number import mint
from mailbot.cases.tokens import Purpose, TokenKey
from mailbot.classify.playbook import load
from mailbot.mail import Address, Letter
from mailbot.replies.plan import LetterKind
from mailbot.replies.samples import sample_desk
from mailbot.replies.templates import load_templates
from mailbot.replies.writing import Occasion, Writer
from tests.mails import MONDAY

KEY = TokenKey(b"ab", b"k" * 32)
NUMBER = mint(date(2026, 11, 21), 42)
WRITER = Writer(
    sample_desk(), load_templates(), Calendar(ZoneInfo("America/New_York"), lambda _: False), KEY, plus_addressing=True
)
RULES = load().rules(None)


def written(number: str = NUMBER, at: datetime = MONDAY, kind: LetterKind = LetterKind.ACKNOWLEDGMENT) -> Letter:
    to = Address("dana@broker.example")
    return WRITER.write(Occasion(kind=kind, to=to, case_number=number, at=at, language="en", rules=RULES, sure=False))


def test_an_id_ends_with_the_token_of_its_case() -> None:
    letter = written()
    token = letter.message_id.partition("@")[0].rpartition(".")[2]
    assert tokens.check((KEY,), Purpose.MESSAGE_ID, token) == NUMBER
    assert tokens.check((KEY,), Purpose.REPLY, token) is None


@pytest.mark.parametrize("number", [NUMBER, ""])
def test_no_two_letters_have_the_same_id_even_in_one_moment(number: str) -> None:
    kind = LetterKind.ACKNOWLEDGMENT if number else LetterKind.STATUS
    ids = {written(number, kind=kind).message_id for _ in range(200)}
    assert len(ids) == 200


@pytest.mark.parametrize("number", [NUMBER, ""])
@pytest.mark.parametrize("step", [timedelta(milliseconds=1), timedelta(seconds=1), timedelta(days=400)])
def test_the_ids_of_later_letters_stand_behind_those_of_earlier_ones(number: str, step: timedelta) -> None:
    kind = LetterKind.ACKNOWLEDGMENT if number else LetterKind.STATUS
    ids = [written(number, MONDAY + count * step, kind).message_id for count in range(20)]
    assert ids == sorted(ids)


@pytest.mark.parametrize(("number", "least"), [(NUMBER, 64), ("", 128)])
def test_what_is_random_in_an_id_cannot_be_guessed(number: str, least: int) -> None:
    kind = LetterKind.ACKNOWLEDGMENT if number else LetterKind.STATUS
    drawn = [written(number, kind=kind).message_id.partition("@")[0].split(".")[1][11:] for _ in range(50)]
    assert all(len(each) * 4 == least for each in drawn)
    assert len({each[:4] for each in drawn}) > 40


def test_an_id_can_be_the_envelope_id_of_a_delivery_report() -> None:
    """RFC 3461 section 4.4 allows a hundred letters; a longer one would be left out."""
    assert len(written().message_id.partition("@")[0]) <= 100
