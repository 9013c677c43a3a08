"""The disk is full for a while: mail is turned away for later, nothing is lost, and all goes on by itself.

Each promise is tested with a real small disk where one may be mounted, and with a limit on the process everywhere.
"""

from __future__ import annotations

import errno
import json
import mailbox
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from mailbot.cases.understanding import Understanding
from mailbot.classify.understand import SentMessage
from mailbot.cli import machine_checks
from mailbot.cli.checks import checked
from mailbot.clock import SystemClock
from mailbot.config import load
from mailbot.errors import TryAgainLater
from mailbot.export.folder import is_complete
from mailbot.store.engine import migrate
from tests.crashes.forked import Forked, forked
from tests.desks import Desk, desk_of, open_desk, write_desk
from tests.mails import mail
from tests.readers import read_by
from tests.servers.posting import post, wait_until
from tests.servers.small_disk import SmallDisk, fill_for, make_room_for, may_mount, small_disk
from tests.understood import COMPLETE, understanding

#: A real disk where there can be one; the limit on the process stands for it everywhere, and says the same.
KINDS = ("limit", "small disk") if may_mount() else ("limit",)
COUNT = 3


@pytest.fixture(params=KINDS)
def disk(request: pytest.FixtureRequest) -> Iterator[SmallDisk | None]:
    """None where a limit on the process stands for the disk."""
    with ExitStack() as using:
        yield using.enter_context(small_disk()) if request.param == "small disk" else None


@pytest.fixture
def folder(disk: SmallDisk | None, tmp_path: Path) -> Path:
    """Everything of the desk is there: its database, its letters, its log, and large mail that comes in."""
    return disk.folder if disk else tmp_path


@dataclass
class Filling:
    """What makes the disk full under a running service."""

    disk: SmallDisk | None
    service: Forked

    def fill(self) -> None:
        if self.disk:
            self.disk.fill()
        else:
            fill_for(self.service.number)

    def make_room(self) -> None:
        if self.disk:
            self.disk.make_room()
        else:
            make_room_for(self.service.number)


def sender(number: int) -> str:
    return f"p{number}@broker{number}.example"


