"""Doing the commands of one mail: by the same acts as the command line, all of them or none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from mailbot.cases.commands import GRAMMAR, WITHOUT_CASE, WORDS, Command, Script
from mailbot.cases.desk import DeskRules
from mailbot.cases.number import is_number
from mailbot.cases.people import Permission, Person
from mailbot.cases.states import SHOWN_STATES
from mailbot.cases.understanding import DOCUMENTS, FIELDS
from mailbot.casework.acts import Done, hold
from mailbot.casework.resolving import same_matter
from mailbot.casework.staff import Casework
from mailbot.errors import UsageError
from mailbot.replies.plan import Became, Entry, Outcome
from mailbot.staff_mail.theirs import StaffMessage, called
from mailbot.store.case_file import CaseFile
from mailbot.store.unit_of_work import Transaction

_NO_CASE = "this mail names no case: answer a letter of the case, or write its number into the subject"
_ON_THE_COMMAND_LINE = re.compile(r"`mailbot ([a-z]{2,20})[^`]{0,60}`")
_AGAIN = "--again"


class _Tried(Exception):
    """All went well, and nothing of it is to stay."""


@dataclass(frozen=True, slots=True)
class Did:
    """What came of the commands of a mail."""

    became: Became
    entries: tuple[Entry, ...]

    @property
    def refused(self) -> tuple[str, ...]:
        """The words that were refused or not understood."""
        return tuple(e.command for e in self.entries if e.outcome in (Outcome.REFUSED, Outcome.UNKNOWN))


@dataclass(frozen=True, slots=True)
class _Setting:
    """What each command works with."""

    work: Casework
    transaction: Transaction
    number: str
    person: Person
    actor: str


class Doing:
    """Does the commands of staff; the caller commits."""

    def __init__(self, casework: Casework, rules: DeskRules) -> None:
        self._casework, self._rules = casework, rules
        self._known = frozenset({*FIELDS, *DOCUMENTS, *rules.playbook.categories})

    def hold(self, mail: StaffMessage) -> None:
        """Hold every case that the mail may touch before it touches one, in the one order in which all hold several.

        Two who merge the same cases both ways would otherwise wait for each other.
        """
        _hold(mail.transaction, mail.match.case.number if mail.match.case else "", mail.script)

    def do(self, mail: StaffMessage, number: str | None) -> Did:
        """Do what the mail says to the case with this number; what is wrong with one line undoes all others."""
        script = mail.script
        faults = {fault.line: _fault(fault.why, fault.word) for fault in script.faults}
        for command in script.commands:
            why = self._forbidden(command, mail.person, number)
            if why:
                faults[command.line] = Entry(f"#{command.word}", Outcome.REFUSED, why)
        if faults:
            return Did(Became.NOTHING, _in_order(script, faults))
        setting = _Setting(
            self._casework.within(mail.transaction), mail.transaction, number or "", mail.person, mail.actor
        )
        return self._run(setting, script)

    def _forbidden(self, command: Command, person: Person, number: str | None) -> str:
        """Permission is read now, for each command (ATTACKS A080)."""
        if command.word in list(Permission) and not person.may(command.word):
            return "you are not permitted to do this by mail"
        return _NO_CASE if number is None and command.word not in WITHOUT_CASE else ""

    def _run(self, setting: _Setting, script: Script) -> Did:
        done: list[Entry] = []
        last: Command | None = None
        try:
            with setting.transaction.savepoint():
                _hold(setting.transaction, setting.number, script)
                for last in script.to_do:
                    done += self._one(setting, last)
                if script.only_tries:
                    raise _Tried
        except _Tried:
            return Did(Became.TRIED, tuple(_tried(entry) for entry in done))
        except UsageError as error:
            assert last is not None
            faults = {last.line: Entry(f"#{last.word}", Outcome.REFUSED, self._for_mail(str(error), last))}
            return Did(Became.NOTHING, _in_order(script, faults))
        return Did(Became.DONE, tuple(done))

    def _one(self, setting: _Setting, command: Command) -> list[Entry]:
        if command.word == "help":
            return list(_help(command.argument))
        if command.word == "status":
            return [Entry("#status", Outcome.DONE, self._status(setting))]
        return [Entry(f"#{command.word}", Outcome.DONE, _words(_ACTS[command.word](setting, command)))]

    def _status(self, setting: _Setting) -> str:
        """State and dates, names of what is missing; nothing of what the case is about."""
        found = setting.transaction.cases.find(setting.number)
        assert found is not None
        file = setting.transaction.cases.read(setting.transaction.cases.current(found))
        return "; ".join(self._standing(file))

    def _standing(self, file: CaseFile) -> Iterator[str]:
        day_of = self._rules.calendar.day_of
        yield f"{SHOWN_STATES[file.state]}, opened {day_of(file.opened_at)}"
        if file.assignee:
            yield f"with {file.assignee}"
        if file.missing:
            yield f"missing: {', '.join(file.missing)}"
        if file.reply_due:
            yield f"a reply is due by {day_of(file.reply_due)}"
        if file.review:
            yield f"{len(file.review)} things to look at"

    def _for_mail(self, sentence: str, command: Command) -> str:
        """A refusal as it can stand in a letter: nothing of what was written is repeated but words of the desk."""
        sentence = _ON_THE_COMMAND_LINE.sub(_as_in_mail, sentence)
        if WORDS[command.word].block:
            return sentence
        written = {item for item in command.items if item not in self._known and not is_number(item)}
        return " ".join(_without(part, written) for part in sentence.split())


def _without(part: str, written: set[str]) -> str:
    """A word of a sentence, unless it is one of those that were written."""
    word = part.strip(".,;:?!\"'")
    return part.replace(word, "…") if word in written else part


def _as_in_mail(found: re.Match[str]) -> str:
    """A command line's command as the command of a mail, where there is one."""
    return f"#{found[1]}" if found[1] in WORDS else f"mailbot {found[1]}"


