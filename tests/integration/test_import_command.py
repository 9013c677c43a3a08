"""`mailbot import`: mail from files and folders of every kind, as often as one likes."""

from __future__ import annotations

import errno
import mailbox
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from mailbot.cases.matching import Match
from mailbot.ingest.files import FoundMail, find
from mailbot.intake import BATCH, Intake, TakenIn
from mailbot.knowing import Read
from mailbot.store.arrivals import Arrivals, TakenArrival
from mailbot.store.unit_of_work import Transaction
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


def batches_of(monkeypatch: pytest.MonkeyPatch, spoiled: str = "") -> list[int]:
    """How many mails each unit of work of an import takes in from now on; mail with this subject brings it down."""
    sizes: list[int] = []
    take_in, settle = Intake._take_in, Intake._settle

    def counted(intake: Intake, batch: list[TakenArrival]) -> list[TakenIn]:
        sizes.append(len(batch))
        return take_in(intake, batch)

    def spoiling(intake: Intake, transaction: Transaction, read: Read, match: Match) -> TakenIn:
        if read.message.subject == spoiled:
            raise RuntimeError
        return settle(intake, transaction, read, match)

    monkeypatch.setattr(Intake, "_take_in", counted)
    monkeypatch.setattr(Intake, "_settle", spoiling)
    return sizes


def test_mails_of_an_import_share_a_unit_of_work(
    commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_of_mail(tmp_path / "mail")
    sizes = batches_of(monkeypatch)
    assert len(commands.rows("import", str(tmp_path / "mail"))) == 5
    assert sizes == [5]


def test_more_mails_than_a_unit_of_work_holds_are_all_imported_in_order(
    commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mail").mkdir()
    senders = [f"p{number:02}@broker.example" for number in range(BATCH + 3)]
    for number, sender in enumerate(senders):
        dated = f"Mon, 23 Nov 2026 08:{number:02}:00 -0500"
        (tmp_path / "mail" / f"{99 - number}.eml").write_bytes(mail(sender=sender, date=dated))
    sizes = batches_of(monkeypatch)
    rows = commands.rows("import", str(tmp_path / "mail"))
    assert sizes == [BATCH, 3]
    assert [row["letters"][0]["to"] for row in rows] == senders


def test_one_bad_mail_of_an_import_is_stored_and_spoils_no_other(
    commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_of_mail(tmp_path / "mail")
    (tmp_path / "mail" / "bad.eml").write_bytes(mail(subject="bad", date="Mon, 23 Nov 2026 08:02:30 -0500"))
    sizes = batches_of(monkeypatch, spoiled="bad")
    rows = commands.rows("import", str(tmp_path / "mail"))
    assert [row["outcome"] for row in rows] == ["case_opened"] * 3 + ["stored"] + ["case_opened"] * 2
    assert sizes == [6, 1, 1, 1, 1, 1, 1]
    assert len(commands.rows("arrivals", "--state", "new")) == 1  # to be tried again by the service


def test_what_a_service_took_in_meanwhile_is_told_as_stored(
    commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_of_mail(tmp_path / "mail")
    take = Arrivals.take

    def overtaken(arrivals: Arrivals, count: int, owner: str, *rest: Any) -> list[TakenArrival]:
        take(arrivals, 2, "a service", *rest)
        return take(arrivals, count, owner, *rest)

    monkeypatch.setattr(Arrivals, "take", overtaken)
    rows = commands.rows("import", str(tmp_path / "mail"))
    assert [row["outcome"] for row in rows] == ["stored"] * 2 + ["case_opened"] * 3
