"""Staff work cases by mail: one command a line above any quote, all of them or none, and a transcript of each."""

from __future__ import annotations

import pytest

from mailbot.cases.commands import GRAMMAR
from mailbot.cases.events import EventKind
from tests.stories.colleagues import ANN, BEN, DANA, Colleagues
from tests.stories.inbox import CARL
from tests.stories.tales import PCP_CHANGE

INCOMPLETE = f"category: {PCP_CHANGE}\nsubscriber_id: Q1234567"
COMPLETE = f"{INCOMPLETE}\npcp_name: Dr. Ada Vell"


def test_a_case_is_worked_by_mail_from_its_first_letter_to_its_end(colleagues: Colleagues) -> None:
    number = colleagues.inquires(COMPLETE)
    # Ann takes the case, corrects what was misread, and keeps a note of two lines.
    colleagues.commands(
        "#assign me\n#field subscriber_id = Q7654321\n#note She called.\nShe calls again on Monday.", about=number
    )
    case = colleagues.desk.case(number)
    assert case.assignee == "Ann Lee"
    assert dict((name, value) for name, value, _ in case.fields)["subscriber_id"] == "Q7654321"
    note = next(each for each in colleagues.desk.thread(number) if each.kind == "note")
    assert (note.sender, note.text) == ("Ann Lee by mail", "She called.\nShe calls again on Monday.")
    # She asks for something that the playbook does not, and the clock starts when the letter has gone out.
    colleagues.commands("#ask effective_date", about=number)
    assert colleagues.state(number) == "awaiting_sender"
    assert colleagues.day_due(number) == "2026-12-03"
    # Dana asks for time on the phone, and gets it.
    colleagues.commands("#deadline 20 business days", about=number)
    assert colleagues.day_due(number) == "2026-12-22"
    # She has the date at last. Ann answers, and the case is completed.
    colleagues.commands("#field effective_date = 2026-12-01\n#reply We have all that we need.", about=number)
    assert colleagues.state(number) == "awaiting_staff"
    assert "We have all that we need." in colleagues.last_text_to(DANA)
    colleagues.commands("#resolve The doctor is changed from December 1.", about=number)
    assert colleagues.state(number) == "resolved"
    assert colleagues.letters_to(DANA) == ["acknowledgment", "info_request", "answer", "resolution"]
    # Each mail had its transcript, in the order of its lines.
    assert len(colleagues.results()) == 5
    assert colleagues.result().count("#resolve: done.") == 1
    assert {event.actor for event in colleagues.desk.events(number)} >= {"Ann Lee by mail", "intake"}


def test_a_case_is_closed_reopened_and_withdrawn_by_mail(colleagues: Colleagues) -> None:
    number = colleagues.inquires(INCOMPLETE)
    for word, state in (("close", "closed_no_reply"), ("reopen", "awaiting_staff"), ("withdraw", "withdrawn")):
        colleagues.commands(f"#{word}", about=number)
        assert colleagues.state(number) == state
    assert colleagues.letters_to(DANA) == ["info_request", "closed_no_reply", "withdrawn"]


def test_a_category_is_corrected_by_mail_and_the_correction_kept(colleagues: Colleagues) -> None:
    number = colleagues.inquires(COMPLETE)
    colleagues.commands("#category eligibility.address_change", about=number)
    assert colleagues.file(number).missing == ("new_address",)
    with colleagues.desk.store.reading() as transaction:
        assert [each.category for each in transaction.corrections.listed()] == ["eligibility.address_change"]


def test_two_cases_are_joined_and_one_is_split_by_mail(colleagues: Colleagues) -> None:
    danas, carls = colleagues.inquires(COMPLETE), colleagues.inquires("About Q999.", sender=CARL)
    colleagues.commands(f"#merge {danas}", about=carls)
    assert colleagues.desk.case(carls).merged_into == danas
    # A reply that turns out to be another matter becomes a case of its own.
    letter = next(row for row in colleagues.desk.letters() if row.case_number == danas)
    colleagues.answers(letter.message_id, "And please send me the brochure.")
    colleagues.commands("#split", about=danas)
    new = next(row for row in colleagues.desk.cases() if (danas, "split_from") in row.linked)
    assert new.number in colleagues.result()
    assert [each.text for each in colleagues.desk.thread(new.number)] == ["And please send me the brochure."]