@cache
def inquiry(number: int, size: int = 0) -> bytes:
    """The same to the octet each time: its sender tries again."""
    return mail("My card is lost.\n" + "x" * 70 * (size // 70), sender=sender(number), subject=f"ID card {number}")


def answer_to(service: Forked, number: int, size: int = 0) -> int:
    """The code that the sender of this mail hears in the end."""
    return post(service.port or 1, sender(number), inquiry(number, size))


def all_sent(desk: Desk, count: int) -> Callable[[], bool]:
    return lambda: [letter.state for letter in desk.letters()] == ["sent"] * count


def written(letters: Path) -> list[str]:
    """The ids of the letters in the Maildir."""
    box = mailbox.Maildir(letters, create=False)
    return sorted(str(each["Message-ID"]) for each in box)


@pytest.mark.parametrize("size", [0, 3 << 20], ids=["small", "large"])
def test_f45_mail_is_put_off_while_the_disk_is_full_and_taken_once_afterwards(
    folder: Path, disk: SmallDisk | None, size: int
) -> None:
    """Large mail is put aside in a file while it comes in, small mail is not; neither is lost."""
    url = f"sqlite:///{folder}/mailbot.db"
    migrate(url)
    now = SystemClock().now()
    with forked(write_desk(folder, url), now) as service:
        filling = Filling(disk, service)
        assert answer_to(service, 0, size) == 250
        with desk_of(folder / "mailbot.toml", now) as desk:
            wait_until(all_sent(desk, 1), "the first letter is sent")
        filling.fill()
        heard = [answer_to(service, number, size) for number in range(1, COUNT)]
        assert set(heard) <= {451, 452}
        assert not service.dead(0), "it stays up"
        filling.make_room()
        wait_until(lambda: answer_to(service, 1, size) == 250, "there is room again")
        assert [answer_to(service, number, size) for number in range(1, COUNT)] == [250] * (COUNT - 1)
        with desk_of(folder / "mailbot.toml", now) as desk:
            wait_until(all_sent(desk, COUNT), "every letter is sent")
            kept = [desk.raw(row.arrival_id) for row in desk.arrivals()]
            assert len(kept) == COUNT, "each was taken once"
            assert {row.state for row in desk.arrivals()} == {"done"}
            assert len(desk.cases()) == COUNT
            assert written(folder / "letters") == sorted(f"<{letter.message_id}>" for letter in desk.letters())


@contextmanager
def full_for_us(disk: SmallDisk | None) -> Iterator[None]:
    """The same for files that this very process writes; the database is not written meanwhile."""
    if disk:
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mailbot.export.folder.os.fsync", _no_room)
        yield


def _no_room(handle: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _complete(sent: SentMessage) -> Understanding:
    number = sent.message.subject.rpartition(" ")[2]
    return understanding(**COMPLETE | {"subscriber_id": f"W88310{number:0>4}", "subscriber_name": f"No {number}"})


@contextmanager
def letters_on(disk: SmallDisk | None, tmp_path: Path, database_url: str) -> Iterator[tuple[Desk, Forked, Path]]:
    """A desk whose letters and exports are files on that disk, and its running service."""
    home = disk.folder if disk else tmp_path / "desk"
    sections = {"outgoing": {"url": f"maildir:{home}/letters"}, "export": {"folder": f"{home}/export"}}
    now = SystemClock().now()
    with (
        open_desk(tmp_path / "desk", database_url, now, **sections) as desk,
        forked(desk.config_file, now) as service,
    ):
        yield desk, service, home


@pytest.fixture
def engine_url(request: pytest.FixtureRequest, disk: SmallDisk | None, database_url: str) -> Iterator[str]:
    """A limit on a process would keep SQLite from writing too: there the letters cannot be alone on a full disk."""
    if disk is None and database_url.startswith("sqlite"):
        database_url = request.getfixturevalue("postgresql_url")
    yield database_url


def test_f45_letters_wait_for_room_and_go_out_once(disk: SmallDisk | None, tmp_path: Path, engine_url: str) -> None:
    with letters_on(disk, tmp_path, engine_url) as (desk, service, home):
        filling = Filling(disk, service)
        assert answer_to(service, 0) == 250
        wait_until(all_sent(desk, 1), "the first letter is written")
        filling.fill()
        assert [answer_to(service, number) for number in range(1, COUNT)] == [250] * (COUNT - 1)
        wait_until(lambda: _states(desk) == {"sent": 1, "later": COUNT - 1}, "the others wait")
        assert len(written(home / "letters")) == 1
        assert list((home / "letters" / "tmp").iterdir()) == [], "nothing half written takes up room"
        filling.make_room()
        service.set_clock(timedelta(minutes=2))
        wait_until(all_sent(desk, COUNT), "every letter is sent")
        assert written(home / "letters") == sorted(f"<{letter.message_id}>" for letter in desk.letters())


def _states(desk: Desk) -> dict[str, int]:
    with desk.store.reading() as transaction:
        waiting = transaction.outbox.counts()
    return {"sent": len(desk.letters()) - sum(waiting.values()), **waiting}


def test_f45_an_export_waits_for_room_and_is_whole_afterwards(
    disk: SmallDisk | None, tmp_path: Path, database_url: str
) -> None:
    home = disk.folder if disk else tmp_path
    with open_desk(tmp_path / "desk", database_url, export={"folder": f"{home}/export"}) as desk:
        read_by(desk.app, _complete)
        for number in range(COUNT):
            desk.send(inquiry(number), sender(number))
        if disk:
            disk.fill()
        with pytest.raises(TryAgainLater, match="cannot be written"), full_for_us(disk):
            desk.app.exporter.export()
        assert list((home / "export").glob("*.manifest.json")) == [], "no half of a batch says that it is whole"
        if disk:
            disk.make_room()
        desk.app.exporter.export()
        (manifest,) = (home / "export").glob("*.manifest.json")
        name = manifest.name.removesuffix(".manifest.json")
        assert is_complete(home / "export", name)
        lines = (home / "export" / f"{name}.jsonl").read_text().splitlines()
        assert sorted(json.loads(line)["number"] for line in lines) == sorted(case.number for case in desk.cases())
        assert {case.state for case in desk.cases()} == {"submitted"}


def test_f45_staff_hear_of_a_disk_without_room(
    disk: SmallDisk | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = disk.folder if disk else tmp_path / "letters"
    url = f"sqlite:///{tmp_path}/mailbot.db"
    migrate(url)
    config = load(write_desk(tmp_path / "desk", url, outgoing={"url": f"maildir:{letters}"}), {})
    assert [each for each in checked(config) if each.name == "disk"] == []
    if disk:
        disk.fill()
    else:
        monkeypatch.setattr(machine_checks, "shutil", SimpleNamespace(disk_usage=lambda _: SimpleNamespace(free=9)))
    told = [each.sentence for each in checked(config) if each.name == "disk" and not each.ok]
    assert any(sentence.startswith(f"0 MB are left for letters in {letters}") for sentence in told)
    assert all(sentence.endswith(("go out by themselves", "its senders try again")) for sentence in told)
