"""The outbox on both databases: one letter a cause, claimed by one, every try noted, budgets counted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from mailbot.cases.answering import Spent
from mailbot.mail import Address, Letter
from mailbot.store.outbox import LEASE, ClaimedLetter, LetterState
from mailbot.store.prepared import WIDTH
from mailbot.store.schema import attempts, letter_contents, letters
from mailbot.store.unit_of_work import Transaction
from tests.desks import Desk
from tests.mails import MONDAY, mail, message

DANA = Address("dana@broker.example")
OVER = LEASE + timedelta(seconds=1)


def letter(number: int = 1, to: Address = DANA, kind: str = "acknowledgment") -> Letter:
    return Letter(kind, to, "We have it", f"o.{number}@desk.example", "en", "", b"Subject: We have it\r\n\r\nYes.\r\n")


def new_case(desk: Desk) -> int:
    return desk.case_id(desk.send(mail(), silent=True).case_number)


def add(desk: Desk, case_id: int | None = None, cause: str = "arrival 1", **changes: object) -> int | None:
    with desk.store.writing() as transaction:
        return transaction.outbox.add(letter(**changes), case_id, cause)


def claim(desk: Desk, count: int = 10, owner: str = "one") -> list[ClaimedLetter]:
    with desk.store.writing() as transaction:
        return transaction.outbox.claim(count, owner, LEASE)


def note(desk: Desk, claimed: ClaimedLetter, state: LetterState, due_in: timedelta | None = None) -> bool:
    with desk.store.writing() as transaction:
        due_at = transaction.now + due_in if due_in is not None else None
        return transaction.outbox.note(claimed, state, state.value, "250 yes", due_at)


def spent(desk: Desk, to: Address = DANA, case_id: int | None = None) -> Spent:
    with desk.store.reading() as transaction:
        return transaction.outbox.spent(to, message(to.address), case_id)


def test_what_was_composed_is_claimed_as_it_was(desk: Desk) -> None:
    letter_id = add(desk)
    (claimed,) = claim(desk)
    assert claimed.letter == letter()
    assert (claimed.letter_id, claimed.attempts, claimed.was_unknown) == (letter_id, 1, False)
    with desk.store.reading() as transaction:
        assert transaction.outbox.content(claimed.letter_id).content == letter().content


def test_a_cause_has_one_letter_of_a_kind_on_a_case(desk: Desk) -> None:
    case_id, other = new_case(desk), new_case(desk)
    assert add(desk, case_id, number=1) is not None
    assert add(desk, case_id, number=2) is None
    assert add(desk, case_id, cause="arrival 2", number=3) is not None
    assert add(desk, case_id, number=4, kind="reminder") is not None
    assert add(desk, other, number=5) is not None
    assert len(desk.letters()) == 4


def test_f55_the_same_cause_from_many_workers_makes_one_letter(desk: Desk) -> None:
    case_id = new_case(desk)
    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(lambda number: add(desk, case_id, number=number), range(8)))
    assert sum(each is not None for each in added) == 1


def test_f21_no_two_workers_claim_the_same_letter(desk: Desk) -> None:
    ids = {add(desk, cause=f"arrival {number}", number=number) for number in range(24)}
    with ThreadPoolExecutor(6) as pool:
        shares = list(pool.map(lambda worker: claim(desk, 4, f"worker {worker}"), range(8)))
    claimed = [each.letter_id for share in shares for each in share] + [each.letter_id for each in claim(desk, 100)]
    assert sorted(claimed) == sorted(ids)


@pytest.mark.parametrize("count", [1, WIDTH, WIDTH + 1, 2 * WIDTH + 3])
def test_as_many_as_are_wanted_are_claimed_at_once_in_the_order_in_which_they_are_due(desk: Desk, count: int) -> None:
    ids = []
    for number in range(count + 2):
        ids.append(add(desk, cause=f"arrival {number}", number=number))
        desk.later(timedelta(seconds=1))
    claimed = claim(desk, count)
    assert [each.letter_id for each in claimed] == ids[:count]
    assert [each.letter.message_id for each in claimed] == [letter(number).message_id for number in range(count)]
    assert all(note(desk, each, LetterState.SENT) for each in claimed)
    assert [each.letter_id for each in claim(desk, count + 2)] == ids[count:]


@pytest.mark.parametrize("state", [LetterState.SENT, LetterState.REFUSED, LetterState.HELD])
def test_a_letter_that_came_to_its_end_is_not_claimed_again(desk: Desk, state: LetterState) -> None:
    add(desk)
    (claimed,) = claim(desk)
    assert note(desk, claimed, state)
    desk.later(timedelta(days=30))
    assert claim(desk) == []
    (row,) = desk.letters()
    assert (row.state, row.answer, row.sent_at is not None) == (state, "250 yes", state is LetterState.SENT)


@pytest.mark.parametrize(("state", "lost"), [(LetterState.LATER, False), (LetterState.UNKNOWN, True)])
def test_a_letter_that_waits_is_claimed_when_it_is_due(desk: Desk, state: LetterState, lost: bool) -> None:
    add(desk)
    (claimed,) = claim(desk)
    note(desk, claimed, state, timedelta(minutes=5))
    desk.later(timedelta(minutes=4))
    assert claim(desk) == []
    desk.later(timedelta(minutes=2))
    (again,) = claim(desk)
    assert (again.attempts, again.was_unknown) == (2, lost)
    assert again.letter == claimed.letter
    assert again.first_due_at == MONDAY


def test_f09_a_lease_that_ran_out_means_that_the_answer_is_lost(desk: Desk) -> None:
    add(desk)
    (late,) = claim(desk)
    assert claim(desk) == []
    desk.later(OVER)
    (again,) = claim(desk, owner="two")
    assert again.was_unknown
    assert not note(desk, late, LetterState.SENT)
    assert note(desk, again, LetterState.SENT)
    assert [row.state for row in desk.letters()] == ["sent"]


def test_f21_the_same_owner_is_fenced_off_by_the_count_of_attempts(desk: Desk) -> None:
    add(desk)
    (late,) = claim(desk)
    desk.later(OVER)
    claim(desk)
    assert not note(desk, late, LetterState.SENT)


def test_every_try_is_kept_with_its_beginning_and_its_end(desk: Desk) -> None:
    add(desk)
    (first,) = claim(desk)
    note(desk, first, LetterState.LATER, timedelta(minutes=1))
    desk.later(timedelta(minutes=2))
    (second,) = claim(desk)
    note(desk, second, LetterState.SENT)
    with desk.store.reading() as transaction:
        rows = transaction.work.connection.execute(attempts.select().order_by(attempts.c.id)).all()
    assert [(row.outcome, row.began_at - MONDAY) for row in rows] == [
        ("later", timedelta()),
        ("sent", timedelta(minutes=2)),
    ]
    assert all(row.ended_at is not None for row in rows)


def test_the_budgets_see_what_went_to_the_address_the_domain_and_everybody(desk: Desk) -> None:
    case_id = new_case(desk)
    add(desk, case_id, number=1)
    add(desk, case_id, cause="arrival 2", number=2, to=Address("Dana@Broker.Example"))
    add(desk, cause="arrival 3", number=3, to=Address("joe@broker.example"))
    add(desk, cause="arrival 4", number=4, to=Address("ann@elsewhere.example"))
    assert spent(desk, case_id=case_id) == Spent(
        address_today=2, domain_this_hour=3, all_this_hour=4, case_today=2, case_in_a_row=2, same_text_today=1
    )
    desk.later(timedelta(minutes=61))
    assert spent(desk) == Spent(address_today=2, same_text_today=1)
    desk.later(timedelta(hours=24))
    assert spent(desk) == Spent()


@pytest.mark.parametrize("hour", range(0, 24, 5))
def test_the_letters_and_texts_of_a_day_count_until_it_is_over_whatever_the_hour(desk: Desk, hour: int) -> None:
    """They are looked for under the numbers of two days (docs/decisions/0125)."""
    desk.later(timedelta(hours=hour))
    case_id = new_case(desk)
    add(desk, case_id)
    for _ in range(2):
        assert (spent(desk).address_today, spent(desk).same_text_today) == (1, 1)
        desk.later(timedelta(hours=11, minutes=59))
    desk.later(timedelta(minutes=3))
    assert spent(desk) == Spent()


def this_hour(transaction: Transaction, to: Address = DANA) -> tuple[int, int]:
    """To the domain of the address, and in all."""
    counted = transaction.outbox.spent(to, None, None)
    return counted.domain_this_hour, counted.all_this_hour


def test_letters_of_the_same_unit_of_work_are_counted_with_those_before(desk: Desk) -> None:
    add(desk, number=1)
    with desk.store.writing() as transaction:
        assert this_hour(transaction) == (1, 1)
        transaction.outbox.add(letter(2), None, "arrival 2")
        transaction.outbox.add(letter(3, to=Address("ann@elsewhere.example")), None, "arrival 3")
        assert this_hour(transaction) == (2, 3)
        assert this_hour(transaction, Address("ann@elsewhere.example")) == (1, 3)
    with desk.store.reading() as transaction:
        assert this_hour(transaction) == (2, 3)


def test_a_letter_that_was_there_already_is_not_counted_twice(desk: Desk) -> None:
    case_id = new_case(desk)
    with desk.store.writing() as transaction:
        for number in (1, 2):
            assert this_hour(transaction) == ((number > 1), (number > 1))
            transaction.outbox.add(letter(number), case_id, "arrival 1")
        assert this_hour(transaction) == (1, 1)


def test_a_notice_to_staff_is_on_no_budget_of_those_outside(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        assert this_hour(transaction) == (0, 0)
        transaction.outbox.add(letter(1, kind="staff_notice"), None, "notice 1")
        transaction.outbox.add(letter(2, kind="command_result"), None, "arrival 2")
        assert this_hour(transaction) == (1, 1)


def test_letters_that_a_savepoint_takes_back_are_counted_no_more(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        transaction.outbox.add(letter(1), None, "arrival 1")
        assert this_hour(transaction) == (1, 1)
        with pytest.raises(LookupError), transaction.savepoint():
            transaction.outbox.add(letter(2), None, "arrival 2")
            assert this_hour(transaction) == (2, 2)
            raise LookupError
        assert this_hour(transaction) == (1, 1)
        transaction.outbox.add(letter(3), None, "arrival 3")
        assert this_hour(transaction) == (2, 2)


def test_letters_in_a_row_count_from_the_last_word_of_a_person(desk: Desk) -> None:
    opened = desk.send(mail(), silent=True)
    case_id, subject = desk.case_id(opened.case_number), f"Re: [Case {opened.case_number}]"
    for number in (1, 2):
        desk.later(timedelta(minutes=1))
        add(desk, case_id, cause=f"arrival {number}", number=number)
    assert spent(desk, case_id=case_id).case_in_a_row == 2
    desk.later(timedelta(minutes=1))
    desk.send(mail("I am away.", subject=subject, auto_submitted="auto-replied"))
    assert spent(desk, case_id=case_id).case_in_a_row == 2
    desk.send(mail("Here is more.", subject=subject))
    assert spent(desk, case_id=case_id).case_in_a_row == 0


def test_a_bounce_finds_a_letter_that_was_tried_and_is_noted_once(desk: Desk) -> None:
    case_id = new_case(desk)
    add(desk, case_id)
    with desk.store.reading() as transaction:
        assert transaction.outbox.find_sent(letter().message_id) is None
    (claimed,) = claim(desk)
    note(desk, claimed, LetterState.SENT)
    with desk.store.writing() as transaction:
        sent = transaction.outbox.find_sent(letter().message_id)
        assert sent is not None
        assert (sent.letter_id, sent.case_id, sent.kind) == (claimed.letter_id, case_id, "acknowledgment")
        assert transaction.outbox.note_bounce(sent.letter_id)
        assert not transaction.outbox.note_bounce(sent.letter_id)
        assert transaction.outbox.find_sent("") is None


def test_letters_are_counted_while_they_wait(desk: Desk) -> None:
    for number in range(3):
        add(desk, cause=f"arrival {number}", number=number)
    first, second = claim(desk, 2)
    note(desk, first, LetterState.SENT)
    note(desk, second, LetterState.REFUSED)
    with desk.store.reading() as transaction:
        assert transaction.outbox.counts() == {"due": 1, "refused": 1}
        assert [row.state for row in transaction.reports.letters(state="due")] == ["due"]


def test_c04_a_letter_is_sealed_with_its_address(desk: Desk) -> None:
    add(desk)
    with desk.store.reading() as transaction:
        rows = [*transaction.work.connection.execute(letters.select())]
        rows += [*transaction.work.connection.execute(letter_contents.select())]
    values = [bytes(value) for row in rows for value in row if isinstance(value, bytes | memoryview)]
    values += [value.encode() for row in rows for value in row if isinstance(value, str)]
    assert not any(b"dana" in value or b"Yes." in value for value in values)


def take_over(desk: Desk, *ended: str) -> None:
    with desk.store.writing() as transaction:
        transaction.outbox.take_over(lambda owner: owner in ended)
        transaction.outbox.hold_exhausted()


def test_f07_what_a_process_that_is_no_more_had_claimed_is_free_at_once(desk: Desk) -> None:
    add(desk, number=1)
    claim(desk, owner="dead")
    add(desk, cause="arrival 2", number=2)
    claim(desk, owner="alive")
    take_over(desk, "dead")
    (again,) = claim(desk, owner="two")
    assert (again.letter.message_id, again.attempts, again.was_unknown) == ("o.1@desk.example", 2, True)
    assert sorted(row.state for row in desk.letters()) == ["sending", "sending"]


def test_f07_what_was_lost_before_waits_for_its_lease(desk: Desk) -> None:
    """Or a process that is started again and again, and dies each time, would use up all tries in a minute."""
    add(desk)
    claim(desk, owner="dead")
    take_over(desk, "dead")
    claim(desk, owner="dead too")
    take_over(desk, "dead too")
    assert claim(desk, owner="three") == []
    desk.later(OVER)
    assert len(claim(desk, owner="three")) == 1