def _words(done: Done) -> str:
    """What an act came to, without an address."""
    parts = [f"{done.number} is {SHOWN_STATES[done.state]}"]
    parts += [f"{kind.replace('_', ' ')} goes out" for kind, _ in done.letters]
    return "; ".join([*parts, *done.remarks, *(f"{number} with it" for number in done.also)])


def _help(word: str) -> Iterator[Entry]:
    asked = word.removeprefix("#")
    for each in GRAMMAR:
        if asked in ("", each.name):
            yield Entry(f"#{each.name} {each.argument}".strip(), Outcome.HINT, each.help)


def _fault(why: str, word: str) -> Entry:
    known = word and not why.startswith("there is no such command")
    return Entry(f"#{word}" if known else "#…", Outcome.UNKNOWN, why)


def _in_order(script: Script, faults: Mapping[int, Entry]) -> tuple[Entry, ...]:
    """All lines of the mail, those without a fault as not done."""
    undone = {command.line: Entry(f"#{command.word}", Outcome.UNDONE) for command in script.commands}
    return tuple(entry for _, entry in sorted((undone | dict(faults)).items()))


def _tried(entry: Entry) -> Entry:
    return Entry(entry.command, Outcome.WOULD, entry.why) if entry.outcome is Outcome.DONE else entry


def _hold(transaction: Transaction, number: str, script: Script) -> None:
    """The case with this number, if any, those that it shall be merged into, and those that are resolved with it."""
    cases = transaction.cases
    numbers = [number, *(command.argument for command in script.to_do if command.word == "merge")]
    found = {cases.current(case_id) for case_id in map(cases.find, numbers) if case_id is not None}
    if any(command.word == "resolve" for command in script.to_do):
        found |= {twin for case_id in found for twin in same_matter(transaction, case_id)}
    hold(transaction, found)


def _ask(setting: _Setting, command: Command) -> Done:
    items = tuple(item for item in command.items if item != _AGAIN)
    return setting.work.ask(setting.number, items, setting.actor, again=_AGAIN in command.items)


def _field(setting: _Setting, command: Command) -> Done:
    return setting.work.field(setting.number, *command.setting, setting.actor)


def _assign(setting: _Setting, command: Command) -> Done:
    return setting.work.assign(setting.number, _meant(setting, command.argument), setting.actor)


def _meant(setting: _Setting, who: str) -> str | None:
    """The colleague that somebody names by address, name, or one word of it; nobody else can be given a case."""
    wanted = who.strip().casefold().removeprefix("<").removesuffix(">")
    if wanted == "nobody":
        return None
    if wanted == "me":
        return called(setting.person)
    staff = setting.transaction.directory.staff()
    found = [each for each in staff if wanted in (each.address.key, each.name.casefold())]
    found = found or [
        each for each in staff if wanted in {*each.name.casefold().split(), each.address.key.split("@")[0]}
    ]
    if len(found) != 1:
        raise UsageError("that is not one colleague of the directory: name an address, a name, me or nobody")
    return called(found[0])


_ACTS: Mapping[str, Callable[[_Setting, Command], Done]] = {
    "note": lambda at, command: at.work.note(at.number, command.argument, at.actor),
    "reply": lambda at, command: at.work.reply(at.number, command.argument, at.actor),
    "ask": _ask,
    "resolve": lambda at, command: at.work.resolve(at.number, command.argument, at.actor),
    "close": lambda at, command: at.work.close(at.number, at.actor),
    "reopen": lambda at, command: at.work.reopen(at.number, at.actor),
    "withdraw": lambda at, command: at.work.withdraw(at.number, at.actor),
    "category": lambda at, command: at.work.recategorize(at.number, command.argument, at.actor),
    "field": _field,
    "assign": _assign,
    "deadline": lambda at, command: at.work.deadline(at.number, command.argument, at.actor),
    "merge": lambda at, command: at.work.merge(at.number, command.argument, at.actor),
    "split": lambda at, command: at.work.split(at.number, at.actor),
}
