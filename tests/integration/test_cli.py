"""The commands as scripts see them: JSON shapes, exit statuses and sentences."""

from __future__ import annotations

import json
import mailbox
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mailbot.cli import build
from mailbot.errors import MailbotError
from tests.desks import Desk, open_desk, write_desk
from tests.mails import EVE, MONDAY, mail, with_file

NOW = MONDAY.isoformat()
TAKEN_IN = {
    "source", "message_id", "arrival", "outcome", "kind", "case", "category", "confidence", "missing", "review",
    "letters",
}  # fmt: skip
CASE = {
    "number", "state", "category", "confidence", "team", "assignee", "opened_at", "answer_due", "reply_due",
    "correspondents", "group_number", "missing", "review", "linked",
}  # fmt: skip


class Commands:
    """Runs commands of one desk; `rows` are the JSON objects that they print."""

    def __init__(self, config: Path) -> None:
        self.config = config

    def run(self, *arguments: str, given: bytes = b"", now: str = NOW) -> Any:
        command, *rest = arguments
        line = [command, "--config", str(self.config), "--now", now, *rest]
        result = CliRunner().invoke(build(), line, input=given)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def rows(
        self, command: str, *arguments: str, given: bytes = b"", now: str = NOW, status: int = 0
    ) -> list[dict[str, Any]]:
        result = self.run(command, "--json", *arguments, given=given, now=now)
        assert result.exit_code == status, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]

    def row(self, *arguments: str, **how: Any) -> dict[str, Any]:
        (row,) = self.rows(*arguments, **how)
        return row

    def refused(self, *arguments: str, given: bytes = b"", **how: Any) -> tuple[int, str]:
        """The status and the sentence of a command that cannot work."""
        with pytest.raises(MailbotError) as caught:
            self.run(*arguments, given=given, **how)
        return caught.value.exit_status, str(caught.value)


@pytest.fixture
def commands(sqlite_url: str, tmp_path: Path) -> Commands:
    return Commands(write_desk(tmp_path / "desk", sqlite_url))


@pytest.fixture
def held(commands: Commands, sqlite_url: str) -> Iterator[int]:
    """An arrival that is held."""
    with open_desk(commands.config.parent, sqlite_url) as desk:
        yield hold(desk)


def hold(desk: Desk) -> int:
    def fails(*_: Any) -> Any:
        raise RuntimeError

    desk.app.intake._understand = fails
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


def folder_of_mail(folder: Path) -> list[bytes]:
    """Mail of every way to keep it, five in all."""
    raws = [
        mail(f"mail {n}", sender=f"p{n}@broker.example", date=f"Mon, 23 Nov 2026 08:0{n}:00 -0500") for n in range(5)
    ]
    folder.mkdir()
    (folder / "one.eml").write_bytes(raws[4])
    (folder / "inner").mkdir()
    (folder / "inner" / "two.eml").write_bytes(raws[3])
    box = mailbox.mbox(folder / "archive.mbox")
    for raw in raws[1:3]:
        box.add(raw)
    box.close()
    for part in ("new", "cur", "tmp"):
        (folder / "Maildir" / part).mkdir(parents=True)
    (folder / "Maildir" / "cur" / "1.a:2,S").write_bytes(raws[0])
    (folder / "Maildir" / "tmp" / "half").write_bytes(b"half a mail")
    return raws


def test_import_reads_every_kind_of_folder_in_the_order_of_dates(commands: Commands, tmp_path: Path) -> None:
    folder_of_mail(tmp_path / "mail")
    rows = commands.rows("import", str(tmp_path / "mail"))
    assert [row["letters"][0]["to"] for row in rows] == [f"p{number}@broker.example" for number in range(5)]
    assert all(set(row) == TAKEN_IN for row in rows)
    assert [row["source"].partition(":")[0] for row in rows] == [
        "1.a", "archive.mbox", "archive.mbox", "two.eml", "one.eml",
    ]  # fmt: skip


def test_import_can_be_run_again(commands: Commands, tmp_path: Path) -> None:
    folder_of_mail(tmp_path / "mail")
    commands.rows("import", str(tmp_path / "mail" / "archive.mbox"))
    outcomes = [row["outcome"] for row in commands.rows("import", str(tmp_path / "mail"))]
    assert sorted(outcomes) == ["case_opened"] * 3 + ["duplicate"] * 2
    assert {row["outcome"] for row in commands.rows("import", str(tmp_path / "mail"))} == {"duplicate"}


def test_pain_9_import_silently_composes_no_letter(commands: Commands, tmp_path: Path) -> None:
    folder_of_mail(tmp_path / "mail")
    rows = commands.rows("import", "--silent", str(tmp_path / "mail"))
    assert [row["letters"] for row in rows] == [[]] * 5
    assert commands.rows("letters") == []
    assert len(commands.rows("cases")) == 5


def test_pain_9_old_mail_is_imported_without_letters_by_itself(commands: Commands, tmp_path: Path) -> None:
    (tmp_path / "old.eml").write_bytes(mail(date="Mon, 23 Nov 2020 09:00:00 -0500"))
    assert commands.row("import", str(tmp_path / "old.eml"))["letters"] == []


def test_import_names_a_path_that_is_not_there(commands: Commands, tmp_path: Path) -> None:
    status, sentence = commands.refused("import", str(tmp_path / "nowhere"))
    assert status == 2
    assert f"{tmp_path}/nowhere is not there" in sentence


def test_import_of_an_empty_folder_is_done_at_once(commands: Commands, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = commands.run("import", str(tmp_path / "empty"), "--json")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "0 messages read." in result.stderr


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


def test_a_state_that_does_not_exist_is_refused_with_those_that_do(commands: Commands) -> None:
    status, sentence = commands.refused("arrivals", "--state", "lost")
    assert status == 2
    assert "new, taken, done, held" in sentence


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
