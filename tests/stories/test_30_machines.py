"""Story 30: machines that slip through the screening meet budgets, and two mailbots fall silent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from mailbot.cases.answering import DOUBTFUL_AN_HOUR
from mailbot.mail import Envelope
from mailbot.store.arrivals import NewArrival
from mailbot.store.engine import migrate
from tests.desks import Desk, open_desk
from tests.mails import mail

OTHER_DESK = "intake@other.example"


def carry_letters(sender: Desk, receiver: Desk) -> int:
    """Bring what one desk sends to the other's door, as a mail server would; how many letters there were."""
    carried = 0
    for row in sender.letters():
        if row.state != "due":
            continue
        with sender.store.reading() as transaction:
            letter = transaction.outbox.content(row.letter_id)
        with receiver.store.writing() as transaction:
            envelope = Envelope(letter.envelope_sender, (letter.to.address,))
            transaction.arrivals.record(NewArrival(letter.content, envelope, "smtp", receiver.clock.now()))
        carried += 1
    sender.deliver()
    receiver.take_in()
    return carried


def test_a086_two_mailbots_write_one_letter_at_most_and_fall_silent(tmp_path: Path) -> None:
    one, two = f"sqlite:///{tmp_path}/one.db", f"sqlite:///{tmp_path}/two.db"
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    migrate(one)
    migrate(two)
    other = {"name": "Other Desk", "address": OTHER_DESK, "aliases": []}
    with open_desk(tmp_path / "one", one) as ours, open_desk(tmp_path / "two", two, desk=other) as theirs:
        ours.send(mail(sender=f"Other Desk <{OTHER_DESK}>", message_id="<forged@other.example>"), OTHER_DESK)
        rounds = [carry_letters(ours, theirs) + carry_letters(theirs, ours) for _ in range(5)]
        assert rounds == [1, 0, 0, 0, 0]
        assert theirs.cases() == []
        assert len(ours.cases()) == 1


def test_a087_a_responder_that_changes_everything_runs_into_the_budgets(small_desk: Desk) -> None:
    """It answers each of our letters anew, with a subject, an id and an address of its own each time."""
    small_desk.send(mail("Where is my card?", sender="away0@robot.example"), "away0@robot.example")
    for turn in range(1, 30):
        due = [row for row in small_desk.letters() if row.state == "due"]
        small_desk.deliver()
        for row in due:
            sender = f"away{turn}@robot.example"
            answer = mail(
                f"We look into it, number {turn}.",
                sender=sender,
                subject=f"Noted {turn}",
                in_reply_to=f"<{row.message_id}>",
            )
            small_desk.send(answer, sender)
        small_desk.later()
    per_case = {number: 0 for number in (case.number for case in small_desk.cases())}
    for row in small_desk.letters():
        per_case[row.case_number or ""] += 1
    assert max(per_case.values()) <= 2
    assert len(small_desk.letters()) <= 30


def test_a087_pain_23_a_fast_responder_with_a_new_address_each_time_is_stopped_within_the_hour(desk: Desk) -> None:
    """Its house is one, and each of its mails answers a letter that was written to another of its addresses."""
    desk.send(mail("Where is my card?", sender="away0@robot.example"), "away0@robot.example")
    for turn in range(1, 60):
        desk.later(timedelta(seconds=10))
        desk.deliver()
        last, sender = desk.letters()[-1], f"away{turn}@robot.example"
        words = {"sender": sender, "subject": f"Noted {turn}", "in_reply_to": f"<{last.message_id}>"}
        desk.send(mail(f"We look into it, number {turn}.", **words), sender)
    assert len(desk.letters()) == 1 + DOUBTFUL_AN_HOUR
    assert len(desk.cases()) == 60, "all of it is kept"
    honest = desk.send(mail("Please add my daughter.", sender="dana@robot.example"), "dana@robot.example")
    assert [kind for kind, _ in honest.letters] == ["acknowledgment"], "who asks something of their own is answered"


def test_a087_a_responder_that_says_the_same_each_time_is_answered_twice(small_desk: Desk) -> None:
    for turn in range(10):
        small_desk.send(
            mail("We look into it.", sender="robot@robot.example", subject=f"Noted {turn}"), "robot@robot.example"
        )
    assert len(small_desk.letters()) == 2


def test_a_broker_with_thirty_inquiries_a_day_gets_thirty_acknowledgments(desk: Desk) -> None:
    for number in range(30):
        result = desk.send(mail(f"Please add employee number {number} of our list."))
        assert [kind for kind, _ in result.letters] == ["acknowledgment"]


def test_a093_where_authentication_failed_a_victim_gets_two_letters_a_day_at_most(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/mailbot.db"
    migrate(url)
    with open_desk(tmp_path, url, trust={"authserv_ids": ["mx.desk.example"]}) as small_desk:
        for number in range(40):
            raw = mail(
                f"Buy this, number {number}.",
                sender="victim@elsewhere.example",
                authentication_results="mx.desk.example; dmarc=fail header.from=elsewhere.example",
            )
            small_desk.send(raw, "victim@elsewhere.example")
        assert len(small_desk.letters()) == 2
        assert len(small_desk.cases()) == 40


def test_a094_a_storm_of_senders_stops_the_letters_and_not_the_intake(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/mailbot.db"
    migrate(url)
    with open_desk(tmp_path, url, outgoing={"in_all_an_hour": 10}) as small_desk:
        for number in range(30):
            sender = f"somebody@host{number}.example"
            small_desk.send(mail(f"Question {number}.", sender=sender), sender)
        assert len(small_desk.letters()) == 10
        cases = small_desk.cases()
        assert len(cases) == 30
        withheld = [event for event in small_desk.events(cases[-1].number) if event.kind == "letter_withheld"]
        assert "all letters of this hour are used up" in withheld[0].why
