"""What becomes of an inquiry, worked by the service itself: one scene for each way in which cases go on and end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from mailbot.app import App
from mailbot.cases.events import Event, EventKind
from mailbot.cases.facts import members
from mailbot.cases.states import State
from mailbot.cases.understanding import Found, Understanding, Where
from mailbot.classify.understand import SentMessage
from mailbot.intake import TakenIn
from mailbot.mail import Envelope, Kind
from mailbot.store.arrivals import NewArrival
from tests.mails import DESK, mail
from tests.past.patterns import Pattern, rows_since
from tests.readers import read_by

_COMMENTS = "The change was made and is on the next invoice of the group."
_TEXT = "Please change this for our employee.\n\n" + "We were told that you need no more than what is below. " * 4
_ANSWER = "Thank you for the quick answer. Here is what you asked for.\n\nKind regards"


@dataclass(frozen=True)
class Cast:
    """Who and what a pattern is about; each name stands in no other text."""

    number: int
    category: str

    @property
    def sender(self) -> str:
        return f"writer@{self.domain}"

    @property
    def domain(self) -> str:
        return f"pattern{self.number:03d}.example.net"

    @property
    def member(self) -> str:
        return f"{883_104_000 + self.number}"

    @property
    def group(self) -> str:
        return f"{2_140_000 + self.number}"

    def id_of(self, mail_number: int) -> str:
        """The message id of their first, second mail."""
        return f"p{self.number:03d}.{mail_number}@mails.example.net"


class Scene:
    """One inquiry at the desk; `letters` go out when they are delivered, as ever."""

    def __init__(self, app: App, cast: Cast) -> None:
        self.app, self.cast, self._mails, self.number = app, cast, 0, ""

    def ask(self, *, complete: bool) -> TakenIn:
        """The inquiry, and the letter that answers it."""
        lacks = () if complete else ("subscriber_id",)
        result = self._send(
            _TEXT, Understanding(self.cast.category, 0.95, fields=self._fields(lacks), missing=lacks, language="en")
        )
        self.number = result.case_number or ""
        self.app.dispatch.deliver_due()
        return result

    def answer(self) -> TakenIn:
        """What was asked for."""
        with self.app.store.reading() as transaction:
            (letter, *_) = transaction.reports.letters(case_id=self.case_id)
        result = self._send(
            _ANSWER, Understanding(None, 0.0, fields=self._fields(()), language="en"), letter.message_id
        )
        self.app.dispatch.deliver_due()
        return result

    def resolve(self) -> None:
        self.app.casework.resolve(self.number, _COMMENTS, "ann")
        self.app.dispatch.deliver_due()

    def end(self, state: State, kind: EventKind) -> None:
        """Let it be in this state."""
        with self.app.store.writing() as transaction:
            transaction.cases.enter(self.case_id, state)
            transaction.history.add_events([Event(kind, "as cases do")], case_id=self.case_id)

    def look(self) -> None:
        """Let staff be asked to look."""
        with self.app.store.writing() as transaction:
            transaction.cases.ask_review(self.case_id, ["something is odd about it"])

    def submit(self) -> None:
        with self.app.store.writing() as transaction:
            transaction.exports.fill("earlier", [self.case_id])
        self.end(State.SUBMITTED, EventKind.CASE_SUBMITTED)

    @property
    def case_id(self) -> int:
        with self.app.store.reading() as transaction:
            return transaction.cases.find(self.number) or 0

    def _fields(self, lacks: tuple[str, ...]) -> tuple[Found, ...]:
        known = {"group_name": "Acme Widgets", "group_number": self.cast.group}
        if "subscriber_id" not in lacks:
            known["subscriber_id"] = f"W{self.cast.member}"
        return tuple(Found(name, value, Where.BODY) for name, value in known.items())

    def _send(self, text: str, meaning: Understanding, to_id: str = "") -> TakenIn:
        self._mails += 1
        headers = {"in_reply_to": f"<{to_id}>", "references": f"<{to_id}>"} if to_id else {}
        raw = mail(
            f"{text}\n\nGroup {self.cast.group}",
            sender=f"Dana Reed <{self.cast.sender}>",
            subject="Re: Our employee" if to_id else "Our employee",
            message_id=f"<{self.cast.id_of(self._mails)}>",
            **headers,
        )
        with self.app.store.writing() as transaction:
            new = NewArrival(raw, Envelope(self.cast.sender, (DESK,)), "smtp", transaction.now)
            recorded = transaction.arrivals.record(new)
        with _understood(self.app, meaning):
            result = self.app.intake.take_in_one(recorded.arrival_id)
        assert result is not None
        return result


@contextmanager
def _understood(app: App, meaning: Understanding) -> Iterator[None]:
    """Meanwhile every mail means this."""

    def understand(sent: SentMessage) -> Understanding:
        return meaning if sent.kind is Kind.INQUIRY else replace(meaning, category=None, confidence=0.0)

    before = read_by(app, understand)
    try:
        yield
    finally:
        read_by(app, before)


# The scenes, and how many of a hundred cases are of each.


def resolved(scene: Scene) -> None:
    scene.ask(complete=True)
    scene.resolve()


def asked_and_resolved(scene: Scene) -> None:
    scene.ask(complete=False)
    scene.answer()
    scene.resolve()


def asked_again_after_the_end(scene: Scene) -> None:
    """Two cases, of which the second follows the first."""
    scene.ask(complete=True)
    scene.resolve()
    scene.answer()
    scene.end(State.RESOLVED, EventKind.CASE_RESOLVED)


def never_answered(scene: Scene) -> None:
    scene.ask(complete=False)
    scene.end(State.CLOSED_NO_REPLY, EventKind.CASE_CLOSED)


def withdrawn(scene: Scene) -> None:
    scene.ask(complete=True)
    scene.end(State.WITHDRAWN, EventKind.CASE_WITHDRAWN)


def redirected(scene: Scene) -> None:
    scene.ask(complete=True)
    scene.end(State.REDIRECTED, EventKind.CASE_REDIRECTED)


def waiting(scene: Scene) -> None:
    scene.ask(complete=False)


def pending(scene: Scene) -> None:
    scene.ask(complete=True)


def odd(scene: Scene) -> None:
    scene.ask(complete=True)
    scene.look()


def submitted(scene: Scene) -> None:
    scene.ask(complete=True)
    scene.submit()


SHARES: Mapping[Callable[[Scene], None], int] = {
    resolved: 40,
    asked_and_resolved: 25,
    asked_again_after_the_end: 4,
    never_answered: 7,
    withdrawn: 2,
    redirected: 3,
    waiting: 12,
    pending: 4,
    odd: 1,
    submitted: 2,
}


@dataclass(frozen=True)
class Played:
    """What a scene has left behind: its rows, its numbers, and which of them each letter is signed for."""

    cast: Cast
    pattern: Pattern
    numbers: tuple[str, ...]
    letters: Mapping[str, str]


def played(app: App, cast: Cast, play: Callable[[Scene], None]) -> Played:
    """Play a scene."""
    with app.store.writing() as transaction:
        mark = transaction.work.new_id()
    play(scene := Scene(app, cast))
    with app.store.reading() as transaction:
        rows = rows_since(transaction.work.connection, mark)
        facts = transaction.cases.read(scene.case_id).facts
    numbers = {row["id"]: row["number"] for table, row in rows if table.name == "cases"}
    letters = {row["message_id"]: numbers[row["case_id"]] for table, row in rows if table.name == "letters"}
    ids = [cast.id_of(1), cast.id_of(2), *letters]
    made_of = [("address", cast.sender), ("domain", cast.domain), ("group", cast.group)]
    made_of += [("message-id", each) for each in ids] + [("member", each) for each in members(facts)]
    digests = {app.store.sealer.blind(*each): each for each in made_of}
    names = [*ids, *numbers.values(), cast.sender, cast.domain, cast.member, cast.group]
    return Played(cast, Pattern(rows, names, digests, app.store.sealer), tuple(numbers.values()), letters)
