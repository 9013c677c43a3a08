"""Whole mails as many programs write them: what is new in an answer, and who wrote what is forwarded."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.ingest.parse import parse
from mailbot.ingest.screen import screen
from mailbot.mail import Address, Envelope, Kind, Message
from tests.mails import OWN

FOLDER = Path(__file__).parents[2] / "clients"
ANSWERS = sorted((FOLDER / "answers").glob("*.eml"))
FORWARDS = sorted((FOLDER / "forwards").glob("*.eml"))


def read(path: Path) -> Message:
    return parse(path.read_bytes())


def is_about_the_request(text: str) -> bool:
    return "Please send" in text or "Please type" in text


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_pain_27_only_the_answer_is_new(path: Path) -> None:
    assert read(path).new_text == "The number is 10442."


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_pain_27_what_was_answered_is_kept_and_told_apart(path: Path) -> None:
    message = read(path)
    assert is_about_the_request(message.quoted)
    assert is_about_the_request(message.text)
    assert "10442" in message.text
    assert "10442" not in message.quoted


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_an_answer_is_no_forward(path: Path) -> None:
    message = read(path)
    assert message.forwarded is None
    assert screen(message, Envelope(sender="dana@broker.example"), OWN).kind is Kind.REPLY


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_no_client_hides_anything_in_its_own_markup(path: Path) -> None:
    assert read(path).defects == ()


@pytest.mark.parametrize("path", [path for path in ANSWERS if "iphone" in path.stem], ids=lambda path: path.stem)
def test_a_mobile_line_is_a_signature_in_every_language(path: Path) -> None:
    assert "iPhone" in read(path).signature


@pytest.mark.parametrize("path", FORWARDS, ids=lambda path: path.stem)
def test_pain_32_a_forward_says_who_wrote_it(path: Path) -> None:
    forwarded = read(path).forwarded
    assert forwarded is not None
    assert forwarded.sender == Address("bob@marsh.example", "Bob Marsh")
    assert forwarded.subject == "New son"


@pytest.mark.parametrize("path", FORWARDS, ids=lambda path: path.stem)
def test_what_was_written_above_a_forward_is_new(path: Path) -> None:
    message = read(path)
    assert message.new_text == "Please handle this one."
    assert "Please add my son Leo." in message.quoted


@pytest.mark.parametrize("path", FORWARDS, ids=lambda path: path.stem)
def test_pain_27_a_forward_without_a_word_shows_all_of_it(path: Path) -> None:
    raw = path.read_bytes().replace(b"Please handle this one.", b"")
    message = parse(raw)
    assert "Please add my son Leo." in message.new_text
    assert message.forwarded is not None


@pytest.mark.parametrize("path", FORWARDS, ids=lambda path: path.stem)
def test_a_forward_is_from_a_person(path: Path) -> None:
    assert screen(read(path), Envelope(sender="dana@broker.example"), OWN).kind is Kind.INQUIRY


@pytest.mark.parametrize("path", [*ANSWERS, *FORWARDS], ids=lambda path: path.stem)
def test_line_ends_and_a_footer_change_nothing(path: Path) -> None:
    raw = path.read_bytes()
    assert read(path).new_text == parse(raw.replace(b"\n", b"\r\n")).new_text


def test_the_sets_are_what_they_are_said_to_be() -> None:
    assert len(ANSWERS) >= 90
    assert len(FORWARDS) >= 34
