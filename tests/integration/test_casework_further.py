"""Replying, correcting a field, giving time, splitting, and several acts in one unit of work, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailbot.cases.events import EventKind
from mailbot.cases.number import find
from mailbot.cases.states import State
from mailbot.errors import UsageError
from tests.desks import Desk, text_of
from tests.integration.test_casework_commands import run
from tests.mails import reply
from tests.understood import ANN, COMPLETE, INCOMPLETE, file_of, letters_of, opened, sent, understanding

TEXT = "We have asked the carrier.\nWe write again on Monday."


def whys(desk: Desk, number: str, kind: EventKind) -> list[str]:
    return [event.why for event in desk.events(number) if event.kind is kind]


# Replying.


def test_a_reply_goes_to_the_correspondent_as_a_persons_letter(desk: Desk) -> None:
    number = opened(desk)
    before = file_of(desk, number)
    done = desk.app.casework.reply(number, TEXT, ANN)
    assert (done.state, done.letters) == ("awaiting_staff", (("answer", "dana@broker.example"),))
    letter = desk.letter(desk.letters()[-1])
    assert TEXT.splitlines()[0] in text_of(letter)
    assert letter["From"] == '"Enrollment Desk" <enrollment@desk.example>'
    assert number in str(letter["Subject"])
    assert letter["Auto-Submitted"] is None
    after = file_of(desk, number)
    assert (after.state, after.reply_due, after.missing) == (before.state, before.reply_due, before.missing)
    assert [event.actor for event in desk.events(number) if event.kind is EventKind.STAFF_WROTE] == [ANN]


def test_two_replies_are_two_letters(desk: Desk) -> None:
    number = opened(desk)
    desk.app.casework.reply(number, TEXT, ANN)
    desk.app.casework.reply(number, TEXT, ANN)
    assert letters_of(desk, number)[-2:] == ["answer", "answer"]


@pytest.mark.parametrize("text", ["", "Maria Lopez has her card.", "It is W883104417.", "Call 123-45-6789."])
def test_a_reply_says_nothing_that_a_letter_may_not_say(small_desk: Desk, text: str) -> None:
    number = opened(small_desk)
    with pytest.raises(UsageError):
        small_desk.app.casework.reply(number, text, ANN)
    assert letters_of(small_desk, number) == ["acknowledgment"]


def test_an_answer_to_a_reply_comes_back_to_the_case(desk: Desk) -> None:
    number = opened(desk)
    desk.app.casework.reply(number, TEXT, ANN)
    answer = reply("Thanks a lot for that.", to_id=desk.letters()[-1].message_id)
    assert sent(desk, answer, understanding()).case_number == number


# Fields.


def test_a_field_has_the_value_that_staff_say(desk: Desk) -> None:
    number = opened(desk)
    desk.app.casework.field(number, "subscriber_id", " W8831 ", ANN)
    values = {name: (value, where) for name, value, where in desk.case(number).fields}
    assert values["subscriber_id"] == ("W8831", "staff")
    assert whys(desk, number, EventKind.VALUE_CORRECTED) == ["subscriber_id; it was read from: body"]


def test_a_corrected_field_is_found_again_for_training(desk: Desk) -> None:
    number, other = opened(desk), opened(desk, subject="Another", text="Another text.")
    desk.app.casework.field(number, "subscriber_id", "W8831", ANN)
    desk.app.casework.field(number, "group_number", "", ANN)
    desk.app.casework.note(other, "nothing was corrected", ANN)
    with desk.store.reading() as transaction:
        found = transaction.corrections.of_fields()
        assert transaction.corrections.of_fields(after=found[0].case_id) == []
    assert [(each.number, each.name, each.value) for each in found] == [
        (number, "subscriber_id", "W8831"),
        (number, "group_number", ""),
    ]
    assert desk.raw(found[0].arrival_id).startswith(b"From: Dana Reed")


def test_the_last_missing_field_makes_the_case_complete_and_takes_its_request_back(desk: Desk) -> None:
    number = opened(desk, replace(INCOMPLETE, category="eligibility.pcp_change", missing=("subscriber_id", "pcp_name")))
    first = desk.app.casework.field(number, "subscriber_id", "W8831", ANN)
    assert (first.state, desk.case(number).missing) == ("awaiting_sender", ("pcp_name",))
    second = desk.app.casework.field(number, "pcp_name", "Dr. Ada Vell", ANN)
    assert (second.state, desk.case(number).missing) == ("awaiting_staff", ())
    assert [row.state for row in desk.letters()] == ["cancelled"]


def test_a_field_that_is_taken_out_is_missing_again(desk: Desk) -> None:
    number = opened(desk, replace(understanding(**COMPLETE), category="eligibility.add_dependent"))
    desk.app.casework.field(number, "subscriber_id", "", ANN)
    row = desk.case(number)
    assert "subscriber_id" in row.missing
    assert "subscriber_id" not in {name for name, _, _ in row.fields}
    assert whys(desk, number, EventKind.VALUE_CORRECTED) == ["subscriber_id taken out; it was read from: body"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("subscriber_ids", "1", "did you mean subscriber_id"),
        ("issue_description", "it", "there is no field"),
        ("effective_date", "12/1/26", "as 2026-12-01"),
        ("npn", "1" * 201, "at most 200"),
        ("npn", "1\x072", "printable"),
        ("subscriber_id", "W883104417", "already"),
        ("npn", "", "already"),
    ],
)
def test_what_cannot_be_a_value_is_refused_with_the_remedy(small_desk: Desk, name: str, value: str, said: str) -> None:
    number = opened(small_desk)
    with pytest.raises(UsageError, match=said):
        small_desk.app.casework.field(number, name, value, ANN)


def test_a_later_word_of_the_sender_counts_over_that_of_staff(desk: Desk) -> None:
    number = opened(desk)
    desk.app.casework.field(number, "subscriber_id", "W1", ANN)
    answer = reply("It is W2.", to_id=desk.letters()[-1].message_id)
    sent(desk, answer, understanding(subscriber_id="W222222"))
    assert file_of(desk, number).facts.values("subscriber_id") == ("W222222",)


# Time.


def asked(desk: Desk) -> str:
    """A case whose request has gone out: its clock runs."""
    number = opened(desk, INCOMPLETE)
    desk.deliver()
    return number


def test_more_time_moves_the_deadline_and_the_reminders(desk: Desk) -> None:
    number = asked(desk)
    before = file_of(desk, number)
    done = desk.app.casework.deadline(number, "20 business days", ANN)
    after = file_of(desk, number)
    assert done.state == "awaiting_sender"
    assert before.reply_due and after.reply_due and after.reply_due > before.reply_due
    assert after.remind_at == before.remind_at
    assert whys(desk, number, EventKind.DEADLINE_MOVED) == ["a reply is due by 2026-12-22"]


def test_nobody_is_given_less_time_than_they_were_told(desk: Desk) -> None:
    number = asked(desk)
    with pytest.raises(UsageError, match="more time, not less"):
        desk.app.casework.deadline(number, "1 day", ANN)


def test_without_a_clock_there_is_no_deadline_to_move(small_desk: Desk) -> None:
    work = small_desk.app.casework
    pending, unsent = opened(small_desk), opened(small_desk, INCOMPLETE, subject="Else", text="Other.")
    for number, why in ((pending, "no reply is waited for"), (unsent, "has not gone out yet")):
        with pytest.raises(UsageError, match=why):
            work.deadline(number, "30 days", ANN)
    with pytest.raises(UsageError, match="7 days"):
        work.deadline(unsent, "soon", ANN)


def test_the_case_is_closed_after_the_new_deadline_and_not_before(small_desk: Desk) -> None:
    number = asked(small_desk)
    small_desk.app.casework.deadline(number, "20 business days", ANN)
    small_desk.clock.moment = datetime(2026, 12, 10, 14, tzinfo=UTC)  # the first deadline has passed
    assert small_desk.app.timekeeper.sweep().closed == 0
    assert small_desk.app.timekeeper.sweep().waiting == ()


# Splitting.


def joined(desk: Desk) -> tuple[str, str]:
    """A case that took in a second message of the same sender, and the id of that message."""
    number = opened(desk)
    answer = reply("And now something else: please move our group.", to_id=desk.letters()[-1].message_id)
    result = sent(desk, answer, understanding("billing.delinquency", group_number="0999999"))
    assert result.case_number == number
    desk.app.casework._splitting._understand = desk.app.intake._reader._understand
    return number, result.message_id


def test_the_last_message_becomes_a_case_of_its_own(desk: Desk) -> None:
    number, message_id = joined(desk)
    done = desk.app.casework.split(number, ANN)
    (remark,) = done.remarks
    (new,) = find(remark)
    assert [len(desk.thread(each)) for each in (number, new)] == [1, 1]
    row = desk.case(new)
    assert (row.state, row.category) == ("awaiting_staff", "billing.delinquency")
    assert row.linked == ((number, "split_from"),)
    assert [person.address.address for person in row.correspondents] == ["dana@broker.example"]
    assert done.letters == (("acknowledgment", "dana@broker.example"),)
    assert desk.case(number).review == (f"its last message became case {new}: look at what came in by it",)
    # What answers the message finds the new case.
    assert sent(desk, reply("One thing more.", to_id=message_id), understanding()).case_number == new


def test_a_case_of_one_message_cannot_be_split(small_desk: Desk) -> None:
    number = opened(small_desk)
    with pytest.raises(UsageError, match="nothing to split off"):
        small_desk.app.casework.split(number, ANN)


# Several acts in one unit of work.


def test_acts_within_one_unit_of_work_are_done_together(desk: Desk) -> None:
    number = opened(desk)
    with desk.store.writing() as transaction:
        work = desk.app.casework.within(transaction)
        work.assign(number, "ben", ANN)
        work.reply(number, TEXT, ANN)
        work.reply(number, "And once more.", ANN)
        assert work.resolve(number, "It is done.", ANN).state is State.RESOLVED
    assert letters_of(desk, number) == ["acknowledgment", "answer", "answer", "resolution"]
    assert desk.case(number).assignee == "ben"


def test_acts_within_one_unit_of_work_are_undone_together(desk: Desk) -> None:
    number = opened(desk)
    with pytest.raises(UsageError), desk.store.writing() as transaction:
        work = desk.app.casework.within(transaction)
        work.assign(number, "ben", ANN)
        work.close(number, ANN)
        work.close(number, ANN)
    assert (desk.case(number).assignee, desk.case(number).state) == (None, "awaiting_staff")
    desk.app.casework.assign(number, "cleo", ANN)  # outside of it each act is its own again
    assert desk.case(number).assignee == "cleo"


def test_each_of_these_acts_has_its_command(small_desk: Desk) -> None:
    desk = small_desk
    number, _ = joined(desk)
    waiting = opened(desk, INCOMPLETE, subject="Else", text="Other.")
    desk.deliver()
    steps = [
        (("reply", number, "We are at it."), f"{number} is Pending; answer to dana@broker.example\n"),
        (("reply", number, "-"), f"{number} is Pending; answer to dana@broker.example\n"),
        (("field", number, "npn", "8812345"), f"{number} is Pending\n"),
        (("split", number), f"{number} is Pending; acknowledgment to dana@broker.example\n"),
        (("deadline", waiting, "30 days"), f"{waiting} is Incomplete\n"),
    ]
    for arguments, said in steps:
        result = run(desk, *arguments, "--actor", "ann", stdin=b"Read from standard input.")
        assert result.stdout.startswith(said), arguments
        assert result.exit_code == 0
