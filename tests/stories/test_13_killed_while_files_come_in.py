"""A command that brings mail dies: the mail server brings it again, an import is run again, and all is there once."""

from __future__ import annotations

import json
import mailbox
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailbot.store.arrivals import LEASE
from tests.crashes.forked import SAID, commanded
from tests.desks import SOON, Desk, desk_of, write_desk
from tests.mails import DESK, MONDAY, mail

COUNT = 3
EX_OK, KILLED = 0, -9
AT_RECORDING = ["files.before_record", "files.in_record", "files.after_record"]
AT_TAKING_IN = ["intake.after_take", "intake.in_transaction", "intake.after_commit"]


def sender(number: int) -> str:
    return f"p{number}@broker.example"


def inquiries() -> list[bytes]:
    return [mail(f"inquiry {number}", sender=sender(number)) for number in range(COUNT)]


def run(config: Path, line: list[str], now: datetime, failpoint: str = "", given: Path | None = None) -> int:
    """A command to its end; its status."""
    return commanded(config, [*line, "--now", now.isoformat()], failpoint, given)


def said(config: Path) -> list[dict[str, Any]]:
    """What was told of each mail since this was asked last."""
    file = config.parent / SAID
    lines = file.read_text().splitlines()
    file.unlink()
    return [json.loads(line) for line in lines if line.startswith("{")]


def deliver(config: Path, raw: bytes, now: datetime = MONDAY, failpoint: str = "") -> int:
    """As the pipe of a mail server; the status."""
    queued = config.parent / "queued.eml"
    queued.write_bytes(raw)
    return run(config, ["deliver", "--json", "--from", sender(0), "--to", DESK], now, failpoint, queued)


def brought(config: Path, archive: Path, now: datetime = MONDAY, failpoint: str = "") -> list[str]:
    """An import of everything; the outcome of each mail. One that dies tells none."""
    status = run(config, ["import", "--json", str(archive)], now, failpoint)
    assert status == (KILLED if failpoint else EX_OK)
    return [each["outcome"] for each in said(config)]


def mbox_of(path: Path, raws: list[bytes]) -> Path:
    box = mailbox.mbox(path)
    for raw in raws:
        box.add(raw.replace(b"\r\n", b"\n"))
    box.close()
    return path


def check_each_once(desk: Desk, count: int) -> None:
    """Each mail was kept once, taken in once and answered once."""
    desk.deliver()
    assert [row.state for row in desk.arrivals()] == ["done"] * count
    assert len(desk.cases()) == count
    assert Counter(letter.to for letter in desk.letters()) == Counter(sender(number) for number in range(count))
    assert {letter.state for letter in desk.letters()} == {"sent"}
    box = mailbox.Maildir(desk.config_file.parent / "letters", create=False)
    assert sorted(str(each["To"]) for each in box) == [sender(number) for number in range(count)]


@pytest.mark.parametrize("name", AT_RECORDING)
def test_i1_i2_a_mail_whose_pipe_died_is_brought_again_and_taken_once(
    name: str, database_url: str, tmp_path: Path
) -> None:
    """What was kept already is no second mail, and is taken in by the command that brings it again."""
    config, raw = write_desk(tmp_path, database_url), inquiries()[0]
    assert deliver(config, raw, failpoint=f"{name}:kill:1") == KILLED
    with desk_of(config) as desk:
        assert len(desk.arrivals("new")) == (name == "files.after_record")
    assert deliver(config, raw) == EX_OK
    assert [each["outcome"] for each in said(config)] == ["case_opened"]
    with desk_of(config) as desk:
        check_each_once(desk, 1)


@pytest.mark.parametrize("name", AT_TAKING_IN)
def test_i1_i2_a_pipe_that_died_over_its_mail_is_told_that_the_mail_is_safe(
    name: str, database_url: str, tmp_path: Path
) -> None:
    """Brought again at once, it is not taken by two; who comes when the lease has ended goes on with it."""
    config, raw = write_desk(tmp_path, database_url), inquiries()[0]
    assert deliver(config, raw, failpoint=f"{name}:kill:1") == KILLED
    assert deliver(config, raw) == EX_OK
    assert [each["outcome"] for each in said(config)] == ["duplicate"]
    assert run(config, ["tick"], MONDAY + SOON) == EX_OK
    with desk_of(config, MONDAY + SOON) as desk:
        check_each_once(desk, 1)


def test_f04_a_mail_that_kills_its_pipe_each_time_is_held_and_the_mail_server_rid_of_it(
    sqlite_url: str, tmp_path: Path
) -> None:
    config, raw = write_desk(tmp_path, sqlite_url), inquiries()[0]
    tries = [MONDAY + number * SOON for number in range(4)]
    deadly = "intake.in_parse:kill:1"
    assert [deliver(config, raw, now, deadly) for now in tries] == [KILLED, KILLED, KILLED, EX_OK]
    assert run(config, ["tick"], tries[-1]) == 1, "staff hear of it"
    with desk_of(config, tries[-1]) as desk:
        (held,) = desk.arrivals("held")
        assert desk.raw(held.arrival_id) == raw


@pytest.mark.parametrize("name", [*AT_RECORDING, "intake.in_transaction"])
def test_i1_i2_an_import_that_died_takes_in_what_is_left_when_it_is_run_again(
    name: str, database_url: str, tmp_path: Path
) -> None:
    """No service runs beside it; a third run finds nothing left."""
    config, archive = write_desk(tmp_path, database_url), mbox_of(tmp_path / "archive.mbox", inquiries())
    second = 2 if name.startswith("intake.") else 1  # the mails share a unit of work: of none is a half kept
    brought(config, archive, failpoint=f"{name}:kill:{second}")
    assert brought(config, archive, MONDAY + SOON) == ["case_opened"] * COUNT
    assert brought(config, archive, MONDAY + 2 * SOON) == ["duplicate"] * COUNT
    with desk_of(config, MONDAY + 2 * SOON) as desk:
        check_each_once(desk, COUNT)


def test_what_an_import_was_at_when_it_died_is_taken_up_when_it_is_run_again(sqlite_url: str, tmp_path: Path) -> None:
    """Nobody waits for the lease of a process that is no more."""
    config, archive = write_desk(tmp_path, sqlite_url), mbox_of(tmp_path / "archive.mbox", inquiries())
    brought(config, archive, failpoint="intake.in_parse:kill:2")
    assert brought(config, archive, MONDAY + timedelta(minutes=1)) == ["case_opened"] * COUNT
    with desk_of(config, MONDAY + timedelta(minutes=1)) as desk:
        check_each_once(desk, COUNT)


def test_an_import_leaves_to_another_process_what_that_works_on(sqlite_url: str, tmp_path: Path) -> None:
    config, archive = write_desk(tmp_path, sqlite_url), mbox_of(tmp_path / "archive.mbox", inquiries())
    brought(config, archive, failpoint="files.after_record:kill:1")
    with desk_of(config, MONDAY) as desk, desk.store.writing() as transaction:
        transaction.arrivals.take(1, "another process", LEASE)
    assert brought(config, archive, MONDAY + timedelta(minutes=1)) == ["duplicate", "case_opened", "case_opened"]
    with desk_of(config, MONDAY + SOON) as desk:
        assert [row.state for row in desk.arrivals()].count("taken") == 1
        desk.take_in()
        check_each_once(desk, COUNT)
