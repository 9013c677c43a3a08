"""Step 7: what a message does to a case. One pure function, `decide`, and the states that a case can be in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mailbot.cases.events import Event, EventKind
from mailbot.cases.matching import Match
from mailbot.cases.people import Trust
from mailbot.cases.understanding import Understanding
from mailbot.mail import Authenticity, Kind, Message, Screening, Verdict

ACKNOWLEDGMENT = "acknowledgment"


class State(StrEnum):
    """Who has the ball."""

    #: Everything is there; staff have not answered yet. Shown as Pending.
    AWAITING_STAFF = "awaiting_staff"
    #: Something is missing and was asked for. Shown as Incomplete.
    AWAITING_SENDER = "awaiting_sender"
    #: Handed to the administration system.
    SUBMITTED = "submitted"
    #: Answered by staff, with their comments. Shown as Completed.
    RESOLVED = "resolved"
    #: What was asked for did not come in time.
    CLOSED_NO_REPLY = "closed_no_reply"
    #: The sender took it back.
    WITHDRAWN = "withdrawn"
    #: Not taken here; the sender was told where to turn.
    REDIRECTED = "redirected"

    @property
    def is_final(self) -> bool:
        return self in (State.RESOLVED, State.CLOSED_NO_REPLY, State.WITHDRAWN, State.REDIRECTED)


class Action(StrEnum):
    """What becomes of a message."""

    OPEN = "open"
    APPEND = "append"
    #: Kept with the case that it names, which it does not change: mail of machines.
    FILE = "file"
    #: Kept without a case.
    DISCARD = "discard"


class Relation(StrEnum):
    """Why two cases are linked; read as "this case RELATION the other"."""

    MAY_BELONG_TO = "may_belong_to"
    FOLLOWS = "follows"


@dataclass(frozen=True, slots=True)
class Link:
    """A case that the new one is linked to, by id and number."""

    case_id: int
    number: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class Inquiry:
    """All that steps 3 to 6 found out about a message; `case_state` is that of the matched case."""

    message: Message
    screening: Screening
    authenticity: Authenticity
    match: Match
    understanding: Understanding
    case_state: State | None = None


@dataclass(frozen=True, slots=True)
class Disposition:
    """Step 7's answer. `letter` is the kind of letter that this calls for, if the budgets allow one.

    `review` names what staff should look at; `events` and `review` belong to the case that is opened or appended to.
    """

    action: Action
    events: tuple[Event, ...]
    review: tuple[str, ...] = ()
    letter: str | None = None
    links: tuple[Link, ...] = ()


def decide(inquiry: Inquiry) -> Disposition:
    """What to do with a message. Uncertain input may stop an automatic action, never start one."""
    if not inquiry.screening.kind.from_a_person:
        return _machine_mail(inquiry)
    if inquiry.match.case is None:
        return _open(inquiry, _possible_links(inquiry.match))
    if inquiry.case_state is not None and inquiry.case_state.is_final:
        case = inquiry.match.case
        return _open(inquiry, (Link(case.case_id, case.number, Relation.FOLLOWS),))
    return _append(inquiry)


def _machine_mail(inquiry: Inquiry) -> Disposition:
    """Machines are not answered and change nothing (promise 6); what they say is kept."""
    signs = ", ".join(inquiry.screening.because)
    event = Event(EventKind.MACHINE_MAIL_STORED, f"{inquiry.screening.kind}: {signs}"[:500])
    action = Action.FILE if inquiry.match.case else Action.DISCARD
    return Disposition(action, (event,))


def _append(inquiry: Inquiry) -> Disposition:
    event = Event(EventKind.MESSAGE_APPENDED, f"matched by {_evidence(inquiry.match)}")
    return Disposition(Action.APPEND, (event,), review=_doubts(inquiry))


def _open(inquiry: Inquiry, links: tuple[Link, ...]) -> Disposition:
    understanding = inquiry.understanding
    review = _doubts(inquiry) + tuple(
        f"may belong to {link.number}" for link in links if link.relation == "may_belong_to"
    )
    opened = Event(
        EventKind.CASE_OPENED,
        f"{understanding.category or 'no category'} with confidence {understanding.confidence:.2f}",
    )
    related = tuple(
        Event(EventKind.POSSIBLY_RELATED, f"{link.relation} {link.number}: {_evidence(inquiry.match)}")
        for link in links
    )
    return Disposition(Action.OPEN, (opened, *related), review=review, letter=ACKNOWLEDGMENT, links=links)


def _possible_links(match: Match) -> tuple[Link, ...]:
    return tuple(Link(case.case_id, case.number, Relation.MAY_BELONG_TO) for case in match.possible)


def _doubts(inquiry: Inquiry) -> tuple[str, ...]:
    """Why staff should look, besides the category."""
    doubts = []
    if inquiry.message.sender is None:
        doubts.append("not exactly one From address")
    if inquiry.authenticity.verdict is Verdict.FAIL and inquiry.message.sender is not None:
        doubts.append("the sender's domain does not vouch for the mail")
    if inquiry.match.conflict:
        doubts.append("the evidence names more than one case")
    elif inquiry.match.trust is Trust.DOUBTFUL:
        doubts.append("somebody who is not known on the case wrote")
    return tuple(doubts)


def _evidence(match: Match) -> str:
    return ", ".join(dict.fromkeys(hit.evidence.value for hit in match.hits)) or "nothing"


def outcome_of(action: Action, kind: Kind) -> str:
    """The word of `deliver` and `import` (INTERFACE) for what became of a message."""
    if kind.from_a_person and action is Action.APPEND:
        return "appended"
    return "case_opened" if action is Action.OPEN else "stored"
