"""Cases on both databases: opened, changed, found by number, id and address, merges followed, read back by pages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from mailbot.cases.events import Event, EventKind
from mailbot.cases.facts import Facts
from mailbot.cases.lifecycle import Link, Relation
from mailbot.cases.matching import Candidate, Clues, Lookups, Origin
from mailbot.cases.number import is_number
from mailbot.cases.people import Correspondent, Role, Trust
from mailbot.cases.states import State
from mailbot.cases.understanding import Flags, Found, Where
from mailbot.errors import Tampered
from mailbot.mail import Address, Attachment, Kind, Screening
from mailbot.store import cases as cases_module
from mailbot.store.case_file import CaseContent
from mailbot.store.cases import NewCase, OpenedCase
from mailbot.store.messages import NewMessage
from mailbot.store.reports import CaseQuery
from mailbot.store.schema import cases, message_ids
from tests.desks import Desk
from tests.mails import MONDAY, mail, message

DANA, EVE = Address("dana@broker.example", "Dana Reed"), Address("eve@elsewhere.example")
FACTS = Facts(
    fields=(Found("group_number", "0140026", Where.SUBJECT), Found("dependent_name", "Jörg \ud800 Reed", Where.BODY)),
    flags=Flags(newborn=True),
    documents=("enrollment_form",),
)
SUBJECT = "New dependent \N{RIGHT-TO-LEFT OVERRIDE}"
NEW = NewCase(
    day=MONDAY.date(),
    category="eligibility.add_dependent",
    confidence=0.91,
    team="Enrollment",
    language="es",
    state=State.AWAITING_STAFF,
    answer_due=MONDAY + timedelta(days=2),
    missing=("date_of_birth",),
    review=("look here",),
    content=CaseContent(SUBJECT, FACTS, ("add", "son"), (("other.general", 0.05),)),
)


def open_case(desk: Desk, *people: Address, **changes: Any) -> OpenedCase:
    with desk.store.writing() as transaction:
        case = transaction.cases.open(replace(NEW, **changes))
        transaction.history.add_correspondents(case.case_id, [Correspondent(each, Role.UNKNOWN) for each in people])
        return case


def merge(desk: Desk, case: OpenedCase, into: OpenedCase) -> None:
    with desk.store.writing() as transaction:
        transaction.cases.merge(case.case_id, into.case_id)


def remember(desk: Desk, case: OpenedCase, *ids: str, origin: Origin = Origin.THEIRS) -> None:
    with desk.store.writing() as transaction:
        transaction.threads.remember(case.case_id, {origin: ids})


def looked_up(desk: Desk, sender: Address | None = DANA, **clues: Any) -> Lookups:
    with desk.store.reading() as transaction:
        return transaction.threads.lookups(Clues(**clues), sender)


def test_a_case_is_read_back_as_it_was_opened(desk: Desk) -> None:
    opened = open_case(desk, DANA)
    row = desk.case(opened.number)
    assert is_number(opened.number)
    assert opened.number.startswith("261123-")
    assert (row.subject, row.state, row.category, row.confidence) == (SUBJECT, "awaiting_staff", NEW.category, 0.91)
    assert (row.answer_due, row.opened_at, row.language) == (NEW.answer_due, MONDAY, "es")
    assert (row.missing, row.review, row.flags) == (("date_of_birth",), ("look here",), ("newborn",))
    assert (row.documents, row.because, row.group_number) == (("enrollment_form",), ("add", "son"), "0140026")
    assert row.fields[1][0] == "dependent_name"
    assert [person.address for person in row.correspondents] == [DANA]


def test_cases_are_listed_by_pages_and_by_what_they_are(desk: Desk) -> None:
    numbers = [open_case(desk, review=("look",) if even else ()).number for even in (True, False, True, False)]
    other = open_case(desk, category="other.general", state=State.RESOLVED, review=())
    with desk.store.reading() as transaction:
        first = transaction.reports.cases(CaseQuery(), limit=3)
        rest = transaction.reports.cases(CaseQuery(after=first[-1].case_id))
    assert [row.number for row in first + rest] == [*numbers, other.number]
    assert [row.number for row in desk.cases(review=True)] == [numbers[0], numbers[2]]
    assert [row.number for row in desk.cases(state="resolved")] == [other.number]
    assert [row.number for row in desk.cases(category="other.general")] == [other.number]
    assert len(desk.cases(group_number="0140026")) == 5
    assert desk.cases(group_number="0140027") == []


@pytest.mark.parametrize("text", ["' OR 1=1 --", "%", "_", '"; DROP TABLE cases; --', "\\"])
def test_a127_a_query_is_never_read_as_sql(desk: Desk, text: str) -> None:
    open_case(desk)
    assert desk.cases(state=text) == desk.cases(category=text) == desk.cases(group_number=text) == []
    assert len(desk.cases()) == 1


def test_f58_cases_opened_at_the_same_time_have_numbers_of_their_own(desk: Desk) -> None:
    with ThreadPoolExecutor(6) as pool:
        numbers = {case.number for case in pool.map(lambda _: open_case(desk), range(18))}
    assert len(numbers) == 18


def test_a_serial_that_is_taken_is_drawn_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    draws = iter([7, 7, 7, 8])
    monkeypatch.setattr(cases_module.secrets, "randbelow", lambda _: next(draws))
    assert open_case(desk).number != open_case(desk).number


def test_a_review_reason_stands_once_however_often_it_is_given(desk: Desk) -> None:
    case = open_case(desk)
    with desk.store.writing() as transaction:
        transaction.cases.ask_review(case.case_id, ["look here", "and there", "and there"])
        transaction.cases.ask_review(case.case_id, [])
    assert desk.case(case.number).review == ("look here", "and there")


def test_somebody_is_on_a_case_once_and_stays_as_first_known(desk: Desk) -> None:
    case = open_case(desk, DANA)
    with desk.store.writing() as transaction:
        again = Correspondent(Address("DANA@Broker.example", "Somebody"), Role.COPIED)
        transaction.history.add_correspondents(case.case_id, [again, Correspondent(EVE, Role.COPIED)])
    people = desk.case(case.number).correspondents
    assert [(person.address.address, person.role) for person in people] == [
        (DANA.address, Role.UNKNOWN),
        (EVE.address, Role.COPIED),
    ]


def test_the_thread_shows_messages_with_their_files_and_what_was_refused(desk: Desk) -> None:
    case = open_case(desk)
    arrival = desk.record(mail()).arrival_id
    files = (
        Attachment("2", "../../form\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe", "application/pdf", "a/b", 9, "ab", inline=False),
        Attachment("3", "\ud800", "text/x\0y", "a/b", 9, "cd", inline=True, flags=("logo",)),
    )
    new = NewMessage(
        arrival,
        case.case_id,
        message(new_text="x" * 50_000, subject="Hello\0", attachments=files),
        Screening(Kind.INQUIRY, ("a sign",)),
        Trust.KNOWN,
        MONDAY,
        (("2", "type"),),
    )
    with desk.store.writing() as transaction:
        transaction.messages.add(new)
    (row,) = desk.thread(case.number)
    assert (row.arrival_id, row.kind, row.trust, row.sender) == (
        arrival,
        "inquiry",
        "known",
        "Dana Reed <dana@broker.example>",
    )
    assert len(row.text) == 20_000
    assert [(file.filename, file.refused, file.inline, file.flags) for file in row.attachments] == [
        (files[0].filename, "type", False, ()),
        ("?", None, True, ("logo",)),
    ]


def test_the_history_is_kept_in_its_order(desk: Desk) -> None:
    case = open_case(desk)
    happened = [Event(kind, f"why {kind}\0") for kind in EventKind]
    with desk.store.writing() as transaction:
        transaction.history.add_events(happened, case_id=case.case_id)
    assert [event.kind for event in desk.events(case.number)] == list(EventKind)


def test_links_are_told_from_both_sides(desk: Desk) -> None:
    old, new = open_case(desk), open_case(desk)
    with desk.store.writing() as transaction:
        transaction.history.add_links(new.case_id, [Link(old.case_id, old.number, Relation.FOLLOWS)])
    assert desk.case(new.number).linked == ((old.number, "follows"),)
    assert desk.case(old.number).linked == ((new.number, "follows (from there)"),)


def test_a_case_is_found_by_its_number_and_knows_who_is_on_it(desk: Desk) -> None:
    case = open_case(desk, DANA)
    found = looked_up(desk, token_numbers=(case.number,), subject_numbers=("261123-0000000",))
    assert found.by_number == {case.number: Candidate(case.case_id, case.number, knows_sender=True)}
    assert not looked_up(desk, EVE, token_numbers=(case.number,)).by_number[case.number].knows_sender
    assert not looked_up(desk, None, token_numbers=(case.number,)).by_number[case.number].knows_sender


@pytest.mark.parametrize("origin", [Origin.THEIRS, Origin.REFERENCED])
def test_a_case_is_found_by_the_ids_it_knows(desk: Desk, origin: Origin) -> None:
    case = open_case(desk, DANA)
    remember(desk, case, "one@x.example", "two@x.example", "one@x.example", origin=origin)
    found = looked_up(desk, ids=("nothing@x.example", "two@x.example"))
    assert set(found.by_id) == {("two@x.example", origin)}
    assert looked_up(desk, own_id="one@x.example").by_id == {
        ("one@x.example", origin): (Candidate(case.case_id, case.number, knows_sender=True),)
    }


def test_pain_13_an_empty_id_is_neither_kept_nor_looked_up(desk: Desk) -> None:
    case = open_case(desk, DANA)
    remember(desk, case, "", "")
    assert looked_up(desk, ids=("",), own_id="") == Lookups({}, {})


def ids_kept(desk: Desk, case: OpenedCase) -> list[str]:
    with desk.store.reading() as transaction:
        query = select(message_ids.c.origin).where(message_ids.c.case_id == case.case_id).order_by(message_ids.c.id)
        return list(transaction.work.connection.execute(query).scalars())


@pytest.mark.parametrize(("origin", "again"), [(Origin.OURS, []), (Origin.THEIRS, [Origin.REFERENCED])])
def test_an_id_is_not_kept_as_referred_to_where_the_case_has_our_letter_of_it(
    desk: Desk, origin: Origin, again: list[Origin]
) -> None:
    """It could lead nowhere else; what they wrote may come again, as below the footer of a list, and is found by it."""
    case = open_case(desk, DANA)
    remember(desk, case, "first@x.example", origin=origin)
    with desk.store.writing() as transaction:
        transaction.threads.lookups(Clues(ids=("first@x.example", "unseen@x.example"), own_id="second@x.example"), DANA)
        referenced = {Origin.REFERENCED: ["first@x.example", "unseen@x.example"]}
        transaction.threads.remember(case.case_id, {Origin.THEIRS: ["second@x.example"], **referenced})
    assert ids_kept(desk, case) == [origin, Origin.THEIRS, *again, Origin.REFERENCED]
    found = looked_up(desk, ids=("first@x.example", "second@x.example", "unseen@x.example")).by_id
    expected = {("first@x.example", origin), ("second@x.example", Origin.THEIRS)}
    assert set(found) == {
        *expected,
        *(("first@x.example", each) for each in again),
        ("unseen@x.example", Origin.REFERENCED),
    }


def test_another_case_may_still_refer_to_the_mail_of_a_case(desk: Desk) -> None:
    """So a second answer to a letter of an old case is seen to belong to either."""
    old, new = open_case(desk, DANA), open_case(desk, DANA)
    remember(desk, old, "first@x.example")
    with desk.store.writing() as transaction:
        transaction.threads.lookups(Clues(ids=("first@x.example",)), DANA)
        transaction.threads.remember(new.case_id, {Origin.REFERENCED: ["first@x.example"]})
    assert ids_kept(desk, new) == [Origin.REFERENCED]


def test_pain_15_what_was_only_referred_to_before_is_kept_when_its_mail_is_still_to_come(desk: Desk) -> None:
    case = open_case(desk, DANA)
    remember(desk, case, "early@x.example", origin=Origin.REFERENCED)
    with desk.store.writing() as transaction:
        transaction.threads.lookups(Clues(ids=("early@x.example",)), DANA)
        transaction.threads.remember(case.case_id, {Origin.REFERENCED: ["early@x.example"]})
    assert ids_kept(desk, case) == [Origin.REFERENCED]
    assert ("early@x.example", Origin.REFERENCED) in looked_up(desk, own_id="early@x.example").by_id


@pytest.mark.parametrize("days", [0, 3, 6.9])
def test_a_case_about_the_same_member_is_found_for_a_week_whichever_week_it_is(desk: Desk, days: float) -> None:
    facts = Facts(fields=(Found("subscriber_id", "W883104512", Where.BODY),))
    content = CaseContent("New dependent", facts)
    for _ in range(7):  # whatever day of the week it was
        case = open_case(desk, DANA, content=content)
        desk.later(timedelta(days=days))
        with desk.store.reading() as transaction:
            found = transaction.cases.same_member(facts, NEW.category, timedelta(days=7))
        assert case.case_id in {each.case_id for each in found}
        desk.later(timedelta(days=8))


@pytest.mark.parametrize("odd", ["<[", "a b", "x" * 890, "\ud800@x", "é\0@x", "'; --"])
def test_a041_an_odd_id_is_looked_up_like_any_other(desk: Desk, odd: str) -> None:
    case = open_case(desk, DANA)
    remember(desk, case, odd)
    assert (odd, Origin.THEIRS) in looked_up(desk, ids=(odd,)).by_id


def test_an_id_that_two_cases_know_leads_to_both(desk: Desk) -> None:
    one, other = open_case(desk, DANA), open_case(desk)
    remember(desk, one, "same@x.example")
    remember(desk, other, "same@x.example")
    found = looked_up(desk, ids=("same@x.example",)).by_id["same@x.example", Origin.THEIRS]
    assert {(each.number, each.knows_sender) for each in found} == {(one.number, True), (other.number, False)}


def test_pain_20_a_merged_case_leads_to_the_one_it_became(desk: Desk) -> None:
    old, middle, new = open_case(desk, EVE), open_case(desk), open_case(desk, DANA)
    merge(desk, old, middle)
    merge(desk, middle, new)
    remember(desk, old, "old@x.example")
    remember(desk, new, "new@x.example")
    found = looked_up(desk, token_numbers=(old.number,), ids=("old@x.example", "new@x.example"))
    current = Candidate(new.case_id, new.number, knows_sender=True)
    assert found.by_number == {old.number: current}
    assert set(found.by_id.values()) == {(current,)}


def test_pain_20_merges_that_go_in_a_circle_come_to_an_end(desk: Desk) -> None:
    one, other = open_case(desk, DANA), open_case(desk)
    merge(desk, one, other)
    merge(desk, other, one)
    assert looked_up(desk, token_numbers=(one.number,)).by_number[one.number].number in (one.number, other.number)


def test_a122_a_case_whose_content_was_moved_does_not_open(desk: Desk) -> None:
    one, other = open_case(desk), open_case(desk)
    with desk.store.writing() as transaction:
        connection = transaction.work.connection
        sealed = connection.execute(cases.select().where(cases.c.id == other.case_id)).one().content
        connection.execute(cases.update().where(cases.c.id == one.case_id).values(content=sealed))
    with pytest.raises(Tampered, match=r"cases\.content"):
        desk.case(one.number)


def test_a_savepoint_undoes_a_part_and_leaves_the_rest(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        kept = transaction.cases.open(NEW)
        with pytest.raises(RuntimeError), transaction.savepoint():
            transaction.cases.open(NEW)
            raise RuntimeError
    assert [row.number for row in desk.cases()] == [kept.number]
