"""Merging and recategorizing cases, on both databases: nothing that is known, asked or doubted gets lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.cases.events import EventKind
from mailbot.cases.lifecycle import UNSURE
from mailbot.cases.states import State
from mailbot.errors import UsageError
from tests.desks import Desk, text_of
from tests.mails import EVE, reply
from tests.understood import (
    ANN,
    COMMENTS,
    COMPLETE,
    ID_CARD,
    INCOMPLETE,
    file_of,
    opened,
    sent,
    understanding,
)


def test_recategorizing_asks_anew_and_keeps_the_correction(desk: Desk) -> None:
    number = opened(desk, replace(understanding("other.general", **COMPLETE), confidence=0.2))
    assert UNSURE in desk.case(number).review
    done = desk.app.casework.recategorize(number, "eligibility.pcp_change", ANN)
    row = desk.case(number)
    assert (done.letters, row.state, row.missing) == (
        (("info_request", "dana@broker.example"),),
        "awaiting_sender",
        ("pcp_name",),
    )
    assert (row.category, row.confidence, row.review) == ("eligibility.pcp_change", 1.0, ())
    text = text_of(desk.letter(desk.letters()[-1]))
    assert "1. " in text and "2. " not in text
    with desk.store.reading() as transaction:
        (correction,) = transaction.corrections.listed()
    assert (correction.number, correction.category) == (number, "eligibility.pcp_change")
    assert desk.raw(correction.arrival_id).startswith(b"From: Dana Reed")


def test_recategorizing_to_what_needs_nothing_more_awaits_staff(desk: Desk) -> None:
    number = opened(desk, replace(INCOMPLETE, category="eligibility.add_dependent", missing=("dependent_name",)))
    done = desk.app.casework.recategorize(number, "billing.delinquency", ANN)
    assert (done.state, done.letters, desk.case(number).missing) == ("awaiting_staff", (), ())


def test_recategorizing_asks_for_nothing_that_was_asked_for_already(desk: Desk) -> None:
    number = opened(desk, INCOMPLETE)
    done = desk.app.casework.recategorize(number, "provider.care_plan", ANN)
    assert (done.letters, desk.case(number).missing) == ((), ("subscriber_id",))


def test_recategorizing_to_what_is_not_taken_here_tells_the_sender_where_to_turn(desk: Desk) -> None:
    number = opened(desk)
    done = desk.app.casework.recategorize(number, "provider.corrected_claim", ANN)
    assert (done.state, done.letters) == ("redirected", (("redirect", "dana@broker.example"),))


@pytest.mark.parametrize("state", [state for state in State if state.is_final])
def test_recategorizing_what_has_ended_only_corrects_the_name(small_desk: Desk, state: State) -> None:
    number = opened(small_desk, INCOMPLETE, state)
    done = small_desk.app.casework.recategorize(number, "eligibility.add_dependent", ANN)
    assert (done.state, done.letters, small_desk.case(number).category) == (state, (), "eligibility.add_dependent")


def test_a_category_that_is_certain_or_unknown_is_refused(small_desk: Desk) -> None:
    number = opened(small_desk)
    small_desk.app.casework.recategorize(number, ID_CARD, ANN)  # the first time staff confirm it
    for code, why in {
        ID_CARD: "already",
        "eligibility.id_cart": f"did you mean {ID_CARD}",
        "x": "its categories",
    }.items():
        with pytest.raises(UsageError, match=why):
            small_desk.app.casework.recategorize(number, code, ANN)


def test_pain_20_every_act_and_every_mail_finds_the_case_that_another_was_merged_into(desk: Desk) -> None:
    old = opened(desk)
    letter_id = desk.letters()[-1].message_id
    new = opened(desk, understanding(subscriber_id="W111"), subject="Again", text="Another text.")
    last = opened(desk, understanding(subscriber_id="W222"), subject="And again", text="A third text.")
    desk.app.casework.merge(old, new, ANN)
    desk.app.casework.merge(new, last, ANN)
    assert sent(desk, reply(to_id=letter_id), understanding()).case_number == last
    assert desk.app.casework.note(old, "a note", ANN).number == last
    assert desk.app.casework.assign(new, "ben", ANN).number == last
    assert desk.app.casework.resolve(old, COMMENTS, ANN).number == last
    assert desk.case(last).state == "resolved"
    assert [row.number for row in desk.cases()] == [last]


def test_merging_takes_over_what_is_known_and_completes_what_waited(desk: Desk) -> None:
    waiting = opened(desk, INCOMPLETE)
    desk.later()
    brought = opened(desk, understanding(**COMPLETE | {"group_number": "0140027"}), subject="The id", text="W883.")
    done = desk.app.casework.merge(brought, waiting, ANN)
    row = desk.case(waiting)
    assert (done.number, done.state, row.missing, done.letters) == (waiting, "awaiting_staff", (), ())
    assert dict((name, value) for name, value, _ in row.fields)["group_number"] == "0140027"  # the later word
    amended = [event.why for event in desk.events(waiting) if event.kind is EventKind.VALUE_AMENDED]
    assert amended == ["group_number"]
    assert file_of(desk, brought).request_id is None


def test_an_older_case_merged_into_a_newer_one_overrules_nothing(desk: Desk) -> None:
    old = opened(desk, understanding(group_number="1111", subscriber_id="W883104417"))
    desk.later()
    new = opened(desk, understanding(group_number="2222"), subject="Again", text="Again.")
    desk.app.casework.merge(old, new, ANN)
    values = {name: value for name, value, _ in desk.case(new).fields}
    assert values == {"group_number": "2222", "subscriber_id": "W883104417"}


def test_each_sender_of_merged_cases_is_answered_by_the_own_number_with_the_own_people(desk: Desk) -> None:
    hers = opened(desk, understanding(subscriber_id="E111112222", subscriber_name="Ed Eve"), sender=EVE)
    his = opened(desk, understanding(subscriber_id="D333334444", subscriber_name="Dan Reed"), text="Other words.")
    desk.app.casework.merge(hers, his, ANN)
    desk.app.casework.resolve(his, COMMENTS, ANN)
    letters = {desk.letter(row)["To"]: text_of(desk.letter(row)) for row in desk.letters()[-2:]}
    assert set(letters) == {"dana@broker.example", "eve@elsewhere.example"}
    dana, eve = letters["dana@broker.example"], letters["eve@elsewhere.example"]
    assert (his in dana, hers in dana, "D. R. (…4444)" in dana, "E. E." in dana, "2222" in dana) == (
        True,
        False,
        True,
        False,
        False,
    )
    assert (hers in eve, his in eve, "E. E. (…2222)" in eve, "D. R." in eve) == (True, False, True, False)


@pytest.mark.parametrize(
    ("away", "stays", "why"),
    [
        (State.AWAITING_STAFF, State.RESOLVED, "would be lost in it"),
        (State.AWAITING_SENDER, State.CLOSED_NO_REPLY, "would be lost in it"),
        (State.SUBMITTED, State.AWAITING_STAFF, "handed to the administration"),
    ],
)
def test_a_merge_that_would_lose_a_case_is_refused(small_desk: Desk, away: State, stays: State, why: str) -> None:
    first, second = opened(small_desk, state=away), opened(small_desk, state=stays, text="Other.", sender=EVE)
    with pytest.raises(UsageError, match=why):
        small_desk.app.casework.merge(first, second, ANN)
    assert small_desk.events(first)[-1].kind is not EventKind.CASE_MERGED


def test_a_merge_into_itself_or_into_nothing_is_refused(small_desk: Desk) -> None:
    first, second = opened(small_desk), opened(small_desk, sender=EVE, text="Other.")
    small_desk.app.casework.merge(first, second, ANN)
    for number, into, why in [
        (second, second, "itself"),
        (first, second, "itself"),
        (first, "261121-0000428", "no case"),
    ]:
        with pytest.raises(UsageError, match=why):
            small_desk.app.casework.merge(number, into, ANN)


def test_what_was_doubted_of_a_merged_case_stays_doubted(small_desk: Desk) -> None:
    first, second = opened(small_desk), opened(small_desk, state=State.SUBMITTED, sender=EVE, text="Other.")
    with small_desk.store.writing() as transaction:
        transaction.cases.ask_review(transaction.cases.find(first) or 0, ["look here"])
    small_desk.app.casework.merge(first, second, ANN)
    assert small_desk.case(second).review == ("look here", f"{first} was merged into it after it was handed over")
