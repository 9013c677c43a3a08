"""`mailbot import`: mail from files and folders of every kind, as often as one likes."""

from __future__ import annotations

import errno
import mailbox
import os
import socket
from pathlib import Path

import pytest

from mailbot.ingest.files import FoundMail, find
from tests.commands import TAKEN_IN, Commands
from tests.desks import write_desk
from tests.mails import mail


@pytest.fixture
def commands(sqlite_url: str, tmp_path: Path) -> Commands:
    return Commands(write_desk(tmp_path / "desk", sqlite_url))


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


@pytest.mark.parametrize("odd", ["pipe", "device", "socket"])
def test_import_names_what_is_neither_a_file_nor_a_folder(commands: Commands, tmp_path: Path, odd: str) -> None:
    """A named pipe without a writer would keep it waiting for ever."""
    path = Path("/dev/null") if odd == "device" else tmp_path / odd
    with socket.socket(socket.AF_UNIX) as server:
        if odd == "pipe":
            os.mkfifo(path)
        elif odd != "device":
            server.bind(str(path))
        status, sentence = commands.refused("import", str(path))
    assert (status, sentence) == (2, f"{path} is neither a file nor a folder: name files or folders")


def test_import_passes_over_what_holds_no_mail(commands: Commands, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    for part in ("new", "cur"):
        (folder / "Maildir" / part).mkdir(parents=True)
        (folder / "Maildir" / part / "empty").touch()
    (folder / "empty.eml").touch()
    (folder / "dangling.eml").symlink_to("nowhere")
    os.mkfifo(folder / "pipe")
    (folder / "one.eml").write_bytes(mail())
    assert commands.row("import", str(folder))["source"] == "one.eml"


@pytest.mark.parametrize("at", ["the search", "the reading"])
def test_import_names_a_file_that_cannot_be_read(
    commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """Another program may take a mail away meanwhile, or it may belong to somebody else."""
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "one.eml").write_bytes(mail())
    if at == "the reading":
        monkeypatch.setattr("mailbot.cli.mailing.find", lambda paths: [_gone(each) for each in find(paths)])
    else:
        monkeypatch.setattr("mailbot.ingest.files.dated", _refused)
    status, sentence = commands.refused("import", str(tmp_path / "mail"))
    assert status == 2
    assert "one.eml cannot be read: " in sentence
    assert "import again, what is in is passed over" in sentence


def _gone(found: FoundMail) -> FoundMail:
    found.path.unlink()
    return found


def _refused(head: bytes) -> None:
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "one.eml")


def test_import_of_an_empty_folder_is_done_at_once(commands: Commands, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = commands.run("import", str(tmp_path / "empty"), "--json")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "0 messages read." in result.stderr
