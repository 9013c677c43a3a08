"""Hands complete eligibility cases to the administration system, night by night, and takes its answers in.

A batch is two commits: the cases are marked as submitted together with their rows, then the files are written and the
batch is marked as written. Whoever dies in between leaves an unwritten batch, which the next run writes from the rows.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from pathlib import Path

from mailbot.cases.events import Event, EventKind
from mailbot.cases.lifecycle import Relation
from mailbot.cases.states import Happening, State, following
from mailbot.casework.staff import Casework
from mailbot.errors import UsageError
from mailbot.export import answers
from mailbot.export.answers import Answer, Status
from mailbot.export.folder import prepare, write_batch
from mailbot.export.sheets import as_csv, as_json_lines
from mailbot.failpoints import failpoint
from mailbot.store.case_file import CaseFile
from mailbot.store.unit_of_work import Store, Transaction

#: Who marks cases as submitted.
ACTOR = "export"


@dataclass(frozen=True, slots=True)
class Exported:
    """What a run handed over: the batches that were written now, and the numbers of the cases that are new in them.

    `duplicates` are cases that wait because one about the same was handed over.
    """

    batches: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What an acknowledgment file came to; `problems` are sentences about the lines that changed nothing."""

    processed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class Exporter:
    """Exports to `folder`; None where none is configured, and then nothing is handed over at night."""

    def __init__(self, store: Store, casework: Casework, folder: Path | None, at: time, zone: tzinfo) -> None:
        self._store, self._casework = store, casework
        self._folder, self._at, self._zone = folder, at, zone

    def export_if_due(self) -> Exported:
        """The nightly run, once for each night on all nodes together; what was left unwritten is written at any time.

        The first look ever only notes that it was there: a desk that is set up in the morning exports in the evening.
        """
        if self._folder is None:
            return Exported()
        night = self._last_night()
        with self._store.reading() as transaction:
            last, unwritten = transaction.exports.last_made_at(), transaction.exports.unwritten()
        if last is None:
            with self._store.writing() as transaction:
                if transaction.exports.begin(_name(night)):
                    transaction.exports.fill(_name(night), ())
        elif last < night:
            return self._export(self._folder, _name(night), keep_empty=True)
        return Exported(self._finish(self._folder, unwritten)) if unwritten else Exported()

    def export(self, folder: Path | None = None) -> Exported:
        """Hand over what is complete now. UsageError where no folder is named or configured."""
        chosen = folder or self._folder
        if chosen is None:
            raise UsageError("no folder is configured for exports: set [export] folder, or name one with --folder DIR")
        return self._export(chosen, _name(self._store.now().astimezone(self._zone)), keep_empty=False)

    def acknowledge(self, file: Path) -> Acknowledged:
        """Take the answers in, each case in a unit of work of its own; a file that was read before changes nothing."""
        try:
            content = file.read_bytes()
        except OSError as error:
            raise UsageError(f"{file} cannot be read: {error.strerror}") from error
        actor = f"acknowledgment {hashlib.sha256(content).hexdigest()[:12]}"
        found: dict[str, list[str]] = {"processed": [], "refused": [], "known": [], "problems": []}
        for answer in answers.read(content, file.name):
            group, text = self._take(answer, actor)
            found[group].append(text)
        return Acknowledged(**{group: tuple(texts) for group, texts in found.items()})

    def _last_night(self) -> datetime:
        """The last moment at which an export was due, at the desk."""
        now = self._store.now().astimezone(self._zone)
        today = datetime.combine(now.date(), self._at, self._zone)
        return today if today <= now else datetime.combine(now.date() - timedelta(days=1), self._at, self._zone)

    def _export(self, folder: Path, name: str, *, keep_empty: bool) -> Exported:
        prepare(folder)
        with self._store.reading() as transaction:
            unwritten = transaction.exports.unwritten()
        before = self._finish(folder, unwritten)
        cases, duplicates = self._submit(name, keep_empty=keep_empty)
        failpoint("export.after_submit")
        now = self._finish(folder, [name]) if cases else ()
        return Exported((*before, *now), cases, duplicates)

    def _submit(self, name: str, *, keep_empty: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Mark the complete cases as submitted, with the rows of their batch: everything or nothing."""
        with self._store.writing() as transaction:
            complete = transaction.exports.complete_cases()
            if not (complete or keep_empty) or not transaction.exports.begin(name):
                return (), ()
            chosen: dict[int, CaseFile] = {}
            for file in complete:
                if not _is_double(transaction, file, chosen):
                    chosen[file.case_id] = file
            transaction.exports.fill(name, chosen)
            for file in chosen.values():
                state = following(file.state, Happening.EXPORTED)
                assert state is not None
                transaction.cases.enter(file.case_id, state)
                submitted = Event(EventKind.CASE_SUBMITTED, f"in batch {name}", ACTOR)
                transaction.history.add_events([submitted], case_id=file.case_id)
        left = tuple(file.number for file in complete if file.case_id not in chosen)
        return tuple(file.number for file in chosen.values()), left

    def _finish(self, folder: Path, names: list[str]) -> tuple[str, ...]:
        """Write the files of these batches from their rows; the names of those that were written now."""
        prepare(folder)
        return tuple(name for name in names if self._write(folder, name))

    def _write(self, folder: Path, name: str) -> bool:
        """The batch is held while its files are written, so that no two write it."""
        with self._store.writing() as transaction:
            made_at = transaction.exports.hold(name)
            if made_at is None:
                return False
            files = transaction.exports.cases_of(name)
            contents = {"csv": as_csv(files), "jsonl": as_json_lines(files, name)}
            write_batch(folder, name, contents, len(files), made_at)
            failpoint("export.before_mark")
            transaction.exports.written(name)
            return True

    def _take(self, answer: Answer, actor: str) -> tuple[str, str]:
        """Carry one answer out: the group it belongs to, and the number or the sentence about it."""
        if answer.status is None:
            known = f"{Status.PROCESSED} or {Status.REFUSED}"
            return "problems", f"line {answer.line}: {answer.said!r} is no status that we know: use {known}"
        with self._store.reading() as transaction:
            case_id = transaction.cases.find(answer.number)
            if case_id is None:
                return "problems", f"line {answer.line}: there is no case {answer.number[:40]!r}"
            file = transaction.cases.read(transaction.cases.current(case_id))
            if transaction.exports.answered(file.case_id, actor):
                return "known", file.number
        if file.state is not State.SUBMITTED:
            return "problems", f"line {answer.line}: case {file.number} is {file.state}, so its answer changes nothing"
        try:
            if answer.status is Status.PROCESSED:
                self._casework.processed(file.number, actor)
            else:
                self._casework.refused(file.number, answer.reason, actor)
        except UsageError as error:
            return "problems", f"line {answer.line}: {error}"
        return str(answer.status), file.number


def _is_double(transaction: Transaction, file: CaseFile, chosen: dict[int, CaseFile]) -> bool:
    """Whether one about the same goes with this batch, went before, or was answered: it is one work item."""
    for other_id in transaction.history.related(file.case_id, Relation.DUPLICATE_OF):
        if other_id in chosen or transaction.cases.read(other_id).state in (State.SUBMITTED, State.RESOLVED):
            return True
    return False


def _name(moment: datetime) -> str:
    return f"eligibility-{moment:%Y%m%d-%H%M%S}"
