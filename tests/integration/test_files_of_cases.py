"""Whose files a case shows: its own, by its number only; an id of a file opens nothing (A063)."""

from __future__ import annotations

import json

import pytest

from mailbot.cases.number import is_number
from mailbot.errors import Tampered
from mailbot.store.schema import attachments
from tests.desks import Desk
from tests.mails import EVE, mail, with_file
from tests.servers.service import command


def two_cases(desk: Desk) -> tuple[str, str]:
    """Dana's case with her form, and Eve's with hers."""
    dana = desk.send(with_file("dana.pdf", "%PDF-1.4 Dana's form")).case_number
    eve = desk.send(with_file("eve.pdf", "%PDF-1.4 Eve's form", sender=EVE), "eve@elsewhere.example").case_number
    assert dana
    assert eve
    return dana, eve


def files(desk: Desk, number: str) -> list[str]:
    return [file.filename for message in desk.thread(number) for file in message.attachments]


def test_a063_a_case_shows_its_own_files_only(desk: Desk) -> None:
    dana, eve = two_cases(desk)
    assert files(desk, dana) == ["dana.pdf"]
    assert files(desk, eve) == ["eve.pdf"]


@pytest.mark.parametrize("guess", ["1", "../dana.pdf"])
def test_a063_no_id_of_a_file_opens_anything(desk: Desk, guess: str) -> None:
    two_cases(desk)
    told = command(desk.config_file, "case", guess, "--json", now=desk.clock.now())
    assert told.returncode == 2
    assert told.stdout == b""
    assert b".pdf" not in told.stderr.replace(guess.encode(), b"")


def test_a063_a_number_that_was_guessed_is_no_number_nine_times_of_ten(desk: Desk) -> None:
    dana, _ = two_cases(desk)
    guesses = [f"{dana[:-1]}{digit}" for digit in range(10)]
    assert [guess for guess in guesses if is_number(guess)] == [dana]


def test_a063_a_stranger_with_the_number_sees_none_of_its_files(desk: Desk) -> None:
    dana, _ = two_cases(desk)
    asked = mail("Please send me the file again.", sender=EVE, subject=f"Re: [Case {dana}]")
    theirs = desk.send(asked, "eve@elsewhere.example").case_number
    assert theirs != dana
    assert theirs is not None
    assert files(desk, theirs) == []
    assert all(b"dana.pdf" not in desk.letter(row).as_bytes() for row in desk.letters())


def test_a063_a_name_put_on_another_row_does_not_open(desk: Desk) -> None:
    dana, _ = two_cases(desk)
    with desk.store.writing() as transaction:
        connection = transaction.work.connection
        first, second = connection.execute(attachments.select().order_by(attachments.c.id)).all()
        connection.execute(attachments.update().where(attachments.c.id == first.id).values(filename=second.filename))
    with pytest.raises(Tampered, match=r"attachments\.filename"):
        files(desk, dana)


def test_a063_what_a_case_tells_names_no_row(desk: Desk) -> None:
    dana, _ = two_cases(desk)
    told = command(desk.config_file, "case", dana, "--json", now=desk.clock.now())
    (message,) = json.loads(told.stdout)["messages"]
    (file,) = message["attachments"]
    assert file["filename"] == "dana.pdf"
    assert not {"id", "attachment_id", "part", "sha256"} & set(file)
