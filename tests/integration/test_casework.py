"""What staff do to a case, on both databases: every act in every state, its letter, its event, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from mailbot.cases.events import EventKind
from mailbot.cases.states import Happening, State, following
from mailbot.casework.acts import Done
from mailbot.casework.staff import Casework
from mailbot.errors import UsageError
from tests.desks import Desk, text_of
from tests.mails import mail, reply
from tests.understood import (
    ANN,
    COMMENTS,
    COMPLETE,
    INCOMPLETE,
    file_of,
    letters_of,
    opened,
    sent,
    understanding,
)


@dataclass(frozen=True)
class Deed:
    """One act as the tests do it: what may forbid it, the letter that it calls for, the event that tells it."""

    happening: Happening
    do: Callable[[Casework, str], Done]
    letter: str | None
    event: EventKind


DEEDS = {
    "resolve": Deed(
        Happening.RESOLVED, lambda c, n: c.resolve(n, COMMENTS, ANN), "resolution", EventKind.CASE_RESOLVED
    ),
    "ask": Deed(
        Happening.ASKED, lambda c, n: c.ask(n, ("date_of_birth",), ANN), "info_request", EventKind.INFORMATION_ASKED
    ),
    "close": Deed(Happening.CLOSED, lambda c, n: c.close(n, ANN), "closed_no_reply", EventKind.CASE_CLOSED),
    "withdraw": Deed(Happening.WITHDRAWN, lambda c, n: c.withdraw(n, ANN), "withdrawn", EventKind.CASE_WITHDRAWN),
    "reopen": Deed(Happening.REOPENED, lambda c, n: c.reopen(n, ANN), None, EventKind.CASE_REOPENED),
    "processed": Deed(Happening.PROCESSED, lambda c, n: c.processed(n, "b1"), "resolution", EventKind.CASE_PROCESSED),
}


def asked_once(desk: Desk, number: str, state: State) -> None:
    """As if something had been asked for before."""
    with desk.store.writing() as transaction:
        case_id = transaction.cases.find(number) or 0
        transaction.cases.asked(case_id, 1)
        transaction.cases.enter(case_id, state)


def everything(desk: Desk, number: str) -> object:
    return (desk.case(number), file_of(desk, number), desk.events(number), letters_of(desk, number))


@pytest.mark.parametrize("name", DEEDS)
def test_every_act_in_every_state_does_what_the_table_says(desk: Desk, name: str) -> None:
    deed = DEEDS[name]
    for state in State:
        number = opened(desk, understanding(subscriber_id=f"W{state}"), sender=f"{state}@broker.example")
        asked_once(desk, number, state)
        before = everything(desk, number)
        after = following(state, deed.happening)
        if after is None:
            with pytest.raises(UsageError, match=f"case {number} is {state}: .*"):
                deed.do(desk.app.casework, number)
            assert everything(desk, number) == before
            continue
        done = deed.do(desk.app.casework, number)
        assert (done.number, done.state, desk.case(number).state) == (number, after, after)
        written = letters_of(desk, number)[1:]
        assert written == ([deed.letter] if deed.letter else [])
        assert done.letters == tuple((kind, f"{state}@broker.example") for kind in written)
        told = [event for event in desk.events(number) if event.kind is deed.event]
        assert [event.actor for event in told] == ["b1" if name == "processed" else ANN]


@pytest.mark.parametrize("state", State)
def test_note_assign_and_review_go_in_every_state_and_change_none(small_desk: Desk, state: State) -> None:
    desk, casework = small_desk, small_desk.app.casework
    number = opened(desk, state=state)
    with desk.store.writing() as transaction:
        transaction.cases.ask_review(transaction.cases.find(number) or 0, ["look here"])
    assert casework.note(number, "Called Dana: she sends the form.", ANN).state is state
    assert casework.assign(number, "ben", ANN).state is state
    assert casework.reviewed(number, ANN).state is state
    row = desk.case(number)
    assert (row.state, row.assignee, row.review) == (state, "ben", ())
    assert letters_of(desk, number) == ["acknowledgment"]
    note = desk.thread(number)[-1]
    assert (note.kind, note.sender, note.text) == ("note", ANN, "Called Dana: she sends the form.")
    kinds = [event.kind for event in desk.events(number)][-3:]
    assert kinds == [EventKind.NOTE_ADDED, EventKind.CASE_ASSIGNED, EventKind.REVIEW_DONE]
    assert casework.assign(number, None, ANN).state is state
    assert desk.case(number).assignee is None


def test_asking_adds_to_what_is_missing_and_starts_a_round(desk: Desk) -> None:
    number = opened(desk, INCOMPLETE)
    assert file_of(desk, number).rounds == 1
    done = desk.app.casework.ask(number, ("enrollment_form", "enrollment_form"), ANN)
    file = file_of(desk, number)
    assert (done.state, file.rounds, file.missing) == ("awaiting_sender", 2, ("enrollment_form", "subscriber_id"))
    letter = text_of(desk.letter(desk.letters()[-1]))
    assert letter.index("1. The completed enrollment form") < letter.index("2. The subscriber ID")
    assert "Please reply by the end of" in letter
    asked = [event for event in desk.events(number) if event.kind is EventKind.INFORMATION_ASKED]
    assert [(event.why, event.actor) for event in asked] == [
        ("subscriber_id", "intake"),
        ("enrollment_form, subscriber_id", ANN),
    ]


def test_what_was_asked_for_stays_asked_for_until_it_comes(desk: Desk) -> None:
    number = opened(desk)
    desk.app.casework.ask(number, ("subscriber_id", "payment_proof"), ANN)  # one known but doubted, one of another kind
    letter_id = desk.letters()[-1].message_id
    sent(desk, reply("Here it is.", to_id=letter_id), understanding(subscriber_id="W883104418"))
    assert desk.case(number).missing == ("payment_proof",)
    assert desk.case(number).state == "awaiting_sender"
    proof = replace(understanding(), documents=("payment_proof",))
    sent(desk, reply("And the proof.", to_id=letter_id), proof)
    assert (desk.case(number).state, desk.case(number).missing) == ("awaiting_staff", ())


def test_a_request_that_has_not_gone_out_is_taken_back_when_it_is_not_needed(desk: Desk) -> None:
    number = opened(desk, INCOMPLETE)
    desk.app.casework.ask(number, ("enrollment_form",), ANN)
    assert [row.state for row in desk.letters()] == ["cancelled", "due"]
    desk.app.casework.resolve(number, COMMENTS, ANN)
    assert [(row.kind, row.state) for row in desk.letters()] == [
        ("info_request", "cancelled"),
        ("info_request", "cancelled"),
        ("resolution", "due"),
    ]


def test_the_same_request_twice_is_one_letter_unless_staff_say_again(desk: Desk) -> None:
    number = opened(desk)
    desk.app.casework.ask(number, ("enrollment_form",), ANN)
    with pytest.raises(UsageError, match="waits for enrollment_form already; --again"):
        desk.app.casework.ask(number, ("enrollment_form",), ANN)
    assert letters_of(desk, number) == ["acknowledgment", "info_request"]
    desk.app.casework.ask(number, ("enrollment_form",), ANN, again=True)
    assert letters_of(desk, number) == ["acknowledgment", "info_request", "info_request"]


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ((), "name what"),
        (("subscriber",), "did you mean subscriber_id"),
        (("other",), "cannot be asked"),
        (("a|b",), "a.b cannot be asked"),
    ],
)
def test_only_what_mailbot_knows_can_be_asked_for(small_desk: Desk, items: tuple[str, ...], why: str) -> None:
    number = opened(small_desk)
    with pytest.raises(UsageError, match=why):
        small_desk.app.casework.ask(number, items, ANN)
    assert letters_of(small_desk, number) == ["acknowledgment"]


def test_nobody_is_asked_where_nobody_can_be_written_to(desk: Desk) -> None:
    result = sent(desk, mail(sender="Dana <dana@localhost>"), understanding(**COMPLETE))
    number = result.case_number or ""
    before = everything(desk, number)
    with pytest.raises(UsageError, match="nobody can be asked"):
        desk.app.casework.ask(number, ("enrollment_form",), ANN)
    assert everything(desk, number) == before
    done = desk.app.casework.resolve(number, COMMENTS, ANN)
    assert (done.letters, desk.case(number).state) == ((), "resolved")
    assert desk.events(number)[-1].kind is EventKind.LETTER_WITHHELD


def test_closing_what_was_never_asked_for_tells_nobody_an_untruth(desk: Desk) -> None:
    number = opened(desk)
    done = desk.app.casework.close(number, ANN)
    assert (done.letters, done.state, len(done.remarks)) == ((), "closed_no_reply", 1)
    assert letters_of(desk, number) == ["acknowledgment"]


def test_the_closing_letter_names_the_day_on_which_the_reply_was_due(desk: Desk) -> None:
    number = opened(desk, INCOMPLETE)
    with desk.store.writing() as transaction:
        due = desk.clock.now().replace(day=30)
        transaction.cases.start_clock(transaction.cases.find(number) or 0, due, None)
    desk.app.casework.close(number, ANN)
    assert "Your reply was due: Monday, November 30, 2026" in text_of(desk.letter(desk.letters()[-1]))


def test_review_says_when_the_clock_still_stands(small_desk: Desk) -> None:
    number = opened(small_desk, INCOMPLETE)
    with small_desk.store.writing() as transaction:
        case_id = transaction.cases.find(number) or 0
        transaction.cases.ask_review(case_id, ["the info_request could not be delivered"])
        transaction.cases.stop_clock(case_id, "the info_request could not be delivered")
    assert "ask again, or close it" in small_desk.app.casework.reviewed(number, ANN).remarks[0]
    assert "nobody" in small_desk.app.casework.reviewed(number, ANN).remarks[0]
    assert small_desk.app.casework.ask(number, ("subscriber_id",), ANN).letters  # a stopped clock may be started again


@pytest.mark.parametrize("who", ["", " ", "a\nb", "x" * 101])
def test_a_case_is_given_to_a_name(small_desk: Desk, who: str) -> None:
    with pytest.raises(UsageError, match="printable"):
        small_desk.app.casework.assign(opened(small_desk), who, ANN)


@pytest.mark.parametrize("text", ["", " \n", "x" * 20_001])
def test_a_note_has_text_and_an_end(small_desk: Desk, text: str) -> None:
    with pytest.raises(UsageError, match="a note"):
        small_desk.app.casework.note(opened(small_desk), text, ANN)


def test_an_act_on_no_case_is_refused(small_desk: Desk) -> None:
    with pytest.raises(UsageError, match="there is no case 261121-0000428"):
        small_desk.app.casework.close("261121-0000428", ANN)
