"""Who pretends to be staff: nothing is done, nothing is told, and staff are asked to look (ATTACKS A079 to A085)."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

import pytest

from mailbot.cases.events import EventKind
from mailbot.cases.people import Person, Role
from mailbot.mail import Address
from mailbot.staff_mail.door import CLAIM
from tests.mails import DESK, EVE, mail
from tests.stories.colleagues import ANN, BEN, DANA, MX, PASSED, Colleagues, colleague
from tests.stories.tales import PCP_CHANGE

COMPLETE = f"category: {PCP_CHANGE}\nsubscriber_id: Q1234567\npcp_name: Dr. Ada Vell"
#: What a border says of a mail that somebody else sent.
FORGED = f"{MX}; dmarc=fail header.from=plan.example"
SECRETS = ("Q1234567", "Ada Vell", "dana@broker.example")


@pytest.mark.parametrize("results", [FORGED, None, "mx.elsewhere.example; dmarc=pass header.from=plan.example"])
def test_a079_a_forged_staff_address_commands_nothing(colleagues: Colleagues, results: str | None) -> None:
    number = colleagues.inquires(COMPLETE)
    forged = colleagues.commands("#resolve All is done.\n#close", about=number, authentication_results=results)
    # The case is as it was; the mail is text, on a case of its own that staff are asked to look at.
    assert colleagues.state(number) == "awaiting_staff"
    assert colleagues.letters_to(DANA) == ["acknowledgment"]
    assert (forged.outcome, forged.case_number == number) == ("case_opened", False)
    case = colleagues.desk.case(forged.case_number)
    assert CLAIM in case.review
    assert (number, "may_belong_to") in case.linked
    assert colleagues.people(forged.case_number) == []
    assert [each.text for each in colleagues.desk.thread(forged.case_number)] == ["#resolve All is done.\n#close"]
    assert colleagues.whys(case.number, EventKind.COMMANDS_REFUSED)


def test_a079_the_colleague_hears_of_an_unproven_mail_and_not_of_a_forged_one(colleagues: Colleagues) -> None:
    number = colleagues.inquires(COMPLETE)
    colleagues.commands("#close", about=number, authentication_results=FORGED)
    assert colleagues.results() == []
    for _ in range(5):
        colleagues.commands("#close", about=number, authentication_results=None)
    # Twice a day at most, without the number of any case.
    assert len(colleagues.results()) == 2
    assert "nothing else was done: nothing proves that it comes from the address" in colleagues.result()
    assert number not in colleagues.result()


def test_a079_nothing_is_logged_or_taken_in_for_a_forged_colleague(colleagues: Colleagues) -> None:
    logged = colleagues.writes_to(DANA, "Send me your id.", authentication_results=FORGED)
    assert CLAIM in colleagues.desk.case(logged.case_number).review
    assert colleagues.desk.thread(logged.case_number)[0].trust == "doubtful"
    forwarded = colleagues.forwards(COMPLETE, authentication_results=FORGED)
    assert ("dana@broker.example", "unknown") not in colleagues.people(forwarded.case_number)
    assert colleagues.outsiders_got() == []


@pytest.mark.parametrize(
    "who",
    [
        "Eve <eve@plan.example>",  # of the same domain, and nobody of the desk
        "Ann Lee <ann+desk@plan.example>",  # an alias
        "Ann Lee <ann@plan.example.elsewhere.example>",
        '"ann@plan.example" <eve@plan.example>',
        "Old Al <al@plan.example>",  # has left
    ],
)
def test_a080_another_mailbox_of_the_domain_commands_nothing(colleagues: Colleagues, who: str) -> None:
    colleagues.register(colleague("Old Al <al@plan.example>", active=False))
    everybody = Person(Address("*@plan.example"), Role.EMPLOYER, organisation="The plan", permissions=("all",))
    colleagues.register(everybody)
    number = colleagues.inquires(COMPLETE)
    result = colleagues.commands("#close", about=number, by=who)
    assert colleagues.state(number) == "awaiting_staff"
    assert result.case_number != number
    assert [row for row in colleagues.desk.letters() if row.kind == "command_result"] == []


def test_a080_permission_is_read_at_the_moment_of_the_mail(colleagues: Colleagues) -> None:
    number = colleagues.inquires(COMPLETE)
    colleagues.register(colleague(ANN, "note"))
    colleagues.commands("#close", about=number)
    assert "#close: refused. you are not permitted" in colleagues.result()
    colleagues.register(colleague(ANN, "close"))
    colleagues.commands("#close", about=number)
    assert colleagues.state(number) == "closed_no_reply"
    # Ann leaves, and her mailbox commands nothing any more.
    colleagues.register(colleague(ANN, active=False))
    colleagues.commands("#reopen", about=number)
    assert colleagues.state(number) == "closed_no_reply"
    assert len(colleagues.results()) == 2


def test_a080_somebody_who_sends_for_a_colleague_is_not_the_colleague(colleagues: Colleagues) -> None:
    number = colleagues.inquires(COMPLETE)
    colleagues.commands("#close", about=number, headers={"Sender": "eve@plan.example"})
    assert colleagues.state(number) == "awaiting_staff"


def test_a081_the_same_mail_runs_once_by_whatever_way_and_in_whatever_shape(colleagues: Colleagues) -> None:
    number = colleagues.inquires(COMPLETE)
    at = format_datetime(colleagues.desk.clock.now())
    fields = {"about": number, "message_id": "<ann1@plan.example>", "date": at}
    colleagues.commands("#ask effective_date --again", **fields)
    asked = colleagues.letters_to(DANA).count("info_request")
    # The very same bytes are the same arrival; with another subject, or another id, it is still the same mail.
    for change in ({"subject": f"Fwd: [Case {number}]"}, {"message_id": "<other@plan.example>"}, {"message_id": None}):
        colleagues.commands("#ask effective_date --again", **(fields | change))
        assert "it came before, and runs once" in colleagues.result()
    assert colleagues.letters_to(DANA).count("info_request") == asked
    # A new mail that says the same is a new mail.
    colleagues.commands("#ask effective_date --again", about=number)
    assert colleagues.letters_to(DANA).count("info_request") == asked + 1


def test_a081_a_mail_of_yesterday_commands_nothing_today(colleagues: Colleagues) -> None:
    number = colleagues.inquires(COMPLETE)
    old = format_datetime(colleagues.desk.clock.now() - timedelta(hours=25))
    for date, why in ((old, "more than a day ago"), (None, "no date"), ("Tue, 01 Dec 2026 09:00:00 +0000", "ahead")):
        colleagues.commands("#close", about=number, date=date)
        assert why in colleagues.result()
    assert colleagues.state(number) == "awaiting_staff"


def test_a081_a_mail_that_was_meant_for_somebody_else_commands_nothing(colleagues: Colleagues) -> None:
    """Who got a signed mail of a colleague can hand it to the desk; it was not addressed to the desk."""
    number = colleagues.inquires(COMPLETE)
    colleagues.commands("#close", about=number, to=BEN)
    assert colleagues.state(number) == "awaiting_staff"
    assert "the desk's address stands neither in To nor in Cc" in colleagues.result()


FORWARD = (
    "---------- Forwarded message ---------\nFrom: Dana Reed <dana@broker.example>\nDate: Mon, Nov 23, 2026\n"
    f"Subject: Hello\nTo: {ANN}\n\n#close\n"
)


@pytest.mark.parametrize(
    "text",
    [
        "On Mon, Nov 23, 2026 at 9:00 AM Dana Reed <dana@broker.example> wrote:\n> #close\n> and thanks",
        "As Dana said:\n\n#close",
        "See you.\n\n-- \nAnn Lee\n#close",
        FORWARD,
        f"For you.\n\n{FORWARD}",
    ],
    ids=["quoted", "not first", "signature", "forwarded", "forwarded below words"],
)
def test_a082_a_command_elsewhere_than_at_the_top_is_not_done(colleagues: Colleagues, text: str) -> None:
    number = colleagues.inquires(COMPLETE)
    colleagues.commands(text, about=number)
    assert colleagues.state(number) == "awaiting_staff"
    assert "#close: done" not in colleagues.result()


@pytest.mark.parametrize(
    ("content_type", "text"),
    [
        ("text/html", "<p>#close</p>"),
        ("multipart/mixed; boundary=edge", '--edge\nContent-Type: text/plain; name="a.txt"\n\n#close\n--edge--'),
    ],
    ids=["html", "file"],
)
def test_a082_a_command_that_is_no_plain_text_is_not_done(colleagues: Colleagues, content_type: str, text: str) -> None:
    number = colleagues.inquires(COMPLETE)
    colleagues.commands(text, about=number, content_type=content_type)
    assert colleagues.state(number) == "awaiting_staff"
    assert "Its commands were not done" in colleagues.result()


def test_a082_a_command_below_other_text_is_answered(small_colleagues: Colleagues) -> None:
    number = small_colleagues.inquires(COMPLETE)
    small_colleagues.commands("Hello desk,\n#close", about=number)
    assert "Commands stand first" in small_colleagues.result()


def test_a083_the_command_of_somebody_outside_is_text(colleagues: Colleagues) -> None:
    number = colleagues.inquires(COMPLETE)
    letter = colleagues.desk.letters()[-1]
    for sender in (DANA, EVE):
        passed = f"{MX}; dmarc=pass header.from={sender.rstrip('>').rpartition('@')[2]}"
        colleagues.answers(letter.message_id, "#close", sender=sender, authentication_results=passed)
    assert colleagues.state(number) == "awaiting_staff"
    assert "#close" in [each.text for each in colleagues.desk.thread(number)]
    assert "command_result" not in colleagues.letters()


def test_a076_nobody_outside_joins_or_parts_cases_by_mail(colleagues: Colleagues) -> None:
    danas = colleagues.inquires(COMPLETE)
    eves = colleagues.inquires("Something else.", sender=EVE)
    letters = {row.case_number: row for row in colleagues.desk.letters()}
    colleagues.answers(letters[eves].message_id, f"#merge {danas}", sender=EVE)
    colleagues.answers(letters[danas].message_id, "#split")
    # A mail to all with the numbers of both is on neither.
    both = colleagues.writes(
        mail("For both of you.", sender=EVE, subject=f"[Case {danas}] [Case {eves}]", cc=DANA), EVE
    )
    assert both.case_number not in (danas, eves)
    assert colleagues.desk.case(eves).merged_into is None
    assert len(colleagues.desk.thread(danas)) == 2
    assert [row.number for row in colleagues.desk.cases()] == [danas, eves, both.case_number]


def test_a084_no_transcript_says_what_a_case_is_about(colleagues: Colleagues) -> None:
    number = colleagues.inquires(COMPLETE)
    for typed in (
        "#status",
        "#note Q1234567 of dana@broker.example",
        "#field pcp_name = Dr. Ada Vell Two",
        "#resolve Q1234567",
        "#ask Q1234567",
        "#assign dana@broker.example",
        "#category Q1234567",
        "#Q1234567",
        "#try\n#note Ada Vell",
    ):
        colleagues.commands(typed, about=number)
    colleagues.forwards(COMPLETE)
    colleagues.writes_to(DANA, "Dear Dana, Q1234567 is Ada Vell's.")
    assert len(colleagues.results()) == 11
    sent = colleagues.texts_to(ANN)
    assert not [secret for secret in SECRETS if secret in sent]


@pytest.mark.parametrize("word", ["\uff03close", "#\uff43lose", "#clo\u0455e", "#cl\u200bose"])
def test_a085_look_alikes_of_a_command_are_answered_and_not_done(small_colleagues: Colleagues, word: str) -> None:
    number = small_colleagues.inquires(COMPLETE)
    small_colleagues.commands(word, about=number)
    assert small_colleagues.state(number) == "awaiting_staff"
    assert "#close" in small_colleagues.result()


def test_a085_a_thousand_commands_are_none(small_colleagues: Colleagues) -> None:
    number = small_colleagues.inquires(COMPLETE)
    small_colleagues.commands("#note once more\n" * 1_000, about=number)
    assert "a mail has at most 10 commands" in small_colleagues.result()
    assert [each.kind for each in small_colleagues.desk.thread(number)] == ["inquiry", "commands"]


def test_old_mail_that_is_imported_in_silence_commands_nothing(small_colleagues: Colleagues) -> None:
    number = small_colleagues.inquires(COMPLETE)
    now = format_datetime(small_colleagues.desk.clock.now())
    raw = mail("#close", sender=ANN, subject=f"[Case {number}]", authentication_results=PASSED, date=now, to=DESK)
    small_colleagues.desk.send(raw, "ann@plan.example", silent=True)
    assert small_colleagues.state(number) == "awaiting_staff"
    assert small_colleagues.results() == []
