"""What people complain about at other desks, told as it goes here (PAINS 8, 31, 34, 35 and 36)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mailbot.cases.events import EventKind
from mailbot.cases.people import Notices
from mailbot.replies.outcomes import Refused
from tests.desks import Desk
from tests.mails import bounce_of, mail
from tests.stories.colleagues import DANA, MX, Colleagues
from tests.stories.inbox import Inbox, papers
from tests.stories.tales import BOTH, PCP_CHANGE, Tale
from tests.stories.test_73_notices import ANN, BEN, Newsroom

COMPLETE = f"category: {PCP_CHANGE}\n{BOTH}"
ODDITIES = Path(__file__).parents[1] / "mail"
ADD_CHILD = (
    "Please add a dependent to our employee's coverage.\n\nGroup number: 0048213\nSubscriber ID: Q1234567\n"
    "Dependent: Mia Reed\nDate of birth: 04/02/2019\nEffective date: 12/01/2026\n\nDana"
)


def on_one_line(text: str) -> str:
    return " ".join(text.split())


# 8: a wrong charset, a name in pieces or a signed mail crashed the reader.


@pytest.mark.parametrize(
    ("oddity", "kept"),
    [
        ("charset-unknown", "Grüße"),
        ("gbk-labelled-gb2312", "镕"),
        ("one-bad-byte-in-utf8", "Größe"),
        ("name-in-rfc2231-pieces", "Formüular.pdf"),
        ("name-raw-8bit", "Formü.pdf"),
        ("pgp-encrypted", "encrypted.asc"),
        ("smime-encrypted", "smime.p7m"),
    ],
)
def test_pain_8_what_crashes_other_readers_is_a_case_like_any_other(small_desk: Desk, oddity: str, kept: str) -> None:
    raw = (ODDITIES / f"{oddity}.eml").read_bytes()
    recorded = small_desk.record(raw)
    (taken,) = small_desk.take_in()
    assert taken.outcome == "case_opened"
    (row,) = small_desk.thread(taken.case_number)
    assert kept in " ".join([row.text, *(file.filename for file in row.attachments)])
    assert small_desk.raw(recorded.arrival_id) == raw


# 31: our answer failed for days, the case stayed closed, and nobody was told.


@pytest.mark.parametrize("fails", ["at once", "days later"])
def test_pain_31_an_answer_that_never_arrives_opens_the_case_and_its_owner_hears(desk: Desk, fails: str) -> None:
    room = Newsroom(desk)
    room.joins(ANN, Notices.EACH)
    room.joins(BEN, Notices.EACH)
    number = room.inquires(COMPLETE)
    room.desk.app.casework.assign(number, "Ann Lee", "ann")
    room.tells()
    room.desk.deliver()
    if fails == "at once":
        room.courier.outcomes = [Refused(552, "552 5.3.4 the message is too large")]
    room.desk.app.casework.resolve(number, "The doctor is changed.", "ann")
    room.desk.deliver()
    if fails == "days later":
        assert room.state(number) == "resolved"
        room.on("2026-11-27")
        room.desk.send(bounce_of(room.last_letter().message_id, status="4.4.7"), "")
    # It has not ended well: it is open again, and Ann, whose case it is, is told so; Ben is not.
    assert room.state(number) == "awaiting_staff"
    assert room.whys(number, EventKind.CASE_REOPENED) == ["the resolution could not be delivered"]
    ((to, said),) = room.told()
    assert to == "ann@staff.example"
    assert "A letter to the sender could not be delivered." in said
    # She answers once more, and this time it arrives.
    room.desk.app.casework.resolve(number, "The doctor is changed.", "ann")
    room.desk.deliver()
    assert room.state(number) == "resolved"
    assert [(row.kind, row.state) for row in room.desk.letters() if row.to == "dana@broker.example"][-1] == (
        "resolution",
        "sent",
    )


# 34: staff want to answer, note and close by mail.


def test_pain_34_staff_answer_note_and_close_without_leaving_their_mail(colleagues: Colleagues) -> None:
    number = colleagues.inquires(COMPLETE)
    # One mail does all three, in its order.
    colleagues.commands(
        "#note The office takes new patients.\n#reply We have asked the doctor's office.\n#resolve It is done.",
        about=number,
    )
    assert colleagues.state(number) == "resolved"
    assert colleagues.letters_to(DANA) == ["acknowledgment", "answer", "resolution"]
    # The note is for staff: Dana reads the two answers and never the note.
    notes = [row.text for row in colleagues.desk.thread(number) if row.kind == "note"]
    assert notes == ["The office takes new patients."]
    told = on_one_line(colleagues.texts_to(DANA))
    assert "We have asked the doctor's office." in told and "It is done." in told
    assert "new patients" not in told
    # And Ann is told what became of each line.
    assert colleagues.result().count(": done.") == 3


# 35: required forms never reach mailed cases; the chase; hours and holidays; languages.


def test_pain_35_a_form_that_is_required_is_asked_for_and_taken_from_the_answer(real: Inbox) -> None:
    number = real.inquires(ADD_CHILD, subject="Add dependent")
    assert (real.file(number).category, real.file(number).missing) == (
        "eligibility.add_dependent",
        ("enrollment_form",),
    )
    assert "enrollment form" in on_one_line(real.last_text()).casefold()
    real.writes(papers("Enrollment Form.pdf", subject="Re: Add dependent", **in_answer_to(real)))
    assert (real.file(number).missing, real.state(number)) == ((), "awaiting_staff")
    assert real.letters(number) == ["info_request", "information_received"]


def test_pain_35_who_never_sends_it_is_chased_and_may_still_come_back(tale: Tale) -> None:
    number = tale.ask_for_pcp("subscriber_id: Q1234567")
    answer = tale.answer("pcp_name: Dr. Ada Vell")
    tale.on("2026-11-28")
    tale.round()
    tale.on("2026-12-04")
    tale.round()
    assert (tale.state(number), tale.letters()) == ("closed_no_reply", ["info_request", "reminder", "closed_no_reply"])
    # Weeks later the rest comes: nothing has to be said twice.
    tale.on("2026-12-28")
    later = tale.file(tale.desk.send(answer).case_number or "")
    assert (later.state, later.missing) == ("awaiting_staff", ())
    assert later.facts.values("subscriber_id") == ("Q1234567",)


@pytest.mark.parametrize(
    ("written", "promised"),
    [
        ("2026-11-24 09:00", date(2026, 11, 27)),  # Tuesday; Thursday is Thanksgiving
        ("2026-11-26 09:00", date(2026, 11, 30)),  # on the holiday itself
        ("2026-11-27 23:30", date(2026, 12, 1)),  # late on Friday
        ("2026-11-28 10:00", date(2026, 12, 1)),  # on Saturday
    ],
)
def test_pain_35_an_acknowledgment_out_of_hours_promises_a_day_on_which_staff_work(
    small_tale: Tale, written: str, promised: date
) -> None:
    small_tale.on(written)
    small_tale.ask_for_pcp(BOTH)
    assert f"{promised:%A, %B} {promised.day}, {promised.year}" in on_one_line(small_tale.last_text())


@pytest.mark.parametrize(
    ("text", "greeting"),
    [
        ("Buenos días: necesito cambiar el médico de cabecera de nuestro empleado, por favor. Gracias.", "Hola"),
        ("您好，请帮我们更换员工的家庭医生。谢谢。", "您好"),
        ("Hello, please change the primary care physician of our employee. Thank you.", "Hello"),
    ],
)
def test_pain_35_the_first_letter_speaks_the_language_of_the_sender(real: Inbox, text: str, greeting: str) -> None:
    real.inquires(text, subject="PCP")
    assert real.last_text().startswith(greeting)


# 36: From and a number that can be guessed were believed; encrypted mail came out empty.


@pytest.mark.parametrize(
    "results",
    [
        f"{MX}; dmarc=fail header.from=broker.example",
        # Somebody wrote a second verdict in our border's name below the one that our border wrote.
        f"{MX}; dmarc=fail header.from=broker.example\r\n"
        f"Authentication-Results: {MX}; dmarc=pass header.from=broker.example",
    ],
)
def test_pain_36_a_forged_sender_with_a_guessed_number_is_set_apart_and_not_dropped(
    colleagues: Colleagues, results: str
) -> None:
    number = colleagues.inquires(f"category: {PCP_CHANGE}\nsubscriber_id: Q1234567")
    before = colleagues.file(number)
    forged = colleagues.writes(
        mail("Please disregard my request.", subject=f"Re: [Case {number}]", authentication_results=results)
    )
    # The case is as it was, and says that staff should look; the mail is kept where they find it.
    after = colleagues.file(number)
    assert (after.state, after.facts, after.reply_due) == (before.state, before.facts, before.reply_due)
    assert after.review == (f"{forged.case_number} may belong here",)
    assert forged.case_number != number
    assert [row.text for row in colleagues.desk.thread(forged.case_number)] == ["Please disregard my request."]
    assert "the sender's domain does not vouch for the mail" in colleagues.desk.case(forged.case_number).review


def test_pain_36_an_encrypted_mail_is_not_an_empty_one(real: Inbox) -> None:
    taken = real.writes((ODDITIES / "smime-encrypted.eml").read_bytes())
    (row,) = real.desk.thread(taken.case_number)
    assert [file.filename for file in row.attachments] == ["smime.p7m"]
    # Nobody can read it, so that what only its subject says is asked for in plain words.
    assert real.letters(taken.case_number) == ["info_request"]
    assert "subscriber" in real.last_text()


def in_answer_to(inbox: Inbox) -> dict[str, str]:
    """The header of an answer to the last letter."""
    return {"in_reply_to": f"<{inbox.last_letter().message_id}>"}
