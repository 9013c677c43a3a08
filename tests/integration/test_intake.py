"""The path of a message on both databases: one effect each, poison held, bounces noted, doubts for staff."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailbot import intake
from mailbot.cases.events import EventKind
from mailbot.cases.understanding import Understanding
from mailbot.classify.understand import SentMessage
from mailbot.errors import StoreUnavailable
from mailbot.intake import MAX_ATTEMPTS
from mailbot.mail import Kind
from tests.desks import Desk, open_desk, text_of
from tests.mails import EVE, MONDAY, bounce_of, mail, reply, with_file
from tests.readers import read_by

POISON = "POISON"


def poisoned(desk: Desk, effect: Callable[[], Understanding]) -> None:
    """From now on step 6 fails on a message with the marker in its subject."""

    def understand(sent: SentMessage) -> Understanding:
        return effect() if POISON in sent.message.subject else well(sent)

    well = read_by(desk.app, understand)


def raising(error: BaseException) -> Callable[[], Understanding]:
    def effect() -> Understanding:
        raise error

    return effect


def test_a_mail_opens_a_case_with_its_letter_in_one_commit(desk: Desk) -> None:
    result = desk.send(mail())
    assert (result.outcome, result.kind) == ("case_opened", Kind.INQUIRY)
    assert result.letters == (("acknowledgment", "dana@broker.example"),)
    row = desk.case(result.case_number)
    assert (row.state, row.category, row.team) == ("awaiting_staff", "other.general", "Enrollment")
    assert row.answer_due == MONDAY.replace(day=26, hour=4, minute=59, second=59, microsecond=999_999)
    assert [event.kind for event in desk.events(result.case_number)] == [
        EventKind.CASE_OPENED,
        EventKind.LETTER_COMPOSED,
    ]
    (arrival,) = desk.arrivals()
    assert (arrival.state, arrival.outcome, arrival.attempts) == ("done", "case_opened", 1)


def test_what_is_told_of_a_mail_is_what_the_case_says(desk: Desk) -> None:
    result = desk.send(mail())
    assert result.review == desk.case(result.case_number).review


def test_a_batch_shares_a_commit_and_each_mail_has_its_case(desk: Desk) -> None:
    for number in range(25):
        desk.record(mail(f"inquiry {number}", sender=f"p{number}@broker.example"))
    results = desk.take_in()
    assert len({result.case_number for result in results}) == 25
    assert desk.take_in() == []


@pytest.mark.parametrize("sources", [("smtp", "imap:INBOX"), ("lmtp", "smtp"), ("imap:A", "imap:B")])
def test_f22_the_same_mail_by_two_ways_has_one_effect(desk: Desk, sources: tuple[str, str]) -> None:
    raw = mail()
    desk.record(raw, source=sources[0])
    desk.record(b"Received: by another way\r\n" + raw, None, source=sources[1])
    desk.take_in()
    desk.record(raw.replace(b"\r\n", b"\n"), source=sources[1])
    assert desk.take_in() == []
    assert (len(desk.cases()), len(desk.letters())) == (1, 1)


def test_a014_a_mail_replayed_a_hundred_times_has_one_answer(desk: Desk) -> None:
    raw = mail()
    new = [desk.record(raw).new for _ in range(100)]
    desk.take_in()
    assert sum(new) == 1
    assert len(desk.letters()) == 1


def test_a075_another_mail_with_the_same_message_id_is_stored_as_its_own(desk: Desk) -> None:
    first = desk.send(mail("mine", sender=EVE, message_id="<same@broker.example>"), "eve@elsewhere.example")
    second = desk.send(mail("the real one", message_id="<same@broker.example>"))
    assert first.case_number != second.case_number
    assert len(desk.letters()) == 2


@pytest.mark.parametrize("error", [RuntimeError("secret text"), RecursionError(), LookupError("x"), MemoryError()])
def test_f27_a_poison_mail_is_held_and_the_rest_is_done(
    desk: Desk, error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    poisoned(desk, raising(error))
    for number in range(5):
        desk.record(mail(subject=POISON if number == 2 else "fine", sender=f"p{number}@broker.example"))
    caplog.set_level(logging.INFO)
    assert [result.outcome for result in desk.take_in()].count("case_opened") == 4
    for _ in range(MAX_ATTEMPTS):
        desk.later()
        desk.take_in()
    (held,) = desk.arrivals("held")
    assert held.attempts == MAX_ATTEMPTS
    assert held.error is not None
    assert type(error).__name__ in held.error
    assert "secret" not in held.error + caplog.text
    assert len(desk.letters()) == 4
    assert desk.send(mail("the queue goes on")).outcome == "case_opened"


def test_f27_a_value_that_the_database_refuses_holds_that_mail_only(desk: Desk) -> None:
    poisoned(desk, lambda: Understanding("other.general", 0.0, language="\0"))
    desk.record(mail("before"))
    desk.record(mail(subject=POISON))
    desk.record(mail("after"))
    for _ in range(MAX_ATTEMPTS):
        desk.take_in()
        desk.later()
    assert [row.state for row in desk.arrivals()].count("done") >= 2


def test_a_failed_attempt_leaves_no_trace_but_its_count(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.app.intake._keeper, "_answer", _fails)
    desk.record(mail())
    desk.take_in()
    assert (desk.cases(), desk.letters()) == ([], [])
    (arrival,) = desk.arrivals()
    assert (arrival.state, arrival.attempts) == ("new", 1)
    monkeypatch.undo()
    desk.later()
    assert [result.outcome for result in desk.take_in()] == ["case_opened"]


def _fails(*_: Any) -> Any:
    raise RuntimeError


def test_a_held_mail_is_retried_from_its_bytes(desk: Desk) -> None:
    poisoned(desk, raising(RuntimeError()))
    recorded = desk.record(mail(subject=POISON))
    for _ in range(MAX_ATTEMPTS):
        desk.take_in()
        desk.later()
    assert len(desk.arrivals("held")) == 1
    poisoned(desk, lambda: Understanding("other.general", 0.0))
    with desk.store.writing() as transaction:
        assert transaction.arrivals.free(recorded.arrival_id)
    assert [result.outcome for result in desk.take_in()] == ["case_opened"]


def test_a_mail_that_staff_released_into_a_case_needs_no_evidence(desk: Desk) -> None:
    opened = desk.send(mail())
    poisoned(desk, raising(RuntimeError()))
    recorded = desk.record(mail(subject=POISON, sender=EVE), "eve@elsewhere.example")
    for _ in range(MAX_ATTEMPTS):
        desk.take_in()
        desk.later()
    poisoned(desk, lambda: Understanding("other.general", 0.0))
    with desk.store.writing() as transaction:
        case_id = transaction.cases.find(opened.case_number or "")
        assert transaction.arrivals.free(recorded.arrival_id, case_id=case_id)
    (result,) = desk.take_in()
    assert (result.outcome, result.case_number) == ("appended", opened.case_number)
    assert len(desk.thread(opened.case_number)) == 2


def test_f46_a_store_that_does_not_answer_counts_as_nobodys_fault(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    poisoned(desk, raising(StoreUnavailable("away")))
    desk.record(mail(subject=POISON))
    with pytest.raises(StoreUnavailable):
        desk.take_in()
    assert desk.arrivals("held") == []


def test_a_worker_that_lost_its_lease_rolls_everything_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.record(mail())

    def slow(sent: SentMessage) -> Understanding:
        desk.later(timedelta(minutes=6))
        with desk.store.writing() as transaction:
            assert len(transaction.arrivals.take(1, "another", timedelta(minutes=5))) == 1
        return well(sent)

    well = read_by(desk.app, slow)
    assert [result.outcome for result in desk.app.intake.take_in_batch()] == ["stored"]
    assert (desk.cases(), desk.letters()) == ([], [])
    assert [row.state for row in desk.arrivals()] == ["taken"]


def test_a_mail_that_was_answered_and_comes_again_below_a_footer_joins_its_case(desk: Desk) -> None:
    first = desk.send(mail("Please add my son.", message_id="<first@broker.example>"))
    answer = desk.send(reply("He was born on Monday.", to_id="first@broker.example"))
    again = desk.send(mail("Please add my son.\n--\nSent by the brokers' list", message_id="<first@broker.example>"))
    assert (answer.outcome, again.outcome) == ("appended", "appended")
    assert {answer.case_number, again.case_number} == {first.case_number}


def test_a_bounce_of_our_letter_is_noted_and_asks_staff(desk: Desk) -> None:
    opened = desk.send(mail())
    desk.deliver()
    (letter,) = desk.letters()
    result = desk.send(bounce_of(letter.message_id), "")
    assert (result.outcome, result.kind, result.case_number) == ("stored", Kind.BOUNCE, opened.case_number)
    assert desk.letters()[0].bounced_at == MONDAY
    assert "the acknowledgment could not be delivered" in desk.case(opened.case_number).review
    assert EventKind.LETTER_BOUNCED in [event.kind for event in desk.events(opened.case_number)]
    assert len(desk.letters()) == 1


def test_a_second_report_of_the_same_bounce_changes_nothing(desk: Desk) -> None:
    opened = desk.send(mail())
    desk.deliver()
    for _ in range(2):
        desk.send(bounce_of(desk.letters()[0].message_id), "")
    kinds = [event.kind for event in desk.events(opened.case_number)]
    assert kinds.count(EventKind.LETTER_BOUNCED) == 1


@pytest.mark.parametrize("about", ["o.1.2@desk.example", "unknown@elsewhere.example", "the letter before it was sent"])
def test_a_bounce_of_what_we_did_not_send_changes_nothing(desk: Desk, about: str) -> None:
    opened = desk.send(mail())
    about = desk.letters()[0].message_id if about.startswith("the letter") else about
    result = desk.send(bounce_of(about), "")
    assert (result.outcome, result.case_number) == ("stored", None)
    assert desk.letters()[0].bounced_at is None
    assert desk.case(opened.case_number).review == ("the category is not sure",)


def test_a_delayed_report_notes_no_bounce(desk: Desk) -> None:
    desk.send(mail())
    desk.deliver()
    delayed = bounce_of(desk.letters()[0].message_id, status="4.4.1").replace(b"Action: failed", b"Action: delayed")
    assert desk.send(delayed, "").outcome == "stored"
    assert desk.letters()[0].bounced_at is None


def test_pain_25_an_absence_note_is_filed_with_the_case_and_changes_nothing(desk: Desk) -> None:
    opened = desk.send(mail())
    before = desk.case(opened.case_number)
    (letter,) = desk.letters()
    note = reply("I am out of the office until Monday.", to_id=letter.message_id, auto_submitted="auto-replied")
    result = desk.send(note)
    assert (result.outcome, result.case_number, result.letters) == ("stored", opened.case_number, ())
    assert desk.case(opened.case_number) == before
    assert [row.kind for row in desk.thread(opened.case_number)] == ["inquiry", "auto_reply"]


def test_a071_evidence_for_two_cases_opens_a_third_and_asks_staff_on_all(desk: Desk) -> None:
    one, other = desk.send(mail("one")), desk.send(mail("other"))
    both = reply(to_id=desk.letters()[0].message_id, subject=f"Re: [Case {other.case_number}]")
    third = desk.send(both)
    assert third.outcome == "case_opened"
    assert "the evidence names more than one case" in third.review
    for number in (one.case_number, other.case_number):
        assert f"{third.case_number} may belong here" in desk.case(number).review
        assert (third.case_number, "may_belong_to (from there)") in desk.case(number).linked
        assert len(desk.thread(number)) == 1


def test_files_that_the_desk_does_not_take_are_recorded_and_named_to_the_sender(desk: Desk) -> None:
    result = desk.send(with_file("setup.exe", "MZ" + "\0" * 100))
    (message,) = desk.thread(result.case_number)
    assert [(file.filename, file.refused) for file in message.attachments] == [("setup.exe", "type")]
    assert EventKind.ATTACHMENT_REFUSED in [event.kind for event in desk.events(result.case_number)]
    assert '"setup (EXE)"' in text_of(desk.letter(desk.letters()[0]))


def test_silent_mail_opens_its_case_and_gets_no_letter(desk: Desk) -> None:
    result = desk.send(mail(), silent=True)
    assert (result.outcome, result.letters) == ("case_opened", ())
    assert EventKind.LETTER_WITHHELD in [event.kind for event in desk.events(result.case_number)]
    assert desk.letters() == []


def test_f26_old_mail_opens_its_case_and_gets_no_letter(desk: Desk) -> None:
    result = desk.send(mail(), received_at=MONDAY - timedelta(days=3))
    assert (result.outcome, result.letters) == ("case_opened", ())


def test_the_third_mail_with_the_same_text_in_a_day_gets_no_letter(desk: Desk) -> None:
    letters = [len(desk.send(mail(subject=f"number {number}")).letters) for number in range(4)]
    assert letters == [1, 1, 0, 0]
    desk.later(timedelta(days=1, minutes=1))
    assert len(desk.send(mail(subject="the day after")).letters) == 1


def test_pain_21_a_mail_to_two_addresses_of_the_desk_is_one_case(desk: Desk) -> None:
    raw = mail(to="enrollment@desk.example, groups@desk.example")
    desk.record(raw, recipients=("enrollment@desk.example",))
    desk.record(raw, recipients=("groups@desk.example",))
    (result,) = desk.take_in()
    assert [person.address.address for person in desk.case(result.case_number).correspondents] == [
        "dana@broker.example"
    ]


def test_pain_15_a_colleague_who_answers_the_first_mail_joins_its_case(desk: Desk) -> None:
    first = desk.send(mail(cc="Ann <ann@broker.example>", message_id="<first@broker.example>"))
    answer = reply(to_id="first@broker.example", sender="Ann <ann@broker.example>", subject="Re: New dependent")
    assert desk.send(answer, "ann@broker.example").case_number == first.case_number


def test_f44_a_reply_that_came_before_its_parent_and_the_parent_share_a_case(desk: Desk) -> None:
    child = reply(to_id="first@broker.example", sender="Ann <ann@broker.example>", cc="dana@broker.example")
    first = desk.send(child, "ann@broker.example")
    parent = desk.send(mail(message_id="<first@broker.example>", cc="ann@broker.example"))
    assert parent.case_number == first.case_number


def test_stopping_ends_after_the_batch_that_runs(desk: Desk) -> None:
    for number in range(intake.BATCH + 5):
        desk.record(mail(f"inquiry {number}", sender=f"p{number}@broker.example"))
    rounds = iter([False, True])
    assert len(desk.app.intake.take_in_all(lambda: next(rounds))) == intake.BATCH


def test_a_budget_that_is_used_up_withholds_the_letter_and_says_so(database_url: str, tmp_path: Path) -> None:
    with open_desk(tmp_path, database_url, outgoing={"per_domain_an_hour": 1}) as desk:
        _the_second_of_a_domain_is_not_answered(desk)


def _the_second_of_a_domain_is_not_answered(desk: Desk) -> None:
    assert len(desk.send(mail("one")).letters) == 1
    second = desk.send(mail("two", sender="Ann <ann@broker.example>"), "ann@broker.example")
    assert second.letters == ()
    why = [event.why for event in desk.events(second.case_number) if event.kind is EventKind.LETTER_WITHHELD]
    assert why == ["acknowledgment: the sender's domain had its letters for this hour"]
