"""What a message does to a case: the table of decide()."""

from __future__ import annotations

import pytest

from mailbot.cases.events import EventKind
from mailbot.cases.lifecycle import (
    ACKNOWLEDGMENT,
    Action,
    Disposition,
    Inquiry,
    Link,
    Relation,
    State,
    decide,
    outcome_of,
)
from mailbot.cases.matching import Candidate, Evidence, Hit, Match
from mailbot.cases.people import Trust
from mailbot.cases.understanding import Understanding
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


def decided(
    match: Match = NO_MATCH,
    kind: Kind = Kind.INQUIRY,
    state: State | None = None,
    verdict: Verdict = Verdict.NONE,
    mail: Message | None = None,
) -> Disposition:
    understanding = Understanding("other.general", 0.0)
    return decide(
        Inquiry(mail or message(), Screening(kind, ("a sign",)), Authenticity(verdict), match, understanding, state)
    )


@pytest.mark.parametrize("kind", [Kind.INQUIRY, Kind.REPLY])
def test_mail_that_matches_nothing_opens_a_case_and_is_acknowledged(kind: Kind) -> None:
    result = decided(kind=kind)
    assert (result.action, result.letter, result.review, result.links) == (Action.OPEN, ACKNOWLEDGMENT, (), ())
    assert [event.kind for event in result.events] == [EventKind.CASE_OPENED]


@pytest.mark.parametrize("state", OPEN_STATES)
@pytest.mark.parametrize("kind", [Kind.INQUIRY, Kind.REPLY])
def test_a_known_senders_mail_joins_an_open_case(kind: Kind, state: State) -> None:
    result = decided(JOINED, kind, state)
    assert (result.action, result.letter, result.links) == (Action.APPEND, None, ())
    assert "token" in result.events[0].why


@pytest.mark.parametrize("state", FINAL_STATES)
def test_a073_pain_14_mail_to_a_closed_case_opens_a_new_one_that_follows_it(state: State) -> None:
    result = decided(JOINED, Kind.REPLY, state)
    assert result.action is Action.OPEN
    assert result.links == (Link(CASE.case_id, CASE.number, Relation.FOLLOWS),)
    assert result.letter == ACKNOWLEDGMENT
    assert result.review == ()


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("kind", MACHINES)
@pytest.mark.parametrize("match", [JOINED, NO_MATCH, DOUBTFUL, CONFLICT], ids=["joined", "none", "doubtful", "two"])
def test_pain_25_a073_a_machine_changes_nothing_and_is_not_answered(match: Match, kind: Kind, state: State) -> None:
    result = decided(match, kind, state if match.case else None)
    assert result.action is (Action.FILE if match.case else Action.DISCARD)
    assert (result.letter, result.review, result.links) == (None, (), ())
    assert [event.kind for event in result.events] == [EventKind.MACHINE_MAIL_STORED]


def test_a066_a_doubtful_hit_opens_a_case_that_may_belong_to_the_other() -> None:
    result = decided(DOUBTFUL, Kind.REPLY)
    assert result.action is Action.OPEN
    assert result.links == (Link(CASE.case_id, CASE.number, Relation.MAY_BELONG_TO),)
    assert f"may belong to {CASE.number}" in result.review
    assert "somebody who is not known on the case wrote" in result.review


def test_a071_evidence_for_two_cases_opens_a_third_that_names_both() -> None:
    result = decided(CONFLICT, Kind.REPLY)
    assert [link.number for link in result.links] == [CASE.number, OTHER.number]
    assert "the evidence names more than one case" in result.review


@pytest.mark.parametrize("match", [NO_MATCH, JOINED])
def test_a068_mail_that_its_domain_denies_is_looked_at_by_staff(match: Match) -> None:
    result = decided(match, state=State.AWAITING_STAFF if match.case else None, verdict=Verdict.FAIL)
    assert "the sender's domain does not vouch for the mail" in result.review


def test_a034_mail_without_one_sender_is_looked_at_by_staff() -> None:
    result = decided(mail=message(None), verdict=Verdict.FAIL)
    assert result.action is Action.OPEN
    assert result.review == ("not exactly one From address",)


def test_what_a_machine_says_does_not_fill_the_history() -> None:
    screening = Screening(Kind.BULK, ("x" * 10_000,))
    result = decide(Inquiry(message(), screening, Authenticity(Verdict.NONE), NO_MATCH, Understanding(None, 0.0)))
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


def test_every_state_says_who_has_the_ball() -> None:
    assert set(FINAL_STATES) == {State.RESOLVED, State.CLOSED_NO_REPLY, State.WITHDRAWN, State.REDIRECTED}
