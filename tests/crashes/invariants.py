"""I1 to I8 of what must hold whatever died: nothing lost, nothing twice, nothing told, nobody called."""

from __future__ import annotations

import email
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from mailbot.cases.events import EventKind
from mailbot.export.folder import is_complete
from tests.crashes.files import ARCHIVE, QUEUE
from tests.crashes.forked import CALLED, LOG
from tests.desks import Desk
from tests.servers.smtp_sink import Sink

#: Planted in every mail; the first looks like a Social Security number.
CANARIES = (b"078-05-1120", b"Quillfeather")
ENDED = {"closed_no_reply", "withdrawn"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What to hold against what: the mails that were taken from their senders, the kills, and what could be seen.

    `unsure` counts the kills at points where a letter may have left without anybody noting it.
    """

    desk: Desk
    sink: Sink
    mails: list[bytes]
    senders: list[str]
    kills: int
    unsure: int
    exported: bool = False

    @property
    def folder(self) -> Path:
        return self.desk.config_file.parent


def broken(evidence: Evidence) -> list[str]:
    """A sentence for each promise that was broken."""
    checks = (_i1, _i2, _i3, _i4, _i5, _i6, _i7, _i8, _exports)
    return [f"{check.__name__.strip('_').upper()}: {sentence}" for check in checks for sentence in check(evidence)]


def _i1(evidence: Evidence) -> Iterator[str]:
    """Each accepted mail is in the database, identical to the byte, and once."""
    desk = evidence.desk
    kept = Counter(desk.raw(row.arrival_id) for row in desk.arrivals())
    yield from (f"{times} times" for raw, times in kept.items() if times != 1)
    missing, foreign = set(evidence.mails) - set(kept), set(kept) - set(evidence.mails)
    if missing or foreign:
        yield f"{len(missing)} mails are missing, {len(foreign)} were never sent"


def _i2(evidence: Evidence) -> Iterator[str]:
    """At most one letter for each effect; one that was received twice has one id and one content, and was in doubt."""
    letters = evidence.desk.letters()
    effects = Counter((letter.case_number, letter.kind) for letter in letters)
    yield from (f"{kind} was composed {times} times" for (_, kind), times in effects.items() if times > 1)
    if len(letters) != len(evidence.mails):
        yield f"{len(letters)} letters for {len(evidence.mails)} inquiries"
    received = Counter(_id(each.content) for each in evidence.sink.received)
    tries = {letter.message_id: letter.attempts for letter in letters}
    if set(received) != set(tries):
        yield f"{len(set(tries) - set(received))} letters were not received, {len(set(received) - set(tries))} unknown"
    twice = {key: times for key, times in received.items() if times > 1}
    if sum(twice.values()) - len(twice) > evidence.unsure:
        yield f"{len(twice)} letters were received twice, and {evidence.unsure} were in doubt"
    yield from ("a letter came twice after one try" for key, times in twice.items() if times > tries.get(key, 0))
    contents = {each.content for each in evidence.sink.received}
    if len(contents) != len(received):
        yield "a letter that was sent again is not the same"


def _i3(evidence: Evidence) -> Iterator[str]:
    """No case is closed while something waits; in the end nothing waits."""
    states = Counter(row.state for row in evidence.desk.arrivals())
    if set(states) - {"done"}:
        yield f"arrivals are {dict(states)}"
    cases = evidence.desk.cases()
    if len(cases) != len(evidence.mails):
        yield f"{len(cases)} cases for {len(evidence.mails)} inquiries"
    yield from (f"a case is {case.state}" for case in cases if case.state in ENDED)
    yield from (f"a letter is {letter.state}" for letter in evidence.desk.letters() if letter.state != "sent")


def _i4(evidence: Evidence) -> Iterator[str]:
    """The history tells each thing once: opened, composed, sent, handed over."""
    once = [EventKind.CASE_OPENED, EventKind.LETTER_COMPOSED, EventKind.LETTER_SENT]
    once += [EventKind.CASE_SUBMITTED] if evidence.exported else []
    for case in evidence.desk.cases():
        told = Counter(event.kind for event in evidence.desk.events(case.number))
        yield from (f"{kind} is told {told[kind]} times" for kind in once if told[kind] != 1)


def _i5(evidence: Evidence) -> Iterator[str]:
    """What stood in the mails stands nowhere else in the clear."""
    places = {f"a letter to {each.recipients}": each.content for each in evidence.sink.received}
    left_out = {"export", QUEUE, ARCHIVE}  # the first holds personal data and says so, the others are not ours
    for path in evidence.folder.rglob("*"):
        if path.is_file() and not left_out & set(path.relative_to(evidence.folder).parts):
            places[path.name] = path.read_bytes()
    places["the database"] = _dump(evidence.desk)
    for place, content in places.items():
        yield from ("a canary is in " + place for canary in CANARIES if canary in content)
        yield from ("a canary is in " + place for canary in CANARIES if canary.hex().encode() in content)


def _i6(evidence: Evidence) -> Iterator[str]:
    """Nobody outside of this machine was called."""
    called = evidence.folder / CALLED
    if called.exists():
        yield f"connected to {called.read_text()}"


def _i7(evidence: Evidence) -> Iterator[str]:
    """No more tries than deaths explain."""
    most = 1 + evidence.kills
    yield from (f"an arrival took {row.attempts} tries" for row in evidence.desk.arrivals() if row.attempts > most)
    yield from (f"a letter took {row.attempts} tries" for row in evidence.desk.letters() if row.attempts > most)
    log = evidence.folder / LOG
    if log.exists() and b"Traceback" in log.read_bytes():
        yield "the log has a traceback"


def _i8(evidence: Evidence) -> Iterator[str]:
    """One automatic letter for each sender, and for nobody else."""
    letters = Counter(letter.to for letter in evidence.desk.letters())
    if letters != Counter(evidence.senders):
        yield f"{sum(letters.values())} letters to {len(letters)} addresses for {len(evidence.senders)} senders"


def _exports(evidence: Evidence) -> Iterator[str]:
    """Each case is in exactly one batch whose files are whole."""
    if not evidence.exported:
        return
    folder = evidence.folder / "export"
    manifests = sorted(folder.glob("*.manifest.json"))
    names = [path.name.removesuffix(".manifest.json") for path in manifests]
    yield from (f"the files of {name} are not whole" for name in names if not is_complete(folder, name))
    lines = [line for name in names for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()]
    if sorted(json.loads(line)["number"] for line in lines) != sorted(case.number for case in evidence.desk.cases()):
        yield f"{len(lines)} cases were handed over"


def _dump(desk: Desk) -> bytes:
    """Every row of every table as the database shows it."""
    with desk.store.reading() as transaction:
        connection = transaction.work.connection
        sqlite = connection.dialect.name == "sqlite"
        tables = (
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if sqlite
            else ("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        )
        rows = [
            str(tuple(row))
            for table in connection.execute(text(tables)).scalars().all()
            for row in connection.execute(text(f'SELECT * FROM "{table}"'))
        ]
    return "\n".join(rows).encode("utf-8", "replace")


def _id(content: bytes) -> str:
    return str(email.message_from_bytes(content)["Message-ID"]).strip("<> ")
