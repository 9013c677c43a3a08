"""What a message does to a case: the table of decide()."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mailbot.cases.events import EventKind
from mailbot.cases.lifecycle import (
    ACKNOWLEDGMENT,
    INFO_REQUEST,
    INFORMATION_RECEIVED,
    REDIRECT,
    STATUS,
    WITHDRAWN,
    Action,
    CaseView,
    Disposition,
    Inquiry,
    Link,
    Relation,
    decide,
    outcome_of,
)
from mailbot.cases.matching import Candidate, Evidence, Hit, Match
from mailbot.cases.people import Trust
from mailbot.cases.rules import LateReply, Playbook
from mailbot.cases.states import TRANSITIONS, Happening, State, following
from mailbot.cases.understanding import Intent, Understanding
from mailbot.classify import playbook as playbooks
from mailbot.mail import Authenticity, Kind, Message, Screening, Verdict
from tests.mails import message

CASE = Candidate(1, "261121-0000428", knows_sender=True)
OTHER = Candidate(2, "261121-0000436", knows_sender=False)
NO_MATCH = Match(None, Trust.STRANGER)
JOINED = Match(CASE, Trust.KNOWN, (Hit(Evidence.TOKEN, CASE),))
DOUBTFUL = Match(None, Trust.DOUBTFUL, (Hit(Evidence.NUMBER, CASE),))
CONFLICT = Match(None, Trust.DOUBTFUL, (Hit(Evidence.TOKEN, CASE), Hit(Evidence.TOKEN, OTHER)))
MACHINES = [Kind.AUTO_REPLY, Kind.BOUNCE, Kind.BULK]
OPEN_STATES = [state for state in State if not state.is_final]
FINAL_STATES = [state for state in State if state.is_final]


NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
PLAYBOOK = playbooks.load()
UNSURE = Understanding("other.general", 0.0)
SURE = Understanding("eligibility.id_card", 0.9)
LACKING = Understanding("eligibility.id_card", 0.9, missing=("subscriber_id",))


def view(state: State, **values: Any) -> CaseView:
    return CaseView(state, "eligibility.id_card", **values)


def decided(
    match: Match = NO_MATCH,
    kind: Kind = Kind.INQUIRY,
    case: CaseView | None = None,
    *,
    verdict: Verdict = Verdict.NONE,
    mail: Message | None = None,
    understanding: Understanding = SURE,
    playbook: Playbook = PLAYBOOK,
) -> Disposition:
    screening = Screening(kind, ("a sign",))
    read = (mail or message(), screening, Authenticity(verdict), match, understanding, NOW, case)
    return decide(Inquiry(*read), playbook)


@pytest.mark.parametrize("kind", [Kind.INQUIRY, Kind.REPLY])
def test_mail_that_matches_nothing_opens_a_case_and_is_acknowledged(kind: Kind) -> None:
    result = decided(kind=kind)
    assert (result.action, result.letter, result.review, result.links) == (Action.OPEN, ACKNOWLEDGMENT, (), ())
    assert [event.kind for event in result.events] == [EventKind.CASE_OPENED]


@pytest.mark.parametrize("state", OPEN_STATES)
@pytest.mark.parametrize("kind", [Kind.INQUIRY, Kind.REPLY])
def test_a_known_senders_mail_joins_an_open_case(kind: Kind, state: State) -> None:
    result = decided(JOINED, kind, view(state))
    assert (result.action, result.links) == (Action.APPEND, ())
    assert "token" in result.events[0].why


@pytest.mark.parametrize("state", FINAL_STATES)
def test_a073_pain_14_mail_to_a_closed_case_opens_a_new_one_that_follows_it(state: State) -> None:
    result = decided(JOINED, Kind.REPLY, view(state))
    assert result.action is Action.OPEN
    assert result.links == (Link(CASE.case_id, CASE.number, Relation.FOLLOWS),)
    assert result.letter == ACKNOWLEDGMENT
    assert result.review == ()


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("kind", MACHINES)
@pytest.mark.parametrize("match", [JOINED, NO_MATCH, DOUBTFUL, CONFLICT], ids=["joined", "none", "doubtful", "two"])
def test_pain_25_a073_a_machine_changes_nothing_and_is_not_answered(match: Match, kind: Kind, state: State) -> None:
    result = decided(match, kind, view(state) if match.case else None)
    assert result.action is (Action.FILE if match.case else Action.DISCARD)
    assert (result.letter, result.review, result.links) == (None, (), ())
    assert [event.kind for event in result.events] == [EventKind.MACHINE_MAIL_STORED]


def test_a066_a_doubtful_hit_opens_a_case_that_may_belong_to_the_other() -> None:
    result = decided(DOUBTFUL, Kind.REPLY)
    assert result.action is Action.OPEN
    assert result.links == (Link(CASE.case_id, CASE.number, Relation.MAY_BELONG_TO),)
    assert f"may belong to {CASE.number}" in result.review
    assert "somebody who is not known on the case wrote" in result.review
    told = [event.why for event in result.events if event.kind is EventKind.POSSIBLY_RELATED]
    assert told == [f"may_belong_to {CASE.number}: case number"]


def test_a071_evidence_for_two_cases_opens_a_third_that_names_both() -> None:
    result = decided(CONFLICT, Kind.REPLY)
    assert [link.number for link in result.links] == [CASE.number, OTHER.number]
    assert "the evidence names more than one case" in result.review


@pytest.mark.parametrize("match", [NO_MATCH, JOINED])
def test_a068_mail_that_its_domain_denies_is_looked_at_by_staff(match: Match) -> None:
    result = decided(match, case=view(State.AWAITING_STAFF) if match.case else None, verdict=Verdict.FAIL)
    assert "the sender's domain does not vouch for the mail" in result.review


def test_a034_mail_without_one_sender_is_looked_at_by_staff() -> None:
    result = decided(mail=message(None), verdict=Verdict.FAIL)
    assert result.action is Action.OPEN
    assert result.review == ("not exactly one From address",)


def test_what_a_machine_says_does_not_fill_the_history() -> None:
    screening = Screening(Kind.BULK, ("x" * 10_000,))
    read = (message(), screening, Authenticity(Verdict.NONE), NO_MATCH, Understanding(None, 0.0), NOW)
    result = decide(Inquiry(*read), PLAYBOOK)
    assert len(result.events[0].why) <= 500


@pytest.mark.parametrize(
    ("action", "kind", "word"),
    [
        (Action.OPEN, Kind.INQUIRY, "case_opened"),
        (Action.OPEN, Kind.REPLY, "case_opened"),
        (Action.APPEND, Kind.REPLY, "appended"),
        (Action.APPEND, Kind.INQUIRY, "appended"),
        (Action.FILE, Kind.AUTO_REPLY, "stored"),
        (Action.DISCARD, Kind.BULK, "stored"),
    ],
)
def test_the_outcome_is_told_in_the_words_of_the_commands(action: Action, kind: Kind, word: str) -> None:
    assert outcome_of(action, kind) == word


def test_nothing_is_asked_for_on_a_guess() -> None:
    guess = Understanding("eligibility.id_card", 0.4, missing=("subscriber_id",))
    result = decided(understanding=guess)
    assert (result.state, result.letter) == (State.AWAITING_STAFF, ACKNOWLEDGMENT)
    assert result.review == ("the category is not sure",)


def test_a_second_matter_in_the_mail_is_for_staff_to_look_at_and_the_first_goes_on() -> None:
    result = decided(understanding=replace(LACKING, also="billing.invoice"))
    assert (result.state, result.letter) == (State.AWAITING_SENDER, INFO_REQUEST)
    assert result.review == ("may also be about billing.invoice",)


def test_what_is_missing_is_asked_for_in_the_first_letter() -> None:
    result = decided(understanding=LACKING)
    assert (result.state, result.letter) == (State.AWAITING_SENDER, INFO_REQUEST)


def test_a_doubtful_sender_is_asked_for_nothing() -> None:
    result = decided(DOUBTFUL, Kind.REPLY, understanding=LACKING)
    assert (result.state, result.letter) == (State.AWAITING_STAFF, ACKNOWLEDGMENT)


def test_what_is_not_taken_here_is_redirected() -> None:
    result = decided(understanding=Understanding("provider.corrected_claim", 0.9))
    assert (result.state, result.letter) == (State.REDIRECTED, REDIRECT)


@pytest.mark.parametrize(
    ("case", "state", "letter", "review"),
    [
        (view(State.AWAITING_SENDER, missing=("a",)), State.AWAITING_STAFF, INFORMATION_RECEIVED, 0),
        (
            view(State.AWAITING_SENDER, missing=("a", "b"), lacking=("b",), rounds=1),
            State.AWAITING_SENDER,
            INFO_REQUEST,
            0,
        ),
        (view(State.AWAITING_SENDER, missing=("a",), lacking=("a",), rounds=1), State.AWAITING_SENDER, INFO_REQUEST, 1),
        (view(State.AWAITING_SENDER, missing=("a", "b"), lacking=("b",), rounds=3), State.AWAITING_STAFF, None, 1),
        (view(State.AWAITING_STAFF), State.AWAITING_STAFF, None, 0),
        (view(State.AWAITING_STAFF, lacking=("a",)), State.AWAITING_STAFF, None, 0),
        (view(State.SUBMITTED), State.SUBMITTED, None, 1),
    ],
    ids=["complete", "partial", "nothing", "rounds used up", "more", "more but lacking", "handed over"],
)
def test_a_reply_to_an_open_case(case: CaseView, state: State, letter: str | None, review: int) -> None:
    result = decided(JOINED, Kind.REPLY, case, understanding=Understanding(None, 0.0))
    assert (result.action, result.state, result.letter, len(result.review)) == (Action.APPEND, state, letter, review)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize(
    ("intent", "letter"), [(Intent.THANKS, None), (Intent.PROMISE, None), (Intent.STATUS, "status")]
)
def test_thanks_promises_and_questions_change_nothing_in_any_state(
    intent: Intent, letter: str | None, state: State
) -> None:
    said = Understanding(None, 0.0, intent=intent)
    result = decided(JOINED, Kind.REPLY, view(state, lacking=("a",), rounds=9), understanding=said)
    assert (result.action, result.state, result.letter, result.review) == (Action.APPEND, None, letter, ())
    assert [event.kind for event in result.events] == [EventKind.MESSAGE_APPENDED]


def test_a_promise_that_came_in_time_does_not_undo_a_closing() -> None:
    """A reply that came before the deadline does; but who only promised has sent nothing in time."""
    closed = view(State.CLOSED_NO_REPLY, lacking=("a",), was_due=NOW)
    promise = decided(JOINED, Kind.REPLY, closed, understanding=Understanding(None, 0.0, intent=Intent.PROMISE))
    assert (promise.state, promise.letter) == (None, None)
    reply = decided(JOINED, Kind.REPLY, closed, understanding=Understanding(None, 0.0))
    assert (reply.action, reply.state) == (Action.APPEND, State.AWAITING_SENDER)
    assert [event.kind for event in reply.events] == [EventKind.CASE_REOPENED, EventKind.MESSAGE_APPENDED]
    a_second_late = replace(closed, was_due=NOW - timedelta(seconds=1))
    assert decided(JOINED, Kind.REPLY, a_second_late, understanding=Understanding(None, 0.0)).action is Action.OPEN


@pytest.mark.parametrize("state", [State.AWAITING_STAFF, State.AWAITING_SENDER])
def test_who_takes_an_inquiry_back_is_told_so(state: State) -> None:
    result = decided(JOINED, Kind.REPLY, view(state), understanding=Understanding(None, 0.0, intent=Intent.WITHDRAWAL))
    assert (result.state, result.letter) == (State.WITHDRAWN, WITHDRAWN)
    assert EventKind.CASE_WITHDRAWN in [event.kind for event in result.events]


def test_what_was_handed_over_cannot_be_taken_back_by_mail() -> None:
    withdrawal = Understanding(None, 0.0, intent=Intent.WITHDRAWAL)
    result = decided(JOINED, Kind.REPLY, view(State.SUBMITTED), understanding=withdrawal)
    assert (result.state, result.letter, len(result.review)) == (State.SUBMITTED, None, 1)


@pytest.mark.parametrize(("kind", "new_subject"), [(Kind.REPLY, False), (Kind.REPLY, True), (Kind.INQUIRY, True)])
def test_pain_14_another_matter_in_an_old_thread_is_a_case_of_its_own(kind: Kind, new_subject: bool) -> None:
    other = Understanding("billing.refund", 0.9)
    result = decided(JOINED, kind, view(State.AWAITING_STAFF, new_subject=new_subject), understanding=other)
    assert result.action is Action.OPEN
    assert result.links == (Link(CASE.case_id, CASE.number, Relation.FOLLOWS),)


def test_another_matter_is_asked_for_what_it_lacks_itself() -> None:
    other = Understanding("billing.refund", 0.9, missing=("group_number",))
    old = view(State.AWAITING_SENDER, missing=("a",))
    assert decided(JOINED, Kind.REPLY, old, understanding=other).letter == INFO_REQUEST
    complete = replace(other, missing=())
    assert decided(JOINED, Kind.REPLY, replace(old, lacking=("a",)), understanding=complete).letter == ACKNOWLEDGMENT


@pytest.mark.parametrize("understanding", [UNSURE, SURE, Understanding(None, 0.0)])
def test_the_same_matter_stays_in_its_case(understanding: Understanding) -> None:
    result = decided(JOINED, Kind.REPLY, view(State.AWAITING_STAFF, new_subject=True), understanding=understanding)
    assert result.action is Action.APPEND


def test_a_late_reply_opens_a_case_that_knows_what_the_old_one_had_learned() -> None:
    result = decided(JOINED, Kind.REPLY, view(State.CLOSED_NO_REPLY), understanding=Understanding(None, 0.0))
    assert result.takes_over
    assert (result.state, result.letter, result.review) == (State.AWAITING_STAFF, ACKNOWLEDGMENT, ())
    lacking = view(State.CLOSED_NO_REPLY, lacking=("a",))
    assert decided(JOINED, Kind.REPLY, lacking, understanding=Understanding(None, 0.0)).letter == INFO_REQUEST
    # A case that staff answered had its say: what comes after it is a matter of its own.
    answered = decided(JOINED, Kind.REPLY, view(State.RESOLVED, lacking=("a",)), understanding=SURE)
    assert (answered.takes_over, answered.letter) == (False, ACKNOWLEDGMENT)


def reopening() -> Playbook:
    rules = replace(PLAYBOOK.rules("eligibility.id_card"), late_reply=LateReply.REOPEN)
    return replace(PLAYBOOK, categories={**PLAYBOOK.categories, rules.code: rules})


@pytest.mark.parametrize(("until", "action"), [(NOW, Action.APPEND), (NOW - timedelta(seconds=1), Action.OPEN)])
def test_where_the_playbook_says_so_a_late_reply_reopens_within_the_window(until: datetime, action: Action) -> None:
    case = view(State.CLOSED_NO_REPLY, reopen_until=until)
    result = decided(JOINED, Kind.REPLY, case, understanding=Understanding(None, 0.0), playbook=reopening())
    assert result.action is action
    if action is Action.APPEND:
        assert (result.state, result.letter) == (State.AWAITING_STAFF, INFORMATION_RECEIVED)
        assert [event.kind for event in result.events] == [EventKind.CASE_REOPENED]


def test_a_late_reply_that_reopens_is_asked_for_the_rest() -> None:
    case = view(State.CLOSED_NO_REPLY, reopen_until=NOW, lacking=("a",))
    result = decided(JOINED, Kind.REPLY, case, understanding=Understanding(None, 0.0), playbook=reopening())
    assert (result.action, result.state, result.letter) == (Action.APPEND, State.AWAITING_SENDER, INFO_REQUEST)


@pytest.mark.parametrize(
    ("state", "until", "playbook"),
    [
        (State.CLOSED_NO_REPLY, None, reopening()),
        (State.CLOSED_NO_REPLY, NOW, PLAYBOOK),  # the playbook wants a new case, whatever the window
        (State.RESOLVED, NOW, reopening()),
        (State.WITHDRAWN, NOW, reopening()),
    ],
)
def test_nothing_else_is_reopened_by_a_late_reply(state: State, until: datetime | None, playbook: Playbook) -> None:
    case = view(state, reopen_until=until)
    result = decided(JOINED, Kind.REPLY, case, understanding=Understanding(None, 0.0), playbook=playbook)
    assert (result.action, result.links[0].relation) == (Action.OPEN, Relation.FOLLOWS)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("happening", Happening)
def test_every_happening_in_every_state_is_allowed_or_not(state: State, happening: Happening) -> None:
    after = following(state, happening)
    assert (after is None) == ((state, happening) not in TRANSITIONS)
    if state.is_final:
        assert after in (None, State.AWAITING_STAFF)
    if after is not None and after is not state and after.is_final:
        assert not state.is_final


def test_every_state_says_who_has_the_ball() -> None:
    assert set(FINAL_STATES) == {State.RESOLVED, State.CLOSED_NO_REPLY, State.WITHDRAWN, State.REDIRECTED}


# The same inquiry again.


def said_again(understanding: Understanding = LACKING, **values: Any) -> Disposition:
    repeated = (Link(CASE.case_id, CASE.number, Relation.DUPLICATE_OF),)
    read = (message(), Screening(Kind.INQUIRY), Authenticity(Verdict.NONE), NO_MATCH, understanding, NOW)
    case = view(State.AWAITING_SENDER, **values)
    return decide(Inquiry(*read, case, related=repeated, again=True), PLAYBOOK)


@pytest.mark.parametrize(("lacking", "letter"), [(("subscriber_id",), STATUS), ((), ACKNOWLEDGMENT)])
def test_what_was_said_before_is_one_piece_of_work_and_not_asked_for_again(
    lacking: tuple[str, ...], letter: str
) -> None:
    result = said_again(lacking=lacking)
    assert (result.action, result.state, result.letter, result.joins) == (
        Action.OPEN,
        State.AWAITING_STAFF,
        letter,
        True,
    )
    assert [link.relation for link in result.links] == [Relation.DUPLICATE_OF]


def test_a_second_mail_that_takes_the_first_back_is_not_joined_to_it() -> None:
    result = said_again(replace(LACKING, intent=Intent.WITHDRAWAL), lacking=("subscriber_id",))
    assert (result.action, result.joins) == (Action.OPEN, False)
