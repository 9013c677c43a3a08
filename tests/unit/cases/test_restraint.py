"""What decide() tells producers about groups of others (SOURCES D2), and strangers who ask for a status: nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mailbot.cases.events import EventKind
from mailbot.cases.lifecycle import (
    ACKNOWLEDGMENT,
    INFO_REQUEST,
    REDIRECT,
    STATUS,
    WITHDRAWN,
    Action,
    CaseView,
    Disposition,
    Inquiry,
    adopts,
    decide,
)
from mailbot.cases.matching import Candidate, Evidence, Hit, Match
from mailbot.cases.people import Trust
from mailbot.cases.rules import ForeignGroup, Playbook
from mailbot.cases.standing import NOT_THEIRS, CaseStanding, Standing
from mailbot.cases.states import State
from mailbot.cases.understanding import Intent, Understanding
from mailbot.classify import playbook as playbooks
from mailbot.mail import Authenticity, Kind, Screening, Verdict
from tests.mails import MONDAY, message

PLAYBOOK = playbooks.load()
FOREIGN = Standing((NOT_THEIRS,), foreign_group=True)
CASE = Candidate(1, "261121-0000428", knows_sender=True)
JOINED = Match(CASE, Trust.KNOWN, (Hit(Evidence.TOKEN, CASE),))
NO_MATCH = Match(None, Trust.STRANGER)
DOUBTFUL = Match(None, Trust.DOUBTFUL, (Hit(Evidence.NUMBER, CASE),))
LACKING = Understanding("eligibility.id_card", 0.9, missing=("subscriber_id",))
ASKS = Understanding("billing.invoice", 0.99, intent=Intent.STATUS, status_only=True, missing=("group_number",))
THEIRS = (CaseStanding("261121-0000428", State.AWAITING_STAFF, MONDAY),)


def decided(
    understanding: Understanding = LACKING,
    match: Match = NO_MATCH,
    case: CaseView | None = None,
    playbook: Playbook = PLAYBOOK,
    **more: Any,
) -> Disposition:
    kind = Kind.REPLY if case else Kind.INQUIRY
    read = (message(), Screening(kind), Authenticity(Verdict.NONE), match, understanding, MONDAY, case)
    return decide(Inquiry(*read, **({"standing": FOREIGN} | more)), playbook)


def view(state: State = State.AWAITING_SENDER, **values: Any) -> CaseView:
    return CaseView(state, "eligibility.id_card", **({"missing": ("subscriber_id",)} | values))


def answering(answer: ForeignGroup) -> Playbook:
    rules = {code: replace(each, foreign_group=answer) for code, each in PLAYBOOK.categories.items()}
    return replace(PLAYBOOK, categories=rules)


def test_nothing_is_asked_about_a_foreign_group_and_the_history_says_why() -> None:
    result = decided()
    assert (result.action, result.state, result.letter, result.plain) == (
        Action.OPEN,
        State.AWAITING_STAFF,
        ACKNOWLEDGMENT,
        True,
    )
    assert NOT_THEIRS in result.review
    told = [event.why for event in result.events if event.kind is EventKind.LETTER_WITHHELD]
    assert told == [f"{INFO_REQUEST}: {NOT_THEIRS}"]


def test_the_same_mail_about_a_group_of_theirs_is_asked_for_the_rest() -> None:
    result = decided(standing=Standing())
    assert (result.state, result.letter, result.plain) == (State.AWAITING_SENDER, INFO_REQUEST, False)


@pytest.mark.parametrize("lacking", [(), ("subscriber_id",)])
@pytest.mark.parametrize("intent", [Intent.NONE, Intent.STATUS])
def test_a_reply_about_a_foreign_group_waits_for_staff(lacking: tuple[str, ...], intent: Intent) -> None:
    result = decided(Understanding(None, 0.0, intent=intent), JOINED, view(lacking=lacking))
    assert (result.action, result.letter, result.plain) == (Action.APPEND, ACKNOWLEDGMENT, True)
    assert result.state is (None if intent is Intent.STATUS else State.AWAITING_STAFF)


def test_a_foreign_group_brings_back_nothing_that_was_handed_over() -> None:
    result = decided(Understanding(None, 0.0), JOINED, view(State.SUBMITTED))
    assert (result.action, result.state, result.letter) == (Action.APPEND, State.SUBMITTED, None)


def test_where_the_category_is_a_guess_the_playbook_is_asked_about_no_category() -> None:
    guess = Understanding("eligibility.id_card", 0.1)
    assert decided(guess).letter == ACKNOWLEDGMENT
    assert decided(guess, playbook=answering(ForeignGroup.NOTHING)).letter is None


def test_what_gets_no_letter_gets_none_about_a_foreign_group_either() -> None:
    for intent, case in ((Intent.THANKS, view()), (Intent.NONE, view(State.AWAITING_STAFF))):
        result = decided(Understanding(None, 0.0, intent=intent), JOINED, case)
        assert (result.letter, [event.kind for event in result.events]) == (None, [EventKind.MESSAGE_APPENDED])


def test_taking_back_and_being_sent_elsewhere_tell_nothing_and_stay() -> None:
    taken_back = decided(Understanding(None, 0.0, intent=Intent.WITHDRAWAL), JOINED, view())
    assert (taken_back.state, taken_back.letter) == (State.WITHDRAWN, WITHDRAWN)
    assert decided(Understanding("provider.corrected_claim", 0.9)).letter == REDIRECT


@pytest.mark.parametrize(
    ("answer", "state", "letter"),
    [
        (ForeignGroup.AS_USUAL, State.AWAITING_SENDER, INFO_REQUEST),
        (ForeignGroup.NOTHING, State.AWAITING_STAFF, None),
        (ForeignGroup.ACKNOWLEDGE, State.AWAITING_STAFF, ACKNOWLEDGMENT),
    ],
)
def test_the_playbook_says_what_a_producer_hears(answer: ForeignGroup, state: State, letter: str | None) -> None:
    result = decided(playbook=answering(answer))
    assert (result.state, result.letter) == (state, letter)
    assert NOT_THEIRS in result.review
    reply = decided(Understanding(None, 0.0), JOINED, view(lacking=("subscriber_id",)), answering(answer))
    assert (reply.state, reply.letter) == (state, letter)


def test_a_late_reply_about_a_foreign_group_opens_a_case_for_staff() -> None:
    closed = view(State.CLOSED_NO_REPLY, lacking=("subscriber_id",))
    result = decided(Understanding(None, 0.0), JOINED, closed)
    assert (result.action, result.state, result.letter) == (Action.OPEN, State.AWAITING_STAFF, ACKNOWLEDGMENT)


def test_who_asks_for_nothing_but_the_status_of_their_own_opens_nothing() -> None:
    result = decided(ASKS, theirs=THEIRS, standing=Standing())
    assert (result.action, result.letter, result.cases, result.state) == (Action.DISCARD, STATUS, THEIRS, None)
    assert [event.kind for event in result.events] == [EventKind.STATUS_ASKED]


def test_a099_a_question_about_cases_of_others_is_answered_in_one_way() -> None:
    """Whether the number was ever given, and however sure the category is."""
    results = [
        decided(replace(ASKS, confidence=confidence), match, standing=Standing())
        for confidence in (0.0, 0.99)
        for match in (NO_MATCH, DOUBTFUL)
    ]
    told = {(result.action, result.state, result.letter, result.plain) for result in results}
    assert told == {(Action.OPEN, State.AWAITING_STAFF, ACKNOWLEDGMENT, True)}


def test_a_question_about_a_case_is_no_new_matter_however_sure_a_category_is() -> None:
    asked = view(State.AWAITING_STAFF, new_subject=True)
    result = decided(ASKS, JOINED, asked, standing=Standing())
    assert (result.action, result.letter) == (Action.APPEND, STATUS)
    unsure = PLAYBOOK.rules(None)
    assert not adopts(ASKS, Kind.INQUIRY, 0.0, unsure, PLAYBOOK)
    said = replace(ASKS, status_only=False)
    assert adopts(said, Kind.INQUIRY, 0.0, unsure, PLAYBOOK)
    # A reply adopts nothing, and a case that is sure of its category keeps it.
    assert not adopts(said, Kind.REPLY, 0.0, unsure, PLAYBOOK)
    assert not adopts(said, Kind.INQUIRY, unsure.confidence, unsure, PLAYBOOK)


def test_a_machine_that_asks_is_a_machine() -> None:
    read = (message(), Screening(Kind.AUTO_REPLY, ("x",)), Authenticity(Verdict.NONE), NO_MATCH, ASKS, MONDAY, None)
    result = decide(Inquiry(*read, standing=FOREIGN, theirs=THEIRS), PLAYBOOK)
    assert (result.action, result.letter, result.cases) == (Action.DISCARD, None, ())
