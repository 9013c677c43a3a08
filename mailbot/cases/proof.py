"""May a case be closed for want of a reply? Only when nothing is lacking in the proof that none came in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

#: A way in that was not seen for so long was down.
GAP = timedelta(minutes=5)
_MAY_BELONG = " may belong here"
_WAS_DOWN = "the listener was down; until"
_SINCE_THE_START = "has not been read to its end since the service started"
_UNTAKEN = "mail that has come in is not taken in yet"


@dataclass(frozen=True, slots=True)
class Watch:
    """That the listener was open: `since` when without a gap, and when it was last seen."""

    since: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Folder:
    """An IMAP folder that feeds the desk. Everything that reached it before `drained_at` is recorded (None: never
    read to its end in its present life)."""

    mailbox: str
    name: str
    drained_at: datetime | None


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter that began the clock or reminded of it, and how far it got; `state` is the outbox's word."""

    kind: str
    state: str
    bounced: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What is the same for every case at one moment.

    `began_at` is the start of this process; None where only a look is taken. `clock` says what is wrong with the
    clock ("" for nothing), `year` is one whose holidays are not known. `listener` is None where the desk has none or it
    never ran. `grace` is how long other servers may keep mail for us after an outage. `letters_refused`: the outgoing
    server takes none, and the breaker stops them all.
    """

    now: datetime
    began_at: datetime | None = None
    clock: str = ""
    year: int | None = None
    folders: tuple[Folder, ...] = ()
    listener: Watch | None = None
    grace: timedelta = timedelta(hours=24)
    untaken: bool = False
    letters_refused: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    """The facts about one case. `held` are the ids of held arrivals that may belong to it."""

    standing: Standing
    reply_due: datetime | None
    clock_stopped: str | None = None
    letters: tuple[Posted, ...] = ()
    held: tuple[int, ...] = ()
    review: tuple[str, ...] = ()


def prove(proof: Proof) -> str | None:
    """The first thing that is lacking, as a sentence that says what to do; None when the case may be closed.

    A sentence stays the same for as long as its cause does, so that each is written down once.
    """
    return next(_lacking(proof), None)


def passes_by_itself(why: str) -> bool:
    """Whether what is lacking will be there in time without anybody doing anything."""
    return why.startswith(_WAS_DOWN) or _SINCE_THE_START in why or why.startswith(_UNTAKEN)


def grace_ends(watch: Watch, grace: timedelta) -> datetime:
    """Until when other servers may bring what they kept while the listener was down (ATTACKS F36)."""
    return watch.since + grace


def may_belong_here(number: str) -> str:
    """What staff are asked to look at on a case that another one may be a part of; it keeps the case open."""
    return number + _MAY_BELONG


def _lacking(proof: Proof) -> Iterator[str]:
    standing = proof.standing
    if proof.clock_stopped:
        yield f"the clock stands, because {proof.clock_stopped}: ask again, or close the case by hand"
    if proof.reply_due is None or standing.now <= proof.reply_due:
        yield "the deadline has not passed"
        return
    yield from _of_time(standing)
    yield from _of_folders(standing, proof.reply_due)
    yield from _of_the_listener(standing)
    yield from _of_mail(proof)
    yield from _of_letters(proof.letters)


def _of_time(standing: Standing) -> Iterator[str]:
    if standing.clock:
        yield standing.clock
    if standing.letters_refused:
        yield "the outgoing server refuses all letters, and none is sent: `mailbot check` says since when"
    if standing.year:
        yield f"the holidays of {standing.year} are not known: install a newer mailbot, or leave desk.holidays empty"


def _of_folders(standing: Standing, reply_due: datetime) -> Iterator[str]:
    for folder in standing.folders:
        name = f"folder {folder.name} of mailbox {folder.mailbox}"
        read = folder.drained_at is not None and reply_due < folder.drained_at <= standing.now + GAP
        if folder.drained_at is None or not read:
            yield f"{name} has not been read to its end since the deadline: `mailbot check` says what is wrong with it"
        elif standing.began_at and folder.drained_at < standing.began_at:
            yield f"{name} {_SINCE_THE_START}: that comes first"


def _of_the_listener(standing: Standing) -> Iterator[str]:
    """While it was down, other servers kept mail for us and try again for hours (ATTACKS F36)."""
    watch = standing.listener
    if watch is None:
        return
    if abs(standing.now - watch.seen_at) > GAP:
        yield "the listener does not run: start `mailbot serve`, or take [listener] out of mailbot.toml"
    waited_for = grace_ends(watch, standing.grace)
    if standing.now < waited_for:
        yield f"{_WAS_DOWN} {waited_for:%Y-%m-%d %H:%M} UTC other servers may bring what they kept"


def _of_mail(proof: Proof) -> Iterator[str]:
    if proof.standing.untaken:
        yield f"{_UNTAKEN}: `mailbot tick` or the running service does it"
    for arrival_id in proof.held:
        yield f"arrival {arrival_id} is held and may belong here: `mailbot release {arrival_id}` lets it go on"
    for reason in proof.review:
        if reason.endswith(_MAY_BELONG):
            yield f"{reason}: look at it, then `mailbot merge` it, or `mailbot review` this case"


def _of_letters(letters: tuple[Posted, ...]) -> Iterator[str]:
    """Who was not asked cannot be late."""
    if not letters:
        yield "no request is known that a reply could be due to: ask, or close the case by hand"
    for letter in letters:
        if letter.bounced:
            yield f"the {letter.kind} bounced: ask at another address, or close the case by hand"
        elif letter.state != "sent":
            yield f"the {letter.kind} is {letter.state}, not sent: `mailbot letters --state {letter.state}` shows it"
