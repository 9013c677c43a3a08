"""Sixty automatic replies in many languages from many systems, and sixty mails from people that look like them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.ingest.parse import parse
from mailbot.ingest.screen import screen
from mailbot.mail import Envelope, Kind, Screening
from tests.mails import OWN

FOLDER = Path(__file__).parents[2] / "auto_replies"
AUTOMATIC = sorted((FOLDER / "automatic").glob("*.eml"))
PEOPLE = sorted((FOLDER / "people").glob("*.eml"))


def screened(path: Path) -> Screening:
    return screen(parse(path.read_bytes()), Envelope(sender=None), OWN)


@pytest.mark.parametrize("path", AUTOMATIC, ids=lambda path: path.stem)
def test_pain_22_an_automatic_reply_is_told(path: Path) -> None:
    screening = screened(path)
    assert screening.kind is Kind.AUTO_REPLY
    assert screening.because


@pytest.mark.parametrize("path", PEOPLE, ids=lambda path: path.stem)
def test_pain_25_a_person_is_never_called_automatic(path: Path) -> None:
    assert screened(path).kind.from_a_person


def test_the_sets_are_what_they_are_said_to_be() -> None:
    assert len(AUTOMATIC) == len(PEOPLE) == 60
    bare = [path for path in AUTOMATIC if "-bare-" in path.name]
    assert len(bare) == 30
    assert not any(b"\nAuto-Submitted" in path.read_bytes() for path in bare)
    assert len({path.name[:2] for path in AUTOMATIC}) >= 10


@pytest.mark.parametrize("path", [path for path in AUTOMATIC if "-bare-" in path.name], ids=lambda path: path.stem)
def test_the_same_words_with_a_request_are_a_person(path: Path) -> None:
    request = b"\n\nPlease terminate Bob Marsh, member number 0044120, effective 12/1/2026.\n"
    screening = screen(parse(path.read_bytes() + request), Envelope(sender="ann@q.example"), OWN)
    assert screening.kind.from_a_person