def test_the_case_can_be_named_by_a_letter_of_ours_or_by_what_somebody_wrote(colleagues: Colleagues) -> None:
    number = colleagues.inquires(COMPLETE, message_id="<d5@broker.example>")
    letter = colleagues.desk.letters()[-1]
    for named in (letter.message_id, "d5@broker.example"):
        result = colleagues.commands("#status", in_reply_to=f"<{named}>", subject="Re: A request")
        assert result.case_number == number
    # And by an answer to the transcript itself.
    assert colleagues.commands("#status", in_reply_to=f"<{colleagues.results()[-1].message_id}>").case_number == number


def test_a_mail_that_is_logged_or_forwarded_can_carry_commands(colleagues: Colleagues) -> None:
    result = colleagues.forwards(INCOMPLETE, above="#assign me\n#note He forwarded it.")
    assert colleagues.desk.case(result.case_number).assignee == "Ann Lee"
    assert colleagues.people(result.case_number) == [("dana@broker.example", "unknown")]
    assert "was taken in for its sender" in colleagues.result()
    assert "The commands were carried out." in colleagues.result()


def test_all_or_nothing_one_refusal_undoes_all(colleagues: Colleagues) -> None:
    number = colleagues.inquires(COMPLETE)
    before = colleagues.file(number)
    colleagues.commands("#assign me\n#reply We are at it.\n#reopen\n#note Never kept.", about=number)
    after = colleagues.file(number)
    assert (after.assignee, after.state, after.facts) == (before.assignee, before.state, before.facts)
    assert colleagues.letters_to(DANA) == ["acknowledgment"]
    said = colleagues.result()
    assert "None of the commands was carried out" in said
    assert "1. #assign: not done" in said and "4. #note: not done" in said
    assert f"3. #reopen: refused. case {number} is awaiting_staff: it is open as it is" in said
    assert colleagues.whys(number, EventKind.COMMANDS_REFUSED) == ["#reopen"]


def test_an_unknown_word_is_answered_with_the_nearest_and_nothing_is_done(colleagues: Colleagues) -> None:
    number = colleagues.inquires(COMPLETE)
    colleagues.commands("#assign me\n#clsoe", about=number)
    assert colleagues.desk.case(number).assignee is None
    assert "there is no such command; the nearest is #close" in colleagues.result()


def test_trying_says_what_would_happen_and_changes_nothing(colleagues: Colleagues) -> None:
    number = colleagues.inquires(COMPLETE)
    before = len(colleagues.desk.letters())
    colleagues.commands("#try\n#ask effective_date\n#assign me", about=number)
    said = colleagues.result()
    assert "Nothing was carried out: you asked to try." in said
    assert f"#ask: would be done. {number} is Incomplete; info request goes out" in said
    assert (colleagues.state(number), colleagues.desk.case(number).assignee) == ("awaiting_staff", None)
    assert [row.kind for row in colleagues.desk.letters()[before:]] == ["command_result"]
    # What would be refused is refused in the trial too.
    colleagues.commands("#reopen\n#try", about=number)
    assert "#reopen: refused" in colleagues.result()


def test_help_lists_every_word_and_needs_no_case(small_colleagues: Colleagues) -> None:
    small_colleagues.commands("#help")
    for word in GRAMMAR:
        assert f"#{word.name}" in small_colleagues.result()
    small_colleagues.commands("#help deadline")
    assert "gives more time for the reply" in small_colleagues.result()
    assert "#split" not in small_colleagues.result()


def test_status_tells_state_and_dates_and_nothing_of_the_matter(small_colleagues: Colleagues) -> None:
    number = small_colleagues.inquires(INCOMPLETE)
    small_colleagues.commands("#status", about=number)
    said = small_colleagues.result()
    assert "Incomplete, opened 2026-11-23; missing: pcp_name; a reply is due by 2026-12-03" in said
    assert "Q1234567" not in said and "dana" not in said


def test_a_command_without_a_case_says_how_to_name_one(small_colleagues: Colleagues) -> None:
    small_colleagues.commands("#close")
    assert "this mail names no case: answer a letter of the case" in small_colleagues.result()


