"""Step 7: what a message does to a case. One pure function, `decide`; states.py has the table of transitions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from mailbot.cases.events import Event, EventKind
from mailbot.cases.matching import Match
from mailbot.cases.people import Trust
from mailbot.cases.rules import CategoryRules, ForeignGroup, LateReply, Playbook
from mailbot.cases.standing import NOT_THEIRS, CaseStanding, Standing
from mailbot.cases.states import Happening, State, following
from mailbot.cases.understanding import Intent, Understanding
from mailbot.mail import Authenticity, Kind, Message, Screening, Verdict

ACKNOWLEDGMENT = "acknowledgment"
INFO_REQUEST = "info_request"
INFORMATION_RECEIVED = "information_received"
REDIRECT = "redirect"
STATUS = "status"
WITHDRAWN = "withdrawn"
#: What staff are asked to look at where no category reaches its confidence; naming one answers it.
UNSURE = "the category is not sure"


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
    DUPLICATE_OF = "duplicate_of"
    SAME_MEMBER = "same_member"
    SPLIT_FROM = "split_from"


@dataclass(frozen=True, slots=True)
class Link:
    """A case that the new one is linked to, by id and number."""

    case_id: int
    number: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class CaseView:
    """The matched case as decide() looks at it. `missing` is what it lacks; `lacking` what it would lack with
    what this message brings. `rounds` counts its information requests. `reopen_until` is the end of the window in
    which a late reply may reopen it. `new_subject`: the message does not carry the case's subject. `was_due` is the
    deadline of a case that was closed because it had passed. `named`: only this message makes the category plain.
    """

    state: State
    category: str
    missing: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    rounds: int = 0
    reopen_until: datetime | None = None
    new_subject: bool = False
    was_due: datetime | None = None
    named: bool = False


@dataclass(frozen=True, slots=True)
class Inquiry:
    """All that steps 3 to 6 found out about a message, and the case it matched; `related` are cases about the same.

    `again`: it matched none, and `case` is the open case in which its sender has said the same already.
    `standing` is how the sender and their words stand to the directory. `theirs` are the sender's cases, where they ask
    for nothing but how these stand.
    """

    message: Message
    screening: Screening
    authenticity: Authenticity
    match: Match
    understanding: Understanding
    received_at: datetime
    case: CaseView | None = None
    related: tuple[Link, ...] = ()
    again: bool = False
    standing: Standing = Standing()
    theirs: tuple[CaseStanding, ...] = ()


@dataclass(frozen=True, slots=True)
class Disposition:
    """Step 7's answer. `state` is the case's afterwards; `letter` the kind that this calls for, if the budgets allow.

    `review` names what staff should look at; `events` and `review` belong to the case that is opened or appended to.
    `takes_over`: the new case starts with what the case it follows had learned. `joins`: the new case is one piece
    of work with the case that it repeats, which learns what it says. `plain`: the letter says nothing of the matter.
    `cases` are those whose standing the letter tells.
    """

    action: Action
    events: tuple[Event, ...]
    state: State | None = None
    review: tuple[str, ...] = ()
    letter: str | None = None
    links: tuple[Link, ...] = ()
    takes_over: bool = False
    joins: bool = False
    plain: bool = False
    cases: tuple[CaseStanding, ...] = ()


def decide(inquiry: Inquiry, playbook: Playbook) -> Disposition:
    """What to do with a message. Uncertain input may stop an automatic action, never start one."""
    if not inquiry.screening.kind.from_a_person:
        return _machine_mail(inquiry)
    disposition = _disposed(inquiry, playbook)
    return _restrained(disposition, inquiry, playbook) if inquiry.standing.foreign_group else disposition


def _disposed(inquiry: Inquiry, playbook: Playbook) -> Disposition:
    """The same where nothing is known against the sender's asking."""
    case, match = inquiry.case, inquiry.match.case
    if inquiry.theirs:
        asked = Event(EventKind.STATUS_ASKED, f"of {len(inquiry.theirs)} cases of the sender")
        return Disposition(Action.DISCARD, (asked,), letter=STATUS, cases=inquiry.theirs)
    if inquiry.again and case is not None and inquiry.understanding.intent is not Intent.WITHDRAWAL:
        return _again(inquiry, case, playbook)
    if match is None or case is None:
        opened = _open(inquiry, playbook, _possible_links(inquiry.match) + inquiry.related)
        # Who asks about cases that are not theirs hears the same whether or not there are any (ATTACKS A099).
        return replace(opened, plain=True) if inquiry.understanding.status_only else opened
    if case.state.is_final:
        return _late(inquiry, case, playbook)
    if _is_new_matter(inquiry, case, playbook):
        return _open(inquiry, playbook, (Link(match.case_id, match.number, Relation.FOLLOWS),))
    return _append(inquiry, case, playbook)


