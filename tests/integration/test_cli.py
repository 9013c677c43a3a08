"""The commands as scripts see them: JSON shapes, exit statuses and sentences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.cases.understanding import Understanding
from tests.commands import NOW, TAKEN_IN, Commands
from tests.desks import Desk, open_desk, write_desk
from tests.mails import EVE, mail, with_file
from tests.readers import read_by

CASE = {
    "number", "state", "category", "confidence", "team", "assignee", "opened_at", "answer_due", "reply_due",
    "correspondents", "group_number", "missing", "review", "linked",
}  # fmt: skip


@pytest.fixture
def commands(sqlite_url: str, tmp_path: Path) -> Commands:
    return Commands(write_desk(tmp_path / "desk", sqlite_url))


@pytest.fixture
def held(commands: Commands, sqlite_url: str) -> Iterator[int]:
    """An arrival that is held."""
    with open_desk(commands.config.parent, sqlite_url) as desk:
        yield hold(desk)


def hold(desk: Desk) -> int:
    def fails(_: object) -> Understanding:
        raise RuntimeError

    read_by(desk.app, fails)
    recorded = desk.record(mail(subject="held"))
    for _ in range(3):
        desk.take_in()
        desk.later()
    return recorded.arrival_id


def test_deliver_takes_a_mail_in_and_tells_what_became_of_it(commands: Commands) -> None:
    row = commands.row("deliver", "--from", "dana@broker.example", given=mail(message_id="<one@broker.example>"))
    assert set(row) == TAKEN_IN
    assert (row["source"], row["message_id"], row["outcome"]) == ("pipe", "one@broker.example", "case_opened")
    assert row["kind"] == "inquiry"
    assert [letter["to"] for letter in row["letters"]] == ["dana@broker.example"]
    assert isinstance(row["arrival"], int)


def test_deliver_says_the_same_in_words(commands: Commands) -> None:
    result = commands.run("deliver", given=mail())
    assert result.exit_code == 0
    assert result.stdout.startswith("pipe: case_opened, case 261123-")


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (mail(subject="Re: x", in_reply_to="<unknown@x.example>"), "case_opened"),
        (mail(auto_submitted="auto-replied"), "stored"),
        (mail(list_id="<list.example>"), "stored"),
    ],
)
def test_deliver_tells_each_outcome(commands: Commands, given: bytes, outcome: str) -> None:
    assert commands.row("deliver", given=given)["outcome"] == outcome


def test_a014_deliver_knows_a_mail_again(commands: Commands) -> None:
    raw = mail()
    first, again = commands.row("deliver", given=raw), commands.row("deliver", given=raw)
    assert (again["outcome"], again["arrival"], again["letters"]) == ("duplicate", first["arrival"], [])


@pytest.mark.parametrize(("sender", "letters"), [("", 0), ("dana@broker.example", 1)])
def test_deliver_heeds_the_envelope(commands: Commands, sender: str, letters: int) -> None:
    row = commands.row("deliver", "--from", sender, "--to", "enrollment@desk.example", given=mail())
    assert len(row["letters"]) == letters


def test_deliver_at_an_earlier_time_is_old_mail(commands: Commands) -> None:
    assert commands.row("deliver", "--at", "2026-11-01T09:00-05:00", given=mail())["letters"] == []


@pytest.mark.parametrize("given", [b"", b"\n \r\n"])
def test_deliver_of_nothing_is_no_mail(commands: Commands, given: bytes) -> None:
    status, sentence = commands.refused("deliver", given=given)
    assert status == 65
    assert "pipe one in" in sentence


@pytest.mark.parametrize("given", [b"hello", b"\0\xff\xfe" * 100, b"From nobody\n\n", b":\n\n"])
def test_deliver_takes_whatever_has_bytes(commands: Commands, given: bytes) -> None:
    assert commands.row("deliver", given=given)["outcome"] in ("case_opened", "stored")


@pytest.mark.parametrize("option", ["--at", "--now"])
@pytest.mark.parametrize("moment", ["yesterday", "2026-11-23T09:00", "2026-13-01T00:00Z"])
def test_a_time_without_an_offset_is_refused_with_an_example(commands: Commands, option: str, moment: str) -> None:
    arguments = ["deliver", "--at", moment] if option == "--at" else ["deliver"]
    status, sentence = commands.refused(*arguments, given=mail(), now=moment if option == "--now" else NOW)
    assert status == 2
    assert "2026-11-21T09:00-05:00" in sentence


@pytest.mark.parametrize("option", ["--at", "--now"])
@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "2200-01-01T00:00Z"])
def test_a_time_that_no_deadline_can_be_counted_from_is_refused(commands: Commands, option: str, moment: str) -> None:
    arguments = ["deliver", "--at", moment] if option == "--at" else ["deliver"]
    status, sentence = commands.refused(*arguments, given=mail(), now=moment if option == "--now" else NOW)
    assert (status, sentence.partition("; ")[2]) == (2, f"{moment!r} is not between 1970 and 2200")


def test_what_was_typed_is_told_again_in_part_only(commands: Commands) -> None:
    for line in (("case", "9" * 100_000), ("cases", "--state", "x" * 100_000), ("deliver", "--at", "2" * 100_000)):
        status, sentence = commands.refused(*line, given=mail())
        assert (status, len(sentence) < 200) == (2, True)


def test_tick_does_one_round_and_counts_it(commands: Commands) -> None:
    commands.row("deliver", given=mail())
    row = commands.row("tick")
    assert set(row) >= {"polled", "taken", "reminded", "closed", "delivered", "held", "waiting"}
    assert (row["polled"], row["taken"], row["delivered"], row["held"]) == ({}, 0, 1, 0)
    assert commands.row("tick")["delivered"] == 0
    assert len(list((commands.config.parent / "letters" / "new").iterdir())) == 1


def test_tick_tells_that_something_is_held(commands: Commands, held: int) -> None:
    result = commands.run("tick")
    assert result.exit_code == 1
    assert "mailbot arrivals --state held" in result.stderr


def test_cases_are_listed_with_everything_that_a_script_needs(commands: Commands) -> None:
    number = commands.row("deliver", given=mail())["case"]
    row = commands.row("cases")
    assert set(row) >= CASE
    assert (row["number"], row["opened_at"]) == (number, "2026-11-23T14:00:00+00:00")
    assert row["correspondents"] == [{"address": "dana@broker.example", "name": "Dana Reed", "role": "unknown"}]
    assert number in commands.run("cases").stdout


def test_cases_are_chosen_by_what_they_are(commands: Commands) -> None:
    row = commands.row("cases") if commands.row("deliver", given=mail()) else {}
    assert len(commands.rows("cases", "--state", row["state"], "--category", row["category"])) == 1
    assert commands.rows("cases", "--state", "resolved") == []
    assert commands.rows("cases", "--category", "no.such") == []
    assert commands.rows("cases", "--group", "4711") == []
    assert len(commands.rows("cases", "--review")) == (1 if row["review"] else 0)


def test_a_case_is_shown_with_its_thread_its_letters_and_its_history(commands: Commands) -> None:
    number = commands.row("deliver", given=with_file("form.pdf"))["case"]
    commands.row("tick", now="2026-11-23T15:00Z")
    row = commands.row("case", number)
    assert set(row) >= CASE | {"messages", "letters", "events"}
    (message,), (letter,) = row["messages"], row["letters"]
    assert message["attachments"][0]["filename"] == "form.pdf"
    assert set(letter) >= {"kind", "to", "state", "sent_at", "message_id"}
    assert (letter["state"], letter["sent_at"]) == ("sent", "2026-11-23T15:00:00+00:00")
    assert all(set(event) == {"at", "actor", "kind", "why"} for event in row["events"])
    assert row["events"][0]["kind"] == "case_opened"
    sheet = commands.run("case", number).stdout
    assert all(word in sheet for word in (number, "form.pdf", "Thread", "our ", "History"))


@pytest.mark.parametrize("text", ["\x1b[31mred", "\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe", "a\rb", "\x9b2J"])
def test_a049_a043_what_a_mail_says_cannot_steer_the_terminal(commands: Commands, text: str) -> None:
    number = commands.row("deliver", given=mail(f"see {text}", subject=f"=?utf-8?q?{quoted(text)}?="))["case"]
    for shown in (commands.run("case", number).stdout, commands.run("cases").stdout):
        assert not [letter for letter in shown if not letter.isprintable() and letter != "\n"]


def quoted(text: str) -> str:
    return "".join(f"={byte:02X}" for byte in text.encode())


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("4711", "is no case number"),
        ("261123-0000000", "is no case number"),
        ("261121-0000427", "there is no case"),
        ("'; DROP TABLE cases", "is no case number"),
    ],
)
def test_a_case_that_is_not_there_is_said_so(commands: Commands, number: str, sentence: str) -> None:
    status, said = commands.refused("case", number)
    assert status == 2
    assert sentence in said


def test_letters_are_listed_with_how_far_they_got(commands: Commands) -> None:
    commands.row("deliver", given=mail())
    row = commands.row("letters", "--state", "due")
    assert set(row) >= {"kind", "to", "state", "sent_at", "message_id", "case", "attempts", "answer"}
    assert commands.rows("letters", "--state", "sent") == []
    assert "dana@broker.example" in commands.run("letters").stdout


def test_arrivals_are_listed_with_what_became_of_them(commands: Commands, held: int) -> None:
    commands.row("deliver", given=mail(), now="2026-11-23T15:00Z")
    assert [row["state"] for row in commands.rows("arrivals")] == ["held", "done"]
    row = commands.row("arrivals", "--state", "held")
    assert (row["arrival"], row["attempts"]) == (held, 3)
    assert "RuntimeError" in row["error"]
    assert str(held) in commands.run("arrivals").stdout


@pytest.mark.parametrize(
    ("command", "states"),
    [
        ("arrivals", "new, taken, done, held"),
        ("cases", "awaiting_staff, awaiting_sender, submitted, resolved, closed_no_reply, withdrawn, redirected"),
        ("letters", "due, sending, later, sent, refused, unknown, held, cancelled"),
    ],
)
def test_a_state_that_does_not_exist_is_refused_with_those_that_do(
    commands: Commands, command: str, states: str
) -> None:
    """An empty list would say that there is nothing."""
    status, sentence = commands.refused(command, "--state", "Pending")
    assert (status, sentence) == (2, f"--state takes {states}; 'Pending' is none of them")


def test_retry_takes_a_held_mail_in(commands: Commands, held: int) -> None:
    row = commands.row("retry", str(held), now="2026-11-23T15:00Z")
    assert (row["outcome"], row["arrival"], row["source"]) == ("case_opened", held, "staff")
    status, sentence = commands.refused("retry", str(held))
    assert status == 2
    assert "mailbot arrivals --state held" in sentence


def test_release_puts_a_held_mail_into_the_case_that_staff_name(commands: Commands, held: int) -> None:
    number = commands.row("deliver", given=mail(sender=EVE))["case"]
    row = commands.row("release", str(held), "--case", number, now="2026-11-23T15:00Z")
    assert (row["outcome"], row["case"]) == ("appended", number)


def test_release_into_a_case_that_is_not_there_leaves_the_mail_held(commands: Commands, held: int) -> None:
    status, sentence = commands.refused("release", str(held), "--case", "261121-0000427")
    assert status == 2
    assert "there is no case" in sentence
    assert len(commands.rows("arrivals", "--state", "held")) == 1


@pytest.mark.parametrize("arrival", ["0", "4711", "9" * 18])
def test_an_arrival_that_is_not_held_cannot_be_freed(commands: Commands, arrival: str) -> None:
    status, sentence = commands.refused("retry", arrival)
    assert status == 2
    assert "is held" in sentence


@pytest.mark.parametrize("arrival", ["-1", "9" * 40, "an id", "1.5"])
def test_what_cannot_be_an_id_is_wrong_usage(commands: Commands, arrival: str) -> None:
    result = commands.run("retry", "--", arrival)
    assert result.exit_code == 2
    assert "Invalid value for 'ID'" in result.stderr