@pytest.mark.parametrize(
    ("who", "has_it"),
    [
        ("me", "Ann Lee"),
        ("Ben", "Ben Ode"),
        ("ben ode", "Ben Ode"),
        ("ben@plan.example", "Ben Ode"),
        ("BEN@PLAN.EXAMPLE", "Ben Ode"),
    ],
)
def test_a_case_is_given_to_a_colleague_of_the_directory(small_colleagues: Colleagues, who: str, has_it: str) -> None:
    number = small_colleagues.inquires(COMPLETE)
    small_colleagues.commands(f"#assign {who}", about=number)
    assert small_colleagues.desk.case(number).assignee == has_it
    small_colleagues.commands("#assign nobody", about=number)
    assert small_colleagues.desk.case(number).assignee is None


def test_a_case_is_given_to_nobody_else(small_colleagues: Colleagues) -> None:
    number = small_colleagues.inquires(COMPLETE)
    small_colleagues.commands("#assign dana@broker.example", about=number)
    assert small_colleagues.desk.case(number).assignee is None
    assert "#assign: refused. that is not one colleague of the directory" in small_colleagues.result()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            "#category eligibility.pcp_chance",
            "there is no category … in the playbook; did you mean eligibility.pcp_change?",
        ),
        ("#ask Q1234567", "… cannot be asked for; name fields or documents of the playbook"),
        ("#field subscriber = Q1", "there is no field …; did you mean subscriber_id?"),
        ("#deadline soon", 'a duration is written as "7 days"'),
        ("#resolve It is about Q1234567.", "the comments hold the subscriber_id in full"),
        ("#reopen", "it is open as it is"),
    ],
)
def test_a_refusal_says_why_and_repeats_nothing_that_was_written(
    small_colleagues: Colleagues, typed: str, said: str
) -> None:
    number = small_colleagues.inquires(COMPLETE)
    small_colleagues.commands(typed, about=number)
    assert said in small_colleagues.result()
    assert "Q1" not in small_colleagues.result()


def test_asking_once_more_is_said_as_on_the_command_line(small_colleagues: Colleagues) -> None:
    number = small_colleagues.inquires(INCOMPLETE)
    small_colleagues.commands("#ask pcp_name", about=number)
    assert "--again sends the request once more" in small_colleagues.result()
    small_colleagues.commands("#ask pcp_name --again", about=number)
    assert small_colleagues.letters_to(DANA) == ["info_request", "info_request"]


def test_a_way_out_on_the_command_line_is_told_as_the_command_of_a_mail(small_colleagues: Colleagues) -> None:
    number = small_colleagues.inquires(COMPLETE)
    small_colleagues.commands("#resolve Done.", about=number)
    small_colleagues.commands("#close", about=number)
    assert "#reopen opens it again" in small_colleagues.result()


def test_permission_is_for_each_command(colleagues: Colleagues) -> None:
    number = colleagues.inquires(COMPLETE)
    colleagues.commands("#note Ben was here.\n#assign me", about=number, by=BEN)
    assert colleagues.desk.case(number).assignee == "Ben Ode"
    colleagues.commands("#note And again.\n#resolve Done.", about=number, by=BEN)
    assert colleagues.state(number) == "awaiting_staff"
    assert "#resolve: refused. you are not permitted to do this by mail" in colleagues.result(BEN)
    assert [each.text for each in colleagues.desk.thread(number) if each.kind == "note"] == ["Ben was here."]


def test_thirty_transcripts_a_day_cost_the_correspondent_no_letter(colleagues: Colleagues) -> None:
    """The budgets of a case count letters to the correspondent only (twenty a day for an address, six for a case)."""
    number = colleagues.inquires(INCOMPLETE)
    for _ in range(8):
        colleagues.commands("#status", about=number)
    assert len(colleagues.results()) == 8
    letter = next(row for row in colleagues.desk.letters() if row.kind == "info_request")
    colleagues.answers(letter.message_id, "pcp_name: Dr. Ada Vell")
    assert colleagues.letters_to(DANA) == ["info_request", "information_received"]


def test_pain_26_a_transcript_that_bounces_is_no_matter_of_the_case(colleagues: Colleagues) -> None:
    number = colleagues.inquires(COMPLETE)
    colleagues.commands("#assign me", about=number)
    colleagues.bounces(colleagues.results()[-1], ANN)
    assert colleagues.desk.case(number).review == ()
    assert colleagues.state(number) == "awaiting_staff"