def _restrained(disposition: Disposition, inquiry: Inquiry, playbook: Playbook) -> Disposition:
    """The same for a producer who is not agent of record of a group: nothing is asked of them and nothing told."""
    sure = sure_rules(inquiry.understanding, playbook)
    code = inquiry.case.category if inquiry.case else sure.code if sure else None
    answer = playbook.rules(code).foreign_group
    if answer is ForeignGroup.AS_USUAL or disposition.letter in (REDIRECT, WITHDRAWN):
        return disposition
    letter = ACKNOWLEDGMENT if disposition.letter and answer is ForeignGroup.ACKNOWLEDGE else None
    withheld = Event(EventKind.LETTER_WITHHELD, f"{disposition.letter}: {NOT_THEIRS}")
    return replace(
        disposition,
        events=disposition.events if disposition.letter == letter else (*disposition.events, withheld),
        state=State.AWAITING_STAFF if disposition.state is State.AWAITING_SENDER else disposition.state,
        letter=letter,
        plain=True,
    )


def sure_rules(understanding: Understanding, playbook: Playbook) -> CategoryRules | None:
    """The rules of the category, where it is sure enough to act on; a mere question about a status has no matter."""
    if understanding.status_only:
        return None
    rules = playbook.categories.get(understanding.category or "")
    return rules if rules and understanding.confidence >= rules.confidence else None


def adopts(
    understanding: Understanding, kind: Kind, confidence: float, rules: CategoryRules, playbook: Playbook
) -> bool:
    """Whether a message makes plain what its case is about: no answer, surely of a category, in a case of none.

    So it is where an answer came before the mail that it answers (ATTACKS F44).
    """
    return kind is Kind.INQUIRY and confidence < rules.confidence and sure_rules(understanding, playbook) is not None


def _is_new_matter(inquiry: Inquiry, case: CaseView, playbook: Playbook) -> bool:
    """Somebody writes about something else in the thread of a case (PAINS 14): surely of another category.

    A reply has a category only where it says so; any other message must have a subject of its own.
    """
    rules = sure_rules(inquiry.understanding, playbook)
    told = inquiry.screening.kind is Kind.REPLY or case.new_subject
    return rules is not None and rules.code != case.category and told


def _machine_mail(inquiry: Inquiry) -> Disposition:
    """Machines are not answered and change nothing (promise 6); what they say is kept."""
    signs = ", ".join(inquiry.screening.because)
    event = Event(EventKind.MACHINE_MAIL_STORED, f"{inquiry.screening.kind}: {signs}"[:500])
    action = Action.FILE if inquiry.match.case else Action.DISCARD
    return Disposition(action, (event,))


def _open(inquiry: Inquiry, playbook: Playbook, links: tuple[Link, ...], *, takes_over: bool = False) -> Disposition:
    understanding = inquiry.understanding
    rules = sure_rules(understanding, playbook)
    doubts = _doubts(inquiry) + tuple(
        f"may belong to {link.number}" for link in links if link.relation == "may_belong_to"
    )
    if rules is None and not takes_over:
        doubts = (*doubts, UNSURE)
    if understanding.also:
        doubts = (*doubts, f"may also be about {understanding.also}")
    opened = Event(
        EventKind.CASE_OPENED,
        f"{understanding.category or 'no category'} with confidence {understanding.confidence:.2f}",
    )
    related = tuple(
        Event(EventKind.POSSIBLY_RELATED, f"{link.relation} {link.number}: {_evidence(inquiry.match)}")
        for link in links
    )
    state, letter = _opening(inquiry, rules, takes_over=takes_over)
    return Disposition(Action.OPEN, (opened, *related), state, doubts, letter, links, takes_over)


def _again(inquiry: Inquiry, case: CaseView, playbook: Playbook) -> Disposition:
    """The sender says once more what an open case of theirs is about: nothing is asked for a second time."""
    opened = _open(inquiry, playbook, _possible_links(inquiry.match) + inquiry.related)
    letter = STATUS if case.lacking else ACKNOWLEDGMENT
    return replace(opened, state=State.AWAITING_STAFF, letter=letter, joins=True)


def _opening(inquiry: Inquiry, rules: CategoryRules | None, *, takes_over: bool) -> tuple[State, str]:
    """The state that a new case begins in, and its first letter. Nothing is asked for on a guess."""
    if rules is not None and rules.redirect:
        return State.REDIRECTED, REDIRECT
    lacking = inquiry.case.lacking if takes_over and inquiry.case else inquiry.understanding.missing
    sure = rules is not None or takes_over
    if sure and lacking and inquiry.match.trust is not Trust.DOUBTFUL:
        return State.AWAITING_SENDER, INFO_REQUEST
    return State.AWAITING_STAFF, ACKNOWLEDGMENT


