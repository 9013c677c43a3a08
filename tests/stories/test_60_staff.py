"""Staff work cases from the command line: they answer, ask, correct, join, note; who wrote hears the right thing."""

from __future__ import annotations

import pytest

from mailbot.cases.events import EventKind
from mailbot.errors import UsageError
from tests.integration.test_casework_commands import run
from tests.mails import EVE, mail
from tests.stories.tales import BOTH, Tale

ANN = ("--actor", "ann")


def test_staff_look_into_a_complete_case_and_answer_it(tale: Tale) -> None:
    # On Monday Dana asks for a new doctor, with all that is needed: the case awaits staff.
    number = tale.ask_for_pcp(BOTH)
    assert tale.state(number) == "awaiting_staff"
    # Ben gets it, calls the doctor's office and keeps a note of it, which nobody outside reads.
    run(tale.desk, "assign", number, "ben", *ANN)
    run(tale.desk, "note", number, "The office takes new patients.", "--actor", "ben")
    # His first answer says too much, and is not let out.
    with pytest.raises(UsageError, match="subscriber_id in full"):
        run(tale.desk, "resolve", number, "--comments", "Q1234567 sees Dr. Vell.", "--actor", "ben")
    # The second goes out as his own letter, and Dana reads what was done.
    run(tale.desk, "resolve", number, "--comments", "Dr. Vell is the new doctor from December 1.", "--actor", "ben")
    tale.round()
    assert tale.letters() == ["acknowledgment", "resolution"]
    assert "Dr. Vell is the new doctor from December 1." in tale.last_text()
    assert "…4567" in tale.last_text()
    assert "new patients" not in "".join(str(letter.content) for letter in tale.courier.letters)
    # What Ben reads of it afterwards is the whole life of the case, the note among the mails.
    sheet = run(tale.desk, "case", number).stdout
    for line in (
        "Completed",
        "note by ben",
        "# The office takes new patients.",
        "our resolution to dana@broker.example",
    ):
        assert line in sheet


def test_staff_ask_for_what_the_playbook_does_not_and_get_it(tale: Tale) -> None:
    number = tale.ask_for_pcp(BOTH)
    # Staff doubt the doctor's name, and want to know from when. The clock starts when the letter has gone out.
    run(tale.desk, "ask", number, "pcp_name", "effective_date", *ANN)
    tale.round()
    assert tale.letters() == ["acknowledgment", "info_request"]
    assert tale.day_due(number) == "2026-12-03"
    # Dana answers one of the two: the other is still asked for, though the playbook is content.
    tale.on("2026-11-24")
    tale.reply("pcp_name: Dr. Ida Vell")
    tale.round()
    assert tale.file(number).missing == ("effective_date",)
    # She says the day, and the case awaits staff again, with the newer name.
    tale.reply("effective_date: 2026-12-01")
    tale.round()
    assert tale.state(number) == "awaiting_staff"
    assert tale.file(number).facts.values("pcp_name") == ("Dr. Ida Vell",)
    assert tale.letters()[-2:] == ["info_request", "information_received"]


def test_a_mistaken_category_is_corrected_and_remembered(tale: Tale) -> None:
    number = tale.ask_for_pcp(BOTH)
    # It is about an address after all. What that needs is asked for, by its own words.
    run(tale.desk, "recategorize", number, "eligibility.address_change", *ANN)
    tale.round()
    assert tale.letters() == ["acknowledgment", "info_request"]
    assert tale.file(number).missing == ("new_address",)
    # Training can find the mail with its right name.
    with tale.desk.store.reading() as transaction:
        (correction,) = transaction.corrections.listed()
    assert (correction.number, correction.category) == (number, "eligibility.address_change")
    (why,) = tale.whys(number, EventKind.CASE_RECATEGORIZED)
    assert why == "eligibility.address_change; it was eligibility.pcp_change with confidence 0.97"


def test_two_who_wrote_about_one_thing_are_both_answered_and_hear_nothing_of_each_other(tale: Tale) -> None:
    # Dana asks and says nothing more; her client Eve writes on her own, with everything.
    danas = tale.ask_for_pcp()
    eves = tale.desk.send(mail(BOTH, sender=EVE, subject="My doctor")).case_number or ""
    # Staff join them: Dana's case has all that it waited for, and nobody is reminded of anything.
    run(tale.desk, "merge", eves, danas, *ANN)
    assert tale.state(danas) == "awaiting_staff"
    tale.on("2027-01-15")
    swept = tale.round()
    assert (swept.reminded, swept.closed) == (0, 0)
    # The answer reaches both, each under the own number; Eve's id is not told to Dana.
    run(tale.desk, "resolve", eves, "--comments", "The doctor is changed.", *ANN)
    tale.round()
    texts = {letter.to.address: letter.content.decode() for letter in tale.courier.letters[-2:]}
    assert (danas in texts["dana@broker.example"], eves in texts["dana@broker.example"]) == (True, False)
    assert (eves in texts["eve@elsewhere.example"], danas in texts["eve@elsewhere.example"]) == (True, False)
    assert "4567" not in texts["dana@broker.example"]
    # One case is listed, and its thread has what both wrote.
    assert [row.number for row in tale.desk.cases()] == [danas]
    sheet = run(tale.desk, "case", danas).stdout
    assert sheet.count("inquiry from") == 2
    assert f"It was merged into {danas}" in run(tale.desk, "case", eves).stdout
