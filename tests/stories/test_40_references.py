"""Story 40: papers that come later in a mail of their own, under the reference of a claim or a preauthorization."""

from __future__ import annotations

import pytest

from mailbot.cases.events import EventKind
from tests.readers import go_by
from tests.stories.inbox import CARL, CLAIM, PREAUTH, Inbox, papers

REFERENCE = "preauth_reference: PA-2026-0481"
NOTES = f"category: {PREAUTH}\n{REFERENCE}"


def test_papers_under_the_reference_join_the_open_case_of_their_sender(inbox: Inbox) -> None:
    """SOURCES C3. The office sends the rest days later, in a new mail without thread or case number."""
    number = inbox.inquires(NOTES)
    assert inbox.file(number).missing == ("clinical_documents",)
    inbox.on("2026-11-25")
    later = inbox.writes(papers("clinical_documents.pdf", text=NOTES, subject="Records"))
    assert (later.outcome, later.case_number) == ("appended", number)
    assert (inbox.state(number), inbox.letters()) == ("awaiting_staff", ["info_request", "information_received"])
    assert inbox.whys(number, EventKind.MESSAGE_APPENDED) == ["matched by reference"]


def test_the_reference_may_be_written_another_way(inbox: Inbox) -> None:
    number = inbox.inquires(NOTES)
    text = "preauth_reference: pa 2026 0481"
    later = inbox.writes(papers("clinical_documents.pdf", text=text, subject="Some more records"))
    assert later.case_number == number


def test_more_papers_join_a_case_that_staff_already_have(inbox: Inbox) -> None:
    number = inbox.inquires(NOTES)
    inbox.writes(papers("clinical_documents.pdf", text=NOTES))
    more = inbox.writes(papers("other.pdf", text=NOTES, subject="One more page"))
    assert (more.case_number, inbox.letters()) == (number, ["info_request", "information_received"])


def test_papers_that_come_after_the_closing_open_a_case_that_follows(inbox: Inbox) -> None:
    number = inbox.inquires(NOTES)
    inbox.on("2026-12-10")
    assert inbox.round().closed == 1
    late = inbox.writes(papers("clinical_documents.pdf", text=REFERENCE, subject="Records"))
    assert (late.outcome, late.missing) == ("case_opened", ())
    assert inbox.links(late.case_number or "") == [(number, "follows")]


def test_papers_of_anybody_else_are_linked_and_staff_look(inbox: Inbox) -> None:
    """A colleague of the office, whom the case does not know: the case is not closed over it, and learns nothing."""
    number = inbox.inquires(NOTES)
    other = inbox.writes(papers("clinical_documents.pdf", text=NOTES, subject="Records", sender=CARL), CARL)
    new = other.case_number or ""
    assert (other.outcome, inbox.links(new)) == ("case_opened", [(number, "may_belong_to")])
    assert inbox.file(number).missing == ("clinical_documents",)
    assert inbox.letters_to(CARL) == ["acknowledgment"]
    assert number not in inbox.texts_to(CARL)
    inbox.on("2026-12-10")
    assert (inbox.round().closed, inbox.state(number)) == (0, "awaiting_sender")
    # Once staff have joined the two, the case is complete.
    inbox.desk.app.casework.merge(new, number, "staff")
    assert inbox.file(number).missing == ()


def test_a_known_sender_whom_the_domain_denies_joins_nothing(inbox: Inbox) -> None:
    go_by(inbox.desk.app, authserv_ids=("mx.desk.example",))
    number = inbox.inquires(NOTES)
    denied = {"authentication_results": "mx.desk.example; dmarc=fail header.from=broker.example"}
    forged = inbox.writes(papers("clinical_documents.pdf", text=NOTES, subject="Records", **denied))
    assert (forged.outcome, inbox.links(forged.case_number or "")) == ("case_opened", [(number, "may_belong_to")])
    assert inbox.file(number).missing == ("clinical_documents",)


def test_a_question_about_the_same_claim_without_papers_is_not_joined(inbox: Inbox) -> None:
    number = inbox.inquires(f"category: {CLAIM}\nclaim_number: CL-2026-77")
    inbox.desk.app.casework.resolve(number, "It was paid.", "staff")
    again = inbox.inquires(f"category: {CLAIM}\nclaim_number: CL-2026-77\nissue: Paid to whom?")
    assert again != number


def test_an_appeal_of_the_same_claim_with_its_papers_is_a_case_of_its_own(inbox: Inbox) -> None:
    number = inbox.inquires(f"category: {CLAIM}\nclaim_number: CL-2026-77")
    appeal = "category: provider.appeal_post_service\nclaim_number: CL-2026-77"
    opened = inbox.writes(papers("clinical_documents.pdf", text=appeal, subject="Appeal"))
    assert (opened.outcome, inbox.links(opened.case_number or "")) == ("case_opened", [(number, "follows")])
    assert opened.missing == ("contact_name", "contact_phone")


@pytest.mark.parametrize("reference", ["preauth_reference: 12-3", "preauth_reference: PA-2026-0482"])
def test_another_reference_or_one_too_short_joins_nothing(inbox: Inbox, reference: str) -> None:
    inbox.inquires(f"category: {PREAUTH}\npreauth_reference: PA-2026-0481")
    inbox.inquires(f"category: {PREAUTH}\npreauth_reference: 12-3", subject="Another")
    later = inbox.writes(papers("clinical_documents.pdf", text=reference, subject="Records"))
    assert (later.outcome, inbox.links(later.case_number or "")) == ("case_opened", [])


def test_two_open_cases_of_the_sender_about_one_reference_are_for_staff(inbox: Inbox) -> None:
    first = inbox.inquires(NOTES)
    second = inbox.inquires(f"category: provider.appeal_pre_service\n{REFERENCE}", subject="Appeal")
    both = inbox.writes(papers("clinical_documents.pdf", text=REFERENCE, subject="Records"))
    assert both.outcome == "case_opened"
    assert {number for number, relation in inbox.links(both.case_number or "")} == {first, second}
    assert "the evidence names more than one case" in both.review


def test_a_case_number_says_more_than_a_reference(inbox: Inbox) -> None:
    number = inbox.inquires(NOTES)
    inbox.inquires(f"category: {PREAUTH}\npreauth_reference: PA-2026-9999", subject="Another")
    named = papers("clinical_documents.pdf", text=f"{REFERENCE}9999", subject=f"[Case {number}] Records")
    assert inbox.writes(named).case_number == number