def _late(inquiry: Inquiry, case: CaseView, playbook: Playbook) -> Disposition:
    """A person writes to a case that has ended: nothing, the same case again, or a new one that follows it."""
    match = inquiry.match.case
    assert match is not None
    if case.was_due is not None and inquiry.received_at <= case.was_due:
        return _was_in_time(inquiry, case, playbook)
    if inquiry.understanding.intent is Intent.STATUS:
        return _said(inquiry, None, letter=STATUS)
    if inquiry.understanding.intent in (Intent.THANKS, Intent.PROMISE, Intent.WITHDRAWAL):
        return _said(inquiry, None)
    reopens = playbook.rules(case.category).late_reply is LateReply.REOPEN
    in_time = case.reopen_until is not None and inquiry.received_at <= case.reopen_until
    closed = case.state is State.CLOSED_NO_REPLY
    if closed and reopens and in_time:
        state = State.AWAITING_SENDER if case.lacking else State.AWAITING_STAFF
        event = Event(EventKind.CASE_REOPENED, "a reply came after it was closed")
        letter = INFO_REQUEST if case.lacking else INFORMATION_RECEIVED
        return Disposition(Action.APPEND, (event,), state, _doubts(inquiry), letter)
    link = Link(match.case_id, match.number, Relation.FOLLOWS)
    return _open(inquiry, playbook, (link,), takes_over=closed)


def _was_in_time(inquiry: Inquiry, case: CaseView, playbook: Playbook) -> Disposition:
    """The reply had reached us before the deadline and was only read after it (promise 4): the closing is undone."""
    said = _append(inquiry, replace(case, state=State.AWAITING_SENDER), playbook)
    if said.state is None:
        return said
    event = Event(EventKind.CASE_REOPENED, "a reply had come before the deadline")
    return replace(said, events=(event, *said.events))


def _append(inquiry: Inquiry, case: CaseView, playbook: Playbook) -> Disposition:
    """A reply to an open case."""
    intent = inquiry.understanding.intent
    if intent in (Intent.THANKS, Intent.PROMISE):
        return _said(inquiry, None)
    if intent is Intent.WITHDRAWAL:
        return _taken_back(inquiry, case)
    if intent is Intent.STATUS:
        return _said(inquiry, None, letter=STATUS)
    if case.named and case.lacking and case.state is State.AWAITING_STAFF:
        return _said(inquiry, following(case.state, Happening.ASKED), letter=INFO_REQUEST)
    happening = Happening.SAID_MORE if case.lacking else Happening.COMPLETED
    state = following(case.state, happening)
    if case.state is State.SUBMITTED:
        return _said(inquiry, state, review=("somebody wrote after it was handed over",))
    if case.state is State.AWAITING_SENDER and not case.lacking:
        return _said(inquiry, state, letter=INFORMATION_RECEIVED)
    if case.state is State.AWAITING_SENDER:
        return _still_lacking(inquiry, case, playbook)
    return _said(inquiry, state)


def _still_lacking(inquiry: Inquiry, case: CaseView, playbook: Playbook) -> Disposition:
    """The rest is asked for anew, at most `rounds` times, then staff read what the sender has to say."""
    nothing = ("the reply brought nothing that was asked for",) if case.lacking == case.missing else ()
    if case.rounds >= playbook.rules(case.category).rounds:
        enough = "it was asked for as often as the playbook allows"
        return _said(inquiry, State.AWAITING_STAFF, review=(*nothing, enough))
    return _said(inquiry, State.AWAITING_SENDER, review=nothing, letter=INFO_REQUEST)


def _taken_back(inquiry: Inquiry, case: CaseView) -> Disposition:
    state = following(case.state, Happening.TAKEN_BACK)
    if state is State.SUBMITTED:
        return _said(inquiry, state, review=("the sender takes it back after it was handed over",))
    event = Event(EventKind.CASE_WITHDRAWN, "the sender takes it back")
    said = _said(inquiry, state, letter=WITHDRAWN)
    return Disposition(Action.APPEND, (*said.events, event), state, said.review, WITHDRAWN)


def _said(
    inquiry: Inquiry, state: State | None, *, review: tuple[str, ...] = (), letter: str | None = None
) -> Disposition:
    event = Event(EventKind.MESSAGE_APPENDED, f"matched by {_evidence(inquiry.match)}")
    return Disposition(Action.APPEND, (event,), state, _doubts(inquiry) + review, letter)


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
    return (*doubts, *inquiry.standing.conflicts)


def _evidence(match: Match) -> str:
    return ", ".join(dict.fromkeys(hit.evidence.value for hit in match.hits)) or "nothing"


def outcome_of(action: Action, kind: Kind) -> str:
    """The word of `deliver` and `import` (INTERFACE) for what became of a message."""
    if kind.from_a_person and action is Action.APPEND:
        return "appended"
    return "case_opened" if action is Action.OPEN else "stored"
