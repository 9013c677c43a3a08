"""A desk to measure, and the mail that is put through it: made with its truth, or a folder of files."""

from __future__ import annotations

import re
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from correspondence import MadeMail
from rendered import DESK, Acknowledged, render
from sqlalchemy import func, select

from mailbot.app import App, opened
from mailbot.clock import SystemClock
from mailbot.config import load
from mailbot.ingest.recorder import Recorder
from mailbot.mail import Envelope
from mailbot.memory import nothing_to_collect
from mailbot.store.arrivals import NewArrival, Recorded
from mailbot.store.engine import migrate
from mailbot.store.schema import letters
from tests.desks import write_desk

_SENDER = re.compile(rb"^Return-Path: <([^>\n]*)>", re.MULTILINE)
#: Nothing is held back by a budget while it is measured.
_GENEROUS = {
    "per_address_a_day": 100_000,
    "per_domain_an_hour": 1_000_000,
    "per_case_a_day": 1_000,
    "in_all_an_hour": 10_000_000,
}
_WARM = b"Return-Path: <warm@broker.example>\nFrom: warm@broker.example\nMessage-ID: <warm@broker.example>\n\nHello.\n"

#: Subject and id of our letter by the name of the mail that it answers.
Answers = Mapping[str, Acknowledged]


@dataclass(frozen=True)
class Post:
    """Mail to put through, in parts: each is written once the letters that answer the part before are known."""

    count: int
    size: int
    parts: tuple[Callable[[Answers], list[Path]], ...]
    files: list[Path]
    mails: tuple[MadeMail, ...] = ()

    def record(self, app: App, files: Sequence[Path], clients: int) -> None:
        """Record these as the listener does for so many clients: each hands in its next mail once it has its answer.

        One client gets a commit for each mail; mails of several share one where they wait at the same time.
        """
        recorder = Recorder(app.store)
        recorder.start()
        waiting: deque[Future[Recorded]] = deque()
        for file in files:
            while len(waiting) >= clients:
                waiting.popleft().result()
            waiting.append(recorder.record(_arrival(app, file)))
        recorder.stop()
        for each in waiting:
            each.result()


def made_post(mails: list[MadeMail], folder: Path) -> Post:
    """The inquiries, then the replies, which show our letters."""
    folder.mkdir(exist_ok=True)
    inquiries = tuple(mail for mail in mails if mail.root is None)
    replies = tuple(mail for mail in mails if mail.root is not None)

    def written(part: tuple[MadeMail, ...], answers: Answers) -> list[Path]:
        paths = []
        for mail in part:
            answer = answers.get(mail.root.name) if mail.root else None
            paths.append(folder / f"{mail.name}.eml")
            paths[-1].write_bytes(render(mail, answer))
        return paths

    files = written((*inquiries, *replies), {})
    return Post(
        count=len(mails),
        size=sum(path.stat().st_size for path in files),
        parts=(lambda answers: written(inquiries, answers), lambda answers: written(replies, answers)),
        files=files,
        mails=tuple(mails),
    )


def folder_of(folder: Path, most: int) -> Post:
    """Every mail of a folder, in one part."""
    files = sorted(folder.glob("*.eml"))[:most]
    return Post(len(files), sum(path.stat().st_size for path in files), (lambda _: files,), files)


def _arrival(app: App, file: Path) -> NewArrival:
    raw = file.read_bytes()
    sender = _SENDER.search(raw, 0, 4096)
    return NewArrival(raw, Envelope(sender.group(1).decode() if sender else None, (DESK,)), "smtp", app.clock.now())


@contextmanager
def open_desk(engine: str, server: Any, outgoing: str, **sections: Any) -> Iterator[App]:
    """A fresh desk whose letters go to `outgoing`; it has taken one mail in, so that nothing is loaded later."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder / 'desk.db'}" if engine == "sqlite" else stack.enter_context(server.database())
        migrate(url)
        config = desk_file(folder, url, outgoing, **sections)
        with nothing_to_collect():  # as the service opens it, and gets ready
            app = stack.enter_context(opened(load(config, {}), SystemClock()))
        app.get_ready()
        warm = NewArrival(_WARM, Envelope("warm@broker.example", (DESK,)), "smtp", app.clock.now())
        with app.store.writing() as transaction:
            transaction.arrivals.record(warm)
        app.intake.take_in_all()
        yield app


def desk_file(folder: Path, url: str, outgoing: str, **sections: Any) -> Path:
    """The configuration of a desk to measure."""
    desk = {"name": "Enrollment", "address": DESK, "aliases": ["admissions@school.example"]}
    return write_desk(folder, url, desk=desk, outgoing={"url": outgoing, **_GENEROUS}, **sections)


def last_letter(app: App) -> int:
    """The id of the newest letter, 0 where there is none."""
    with app.store.reading() as transaction:
        newest: int | None = transaction.work.connection.execute(select(func.max(letters.c.id))).scalar_one()
    return newest or 0


def answered(app: App, after: int = 0) -> dict[str, Acknowledged]:
    """Our letters so far, of those after this id, by the name in their addresses, as people see them."""
    found = {}
    with app.store.reading() as transaction:
        for row in transaction.reports.letters(after=after, limit=1_000_000):
            letter = transaction.outbox.content(row.letter_id)
            name = letter.to.address.partition("@")[0].rpartition(".")[2]
            found.setdefault(name, Acknowledged(letter.subject, letter.message_id))
    return found
