"""What staff do to a case, on both databases: every act in every state, its letter, its event, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from mailbot.cases.events import EventKind
from mailbot.cases.lifecycle import UNSURE
from mailbot.cases.states import Happening, State, following
from mailbot.casework.acts import Done
from mailbot.casework.staff import Casework
from mailbot.errors import UsageError
from mailbot.store.case_file import CaseFile
from tests.desks import Desk, text_of
from tests.mails import DANA, EVE, mail, reply
from tests.understood import COMPLETE, ID_CARD, opened, sent, understanding, understood_as

ANN = "ann"
COMMENTS = "The ID card was ordered again and arrives within ten days."
INCOMPLETE = understanding(missing=("subscriber_id",), group_number="0140026")


@dataclass(frozen=True)
class Deed:
    """One act as the tests do it: what may forbid it, the letter that it calls for, the event that tells it."""

    happening: Happening
    do: Callable[[Casework, str], Done]
    letter: str | None
    event: EventKind


DEEDS = {
    "resolve": Deed(
        Happening.RESOLVED, lambda c, n: c.resolve(n, COMMENTS, ANN), "resolution", EventKind.CASE_RESOLVED
    ),
    "ask": Deed(
        Happening.ASKED, lambda c, n: c.ask(n, ("date_of_birth",), ANN), "info_request", EventKind.INFORMATION_ASKED
    ),
    "close": Deed(Happening.CLOSED, lambda c, n: c.close(n, ANN), "closed_no_reply", EventKind.CASE_CLOSED),
    "withdraw": Deed(Happening.WITHDRAWN, lambda c, n: c.withdraw(n, ANN), "withdrawn", EventKind.CASE_WITHDRAWN),
    "reopen": Deed(Happening.REOPENED, lambda c, n: c.reopen(n, ANN), None, EventKind.CASE_REOPENED),
    "processed": Deed(Happening.PROCESSED, lambda c, n: c.processed(n, "b1"), "resolution", EventKind.CASE_PROCESSED),
}


def file_of(desk: Desk, number: str) -> CaseFile:
    with desk.store.reading() as transaction:
        return transaction.cases.lock(transaction.cases.find(number) or 0)


def asked_once(desk: Desk, number: str, state: State) -> None:
    """As if something had been asked for before."""
    with desk.store.writing() as transaction:
        case_id = transaction.cases.find(number) or 0
        transaction.cases.asked(case_id, 1)
        transaction.cases.enter(case_id, state)


def letters_of(desk: Desk, number: str) -> list[str]:
    return [row.kind for row in desk.letters() if row.case_number == number]


def everything(desk: Desk, number: str) -> object:
    return (desk.case(number), file_of(desk, number), desk.events(number), letters_of(desk, number))


@pytest.mark.parametrize("name", DEEDS)
def test_every_act_in_every_state_does_what_the_table_says(desk: Desk, name: str) -> None:
    deed = DEEDS[name]
    for state in State:
        number = opened(desk, understanding(subscriber_id=f"W{state}"), sender=f"{state}@broker.example")
        asked_once(desk, number, state)
        before = everything(desk, number)
        after = following(state, deed.happening)
        if after is None:
            with pytest.raises(UsageError, match=f"case {number} is {state}: .*"):
                deed.do(desk.app.casework, number)
            assert everything(desk, number) == before
            continue
        done = deed.do(desk.app.casework, number)
        assert (done.number, done.state, desk.case(number).state) == (number, after, after)
        written = letters_of(desk, number)[1:]
        assert written == ([deed.letter] if deed.letter else [])
        assert done.letters == tuple((kind, f"{state}@broker.example") for kind in written)
        told = [event for event in desk.events(number) if event.kind is deed.event]
        assert [event.actor for event in told] == ["b1" if name == "processed" else ANN]


@pytest.mark.parametrize("state", State)
def test_note_assign_and_review_go_in_every_state_and_change_none(small_desk: Desk, state: State) -> None:
    desk, casework = small_desk, small_desk.app.casework
    number = opened(desk, state=state)
    with desk.store.writing() as transaction:
        transaction.cases.ask_review(transaction.cases.find(number) or 0, ["look here"])
    assert casework.note(number, "Called Dana: she sends the form.", ANN).state is state
    assert casework.assign(number, "ben", ANN).state is state
    assert casework.reviewed(number, ANN).state is state
    row = desk.case(number)
    assert (row.state, row.assignee, row.review) == (state, "ben", ())
    assert letters_of(desk, number) == ["acknowledgment"]
    note = desk.thread(number)[-1]
    assert (note.kind, note.sender, note.text) == ("note", ANN, "Called Dana: she sends the form.")
    kinds = [event.kind for event in desk.events(number)][-3:]
    assert kinds == [EventKind.NOTE_ADDED, EventKind.CASE_ASSIGNED, EventKind.REVIEW_DONE]
    assert casework.assign(number, None, ANN).state is state
    assert desk.case(number).assignee is None


def test_what_a_letter_of_staff_says_and_where_it_goes(desk: Desk) -> None:
    spanish = replace(understanding(**COMPLETE), language="es")
    result = sent(desk, mail(cc="Eve <eve@elsewhere.example>", message_id="<first@broker.example>"), spanish)
    sent(desk, reply(to_id="first@broker.example", message_id="<second@broker.example>"), spanish)
    desk.app.casework.resolve(result.case_number or "", "Hecho.", ANN)
    row = desk.letters()[-1]
    letter = desk.letter(row)
    assert (row.kind, row.to, letter["To"], letter["Cc"]) == (
        "resolution",
        "dana@broker.example",
        "dana@broker.example",
        None,
    )
    assert letter["In-Reply-To"] == "<second@broker.example>"
    assert letter["Auto-Submitted"] is None  # a person wrote it (RFC 3834 section 5)
    text = text_of(letter)
    assert "Su solicitud" in text or "solicitud" in text
    for value in (result.case_number or "?", "Acme Widgets", "0140026", "Hecho.", "M. L. (…4417)"):
        assert value in text


def test_the_letter_answers_the_reader_and_nobody_else_on_the_case(desk: Desk) -> None:
    result = sent(desk, mail(cc=EVE, message_id="<danas@broker.example>"), understanding(**COMPLETE))
    eves = reply(to_id="danas@broker.example", sender=EVE, message_id="<eves@elsewhere.example>")
    assert sent(desk, eves, understanding()).case_number == result.case_number
    desk.app.casework.resolve(result.case_number or "", COMMENTS, ANN)
    assert desk.letter(desk.letters()[-1])["In-Reply-To"] == "<danas@broker.example>"


def test_a097_a_resolution_carries_no_canary(desk: Desk) -> None:
    secrets = {
        "group_name": "Acme 123-45-6789 www.evil.example/x",
        "group_number": "123456789",
        "subscriber_id": "CANARY883104417",
        "subscriber_name": "Canaria Lopezcanary",
        "dependent_name": "Kidcanary Lopezcanary",
        "date_of_birth": "1987-03-09",
        "person_id": "123-45-6789",
        "new_address": "12 Canary Lane",
        "claim_number": "CLMCANARY1",
    }
    number = opened(desk, understanding(**secrets), subject="SSN 123-45-6789 of Canaria", text="DOB 1987-03-09")
    desk.app.casework.resolve(number, COMMENTS, ANN)
    letter = desk.letter(desk.letters()[-1])
    whole = " ".join([*map(str, letter.values()), text_of(letter), letter.as_string()]).casefold()
    for canary in ("canary", "canaria", "123-45-6789", "123456789", "883104417", "1987", "evil.example"):
        assert canary not in whole, canary
    assert "C. L." in text_of(letter)


def test_a101_comments_that_say_too_much_are_refused_with_a_sentence(desk: Desk) -> None:
    other = opened(desk, understanding(), sender=EVE)
    number = opened(desk, understanding(**COMPLETE | {"date_of_birth": "1987-03-09", "subscriber_id": "W777104418"}))
    mark = text_of(desk.letter(desk.letters()[0])).rpartition("ref:")[0].rpartition("ref:")[2].partition(":")[0]
    for comments, why in {
        " \n": "needs comments",
        "x" * 5_000: "at most 4,000",
        f"As in case {other}, done.": f"name case {other}",
        f"Done, see {other.replace('-', chr(0x2010))}.": "which is not the one",
        "Her number 123-45-6789 is in.": "Social Security number",
        "Her number \uff11\uff12\uff13\u200b-45-6789 is in.": "Social Security number",
        "123456789 is in.": "Social Security number",
        "We entered Lopez, Maria.": "subscriber_name in full",
        "W777 104418 gets a card.": "subscriber_id in full",
        "Born March 9, 1987: entered.": "date_of_birth",
        "Born 3/9/87: entered.": "date_of_birth",
        f"See ref:{mark or '?'}:ref": "reference mark",
    }.items():
        with pytest.raises(UsageError, match=why):
            desk.app.casework.resolve(number, comments, ANN)
    assert (desk.case(number).state, letters_of(desk, number)) == ("awaiting_staff", ["acknowledgment"])
    desk.app.casework.resolve(number, f"Case {number}: M. L., ID ending 4418, call 800-555-0100.", ANN)
    assert letters_of(desk, number)[-1] == "resolution"


def test_duplicates_are_resolved_together_and_nobody_is_told_of_the_other(desk: Desk) -> None:
    meaning = understanding(**COMPLETE)
    first = opened(desk, meaning)
    second = opened(desk, replace(meaning, language="es"), sender=EVE, text="Card for Maria, please.")
    done = desk.app.casework.resolve(second, COMMENTS, ANN)  # whichever of them staff take up
    assert (done.number, done.also) == (second, (first,))
    assert {desk.case(each).state for each in (first, second)} == {"resolved"}
    letters = [desk.letter(row) for row in desk.letters()[-2:]]
    assert {(letter["To"], first in text_of(letter)) for letter in letters} == {
        ("dana@broker.example", True),
        ("eve@elsewhere.example", False),
    }
    for letter in letters:
        assert (first in letter.as_string()) != (second in letter.as_string())


def test_comments_for_several_senders_name_no_case_at_all(desk: Desk) -> None:
    first = opened(desk)
    opened(desk, sender=EVE, text="Card for Maria, please.")
    with pytest.raises(UsageError, match="senders of several cases"):
        desk.app.casework.resolve(first, f"Case {first} is done.", ANN)
    assert desk.app.casework.resolve(first, f"Case {first} is done.", ANN, alone=True).also == ()


def test_a_duplicate_that_staff_should_look_at_first_stays_open(desk: Desk) -> None:
    first = opened(desk)
    second = opened(desk, sender=EVE, text="Card for Maria, please.")
    with desk.store.writing() as transaction:
        transaction.cases.ask_review(transaction.cases.find(second) or 0, ["may be somebody else"])
    done = desk.app.casework.resolve(first, COMMENTS, ANN)
    assert (done.also, desk.case(second).state) == ((), "awaiting_staff")
    assert second in done.remarks[0]


def test_asking_adds_to_what_is_missing_and_starts_a_round(desk: Desk) -> None:
    number = opened(desk, INCOMPLETE)
    assert file_of(desk, number).rounds == 1
    done = desk.app.casework.ask(number, ("enrollment_form", "enrollment_form"), ANN)
    file = file_of(desk, number)
    assert (done.state, file.rounds, file.missing) == ("awaiting_sender", 2, ("enrollment_form", "subscriber_id"))
    letter = text_of(desk.letter(desk.letters()[-1]))
    assert letter.index("1. The completed enrollment form") < letter.index("2. The subscriber ID")
    assert "Please reply by the end of" in letter
    asked = [event for event in desk.events(number) if event.kind is EventKind.INFORMATION_ASKED]
    assert [(event.why, event.actor) for event in asked] == [
        ("subscriber_id", "intake"),
        ("enrollment_form, subscriber_id", ANN),
    ]


def test_what_was_asked_for_stays_asked_for_until_it_comes(desk: Desk) -> None:
    number = opened(desk)
    desk.app.casework.ask(number, ("subscriber_id", "payment_proof"), ANN)  # one known but doubted, one of another kind
    letter_id = desk.letters()[-1].message_id
    sent(desk, reply("Here it is.", to_id=letter_id), understanding(subscriber_id="W883104418"))
    assert desk.case(number).missing == ("payment_proof",)
    assert desk.case(number).state == "awaiting_sender"
    proof = replace(understanding(), documents=("payment_proof",))
    sent(desk, reply("And the proof.", to_id=letter_id), proof)
    assert (desk.case(number).state, desk.case(number).missing) == ("awaiting_staff", ())


def test_the_same_request_twice_is_one_letter_unless_staff_say_again(desk: Desk) -> None:
    number = opened(desk)
    desk.app.casework.ask(number, ("enrollment_form",), ANN)
    with pytest.raises(UsageError, match="waits for enrollment_form already; --again"):
        desk.app.casework.ask(number, ("enrollment_form",), ANN)
    assert letters_of(desk, number) == ["acknowledgment", "info_request"]
    desk.app.casework.ask(number, ("enrollment_form",), ANN, again=True)
    assert letters_of(desk, number) == ["acknowledgment", "info_request", "info_request"]


def test_a_case_resolved_again_after_reopening_has_its_second_letter_at_the_same_moment(desk: Desk) -> None:
    number = opened(desk)
    for _ in range(2):
        desk.app.casework.resolve(number, COMMENTS, ANN)
        desk.app.casework.reopen(number, ANN)
    assert letters_of(desk, number).count("resolution") == 2


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ((), "name what"),
        (("subscriber",), "did you mean subscriber_id"),
        (("other",), "cannot be asked"),
        (("a|b",), "a.b cannot be asked"),
    ],
)
def test_only_what_mailbot_knows_can_be_asked_for(small_desk: Desk, items: tuple[str, ...], why: str) -> None:
    number = opened(small_desk)
    with pytest.raises(UsageError, match=why):
        small_desk.app.casework.ask(number, items, ANN)
    assert letters_of(small_desk, number) == ["acknowledgment"]


def test_nobody_is_asked_where_nobody_can_be_written_to(desk: Desk) -> None:
    result = sent(desk, mail(sender="Dana <dana@localhost>"), understanding(**COMPLETE))
    number = result.case_number or ""
    before = everything(desk, number)
    with pytest.raises(UsageError, match="nobody can be asked"):
        desk.app.casework.ask(number, ("enrollment_form",), ANN)
    assert everything(desk, number) == before
    done = desk.app.casework.resolve(number, COMMENTS, ANN)
    assert (done.letters, desk.case(number).state) == ((), "resolved")
    assert desk.events(number)[-1].kind is EventKind.LETTER_WITHHELD


def test_closing_what_was_never_asked_for_tells_nobody_an_untruth(desk: Desk) -> None:
    number = opened(desk)
    done = desk.app.casework.close(number, ANN)
    assert (done.letters, done.state, len(done.remarks)) == ((), "closed_no_reply", 1)
    assert letters_of(desk, number) == ["acknowledgment"]


def test_the_closing_letter_names_the_day_on_which_the_reply_was_due(desk: Desk) -> None:
    number = opened(desk, INCOMPLETE)
    with desk.store.writing() as transaction:
        due = desk.clock.now().replace(day=30)
        transaction.cases.start_clock(transaction.cases.find(number) or 0, due, None)
    desk.app.casework.close(number, ANN)
    assert "Your reply was due: Monday, November 30, 2026" in text_of(desk.letter(desk.letters()[-1]))


def test_recategorizing_asks_anew_and_keeps_the_correction(desk: Desk) -> None:
    number = opened(desk, replace(understanding("other.general", **COMPLETE), confidence=0.2))
    assert UNSURE in desk.case(number).review
    done = desk.app.casework.recategorize(number, "eligibility.pcp_change", ANN)
    row = desk.case(number)
    assert (done.letters, row.state, row.missing) == (
        (("info_request", "dana@broker.example"),),
        "awaiting_sender",
        ("pcp_name",),
    )
    assert (row.category, row.confidence, row.review) == ("eligibility.pcp_change", 1.0, ())
    text = text_of(desk.letter(desk.letters()[-1]))
    assert "1. " in text and "2. " not in text
    with desk.store.reading() as transaction:
        (correction,) = transaction.corrections.listed()
    assert (correction.number, correction.category) == (number, "eligibility.pcp_change")
    assert desk.raw(correction.arrival_id).startswith(b"From: Dana Reed")


def test_recategorizing_to_what_needs_nothing_more_awaits_staff(desk: Desk) -> None:
    number = opened(desk, replace(INCOMPLETE, category="eligibility.add_dependent", missing=("dependent_name",)))
    done = desk.app.casework.recategorize(number, "billing.delinquency", ANN)
    assert (done.state, done.letters, desk.case(number).missing) == ("awaiting_staff", (), ())


def test_recategorizing_asks_for_nothing_that_was_asked_for_already(desk: Desk) -> None:
    number = opened(desk, INCOMPLETE)
    done = desk.app.casework.recategorize(number, "provider.care_plan", ANN)
    assert (done.letters, desk.case(number).missing) == ((), ("subscriber_id",))


def test_recategorizing_to_what_is_not_taken_here_tells_the_sender_where_to_turn(desk: Desk) -> None:
    number = opened(desk)
    done = desk.app.casework.recategorize(number, "provider.corrected_claim", ANN)
    assert (done.state, done.letters) == ("redirected", (("redirect", "dana@broker.example"),))


@pytest.mark.parametrize("state", [state for state in State if state.is_final])
def test_recategorizing_what_has_ended_only_corrects_the_name(small_desk: Desk, state: State) -> None:
    number = opened(small_desk, INCOMPLETE, state)
    done = small_desk.app.casework.recategorize(number, "eligibility.add_dependent", ANN)
    assert (done.state, done.letters, small_desk.case(number).category) == (state, (), "eligibility.add_dependent")


def test_a_category_that_is_certain_or_unknown_is_refused(small_desk: Desk) -> None:
    number = opened(small_desk)
    small_desk.app.casework.recategorize(number, ID_CARD, ANN)  # the first time staff confirm it
    for code, why in {
        ID_CARD: "already",
        "eligibility.id_cart": f"did you mean {ID_CARD}",
        "x": "its categories",
    }.items():
        with pytest.raises(UsageError, match=why):
            small_desk.app.casework.recategorize(number, code, ANN)


def test_pain_20_every_act_and_every_mail_finds_the_case_that_another_was_merged_into(desk: Desk) -> None:
    old = opened(desk)
    letter_id = desk.letters()[-1].message_id
    new = opened(desk, subject="Again", text="Another text.")
    last = opened(desk, subject="And again", text="A third text.")
    desk.app.casework.merge(old, new, ANN)
    desk.app.casework.merge(new, last, ANN)
    assert sent(desk, reply(to_id=letter_id), understanding()).case_number == last
    assert desk.app.casework.note(old, "a note", ANN).number == last
    assert desk.app.casework.assign(new, "ben", ANN).number == last
    assert desk.app.casework.resolve(old, COMMENTS, ANN).number == last
    assert desk.case(last).state == "resolved"
    assert [row.number for row in desk.cases()] == [last]


def test_merging_takes_over_what_is_known_and_completes_what_waited(desk: Desk) -> None:
    waiting = opened(desk, INCOMPLETE)
    desk.later()
    brought = opened(desk, understanding(**COMPLETE | {"group_number": "0140027"}), subject="The id", text="W883.")
    done = desk.app.casework.merge(brought, waiting, ANN)
    row = desk.case(waiting)
    assert (done.number, done.state, row.missing, done.letters) == (waiting, "awaiting_staff", (), ())
    assert dict((name, value) for name, value, _ in row.fields)["group_number"] == "0140027"  # the later word
    amended = [event.why for event in desk.events(waiting) if event.kind is EventKind.VALUE_AMENDED]
    assert amended == ["group_number"]
    assert file_of(desk, brought).request_id is None


def test_an_older_case_merged_into_a_newer_one_overrules_nothing(desk: Desk) -> None:
    old = opened(desk, understanding(group_number="1111", subscriber_id="W883104417"))
    desk.later()
    new = opened(desk, understanding(group_number="2222"), subject="Again", text="Again.")
    desk.app.casework.merge(old, new, ANN)
    values = {name: value for name, value, _ in desk.case(new).fields}
    assert values == {"group_number": "2222", "subscriber_id": "W883104417"}


def test_each_sender_of_merged_cases_is_answered_by_the_own_number_with_the_own_people(desk: Desk) -> None:
    hers = opened(desk, understanding(subscriber_id="E111112222", subscriber_name="Ed Eve"), sender=EVE)
    his = opened(desk, understanding(subscriber_id="D333334444", subscriber_name="Dan Reed"), text="Other words.")
    desk.app.casework.merge(hers, his, ANN)
    desk.app.casework.resolve(his, COMMENTS, ANN)
    letters = {desk.letter(row)["To"]: text_of(desk.letter(row)) for row in desk.letters()[-2:]}
    assert set(letters) == {"dana@broker.example", "eve@elsewhere.example"}
    dana, eve = letters["dana@broker.example"], letters["eve@elsewhere.example"]
    assert (his in dana, hers in dana, "D. R. (…4444)" in dana, "E. E." in dana, "2222" in dana) == (
        True,
        False,
        True,
        False,
        False,
    )
    assert (hers in eve, his in eve, "E. E. (…2222)" in eve, "D. R." in eve) == (True, False, True, False)


@pytest.mark.parametrize(
    ("away", "stays", "why"),
    [
        (State.AWAITING_STAFF, State.RESOLVED, "would be lost in it"),
        (State.AWAITING_SENDER, State.CLOSED_NO_REPLY, "would be lost in it"),
        (State.SUBMITTED, State.AWAITING_STAFF, "handed to the administration"),
    ],
)
def test_a_merge_that_would_lose_a_case_is_refused(small_desk: Desk, away: State, stays: State, why: str) -> None:
    first, second = opened(small_desk, state=away), opened(small_desk, state=stays, text="Other.", sender=EVE)
    with pytest.raises(UsageError, match=why):
        small_desk.app.casework.merge(first, second, ANN)
    assert small_desk.events(first)[-1].kind is not EventKind.CASE_MERGED


def test_a_merge_into_itself_or_into_nothing_is_refused(small_desk: Desk) -> None:
    first, second = opened(small_desk), opened(small_desk, sender=EVE, text="Other.")
    small_desk.app.casework.merge(first, second, ANN)
    for number, into, why in [
        (second, second, "itself"),
        (first, second, "itself"),
        (first, "261121-0000428", "no case"),
    ]:
        with pytest.raises(UsageError, match=why):
            small_desk.app.casework.merge(number, into, ANN)


def test_what_was_doubted_of_a_merged_case_stays_doubted(small_desk: Desk) -> None:
    first, second = opened(small_desk), opened(small_desk, state=State.SUBMITTED, sender=EVE, text="Other.")
    with small_desk.store.writing() as transaction:
        transaction.cases.ask_review(transaction.cases.find(first) or 0, ["look here"])
    small_desk.app.casework.merge(first, second, ANN)
    assert small_desk.case(second).review == ("look here", f"{first} was merged into it after it was handed over")


def test_review_says_when_the_clock_still_stands(small_desk: Desk) -> None:
    number = opened(small_desk, INCOMPLETE)
    with small_desk.store.writing() as transaction:
        case_id = transaction.cases.find(number) or 0
        transaction.cases.ask_review(case_id, ["the info_request could not be delivered"])
        transaction.cases.stop_clock(case_id, "the info_request could not be delivered")
    assert "ask again, or close it" in small_desk.app.casework.reviewed(number, ANN).remarks[0]
    assert "nobody" in small_desk.app.casework.reviewed(number, ANN).remarks[0]
    assert small_desk.app.casework.ask(number, ("subscriber_id",), ANN).letters  # a stopped clock may be started again


def test_what_the_administration_system_refuses_comes_back_with_its_reason_in_a_note(desk: Desk) -> None:
    number = opened(desk, state=State.SUBMITTED)
    done = desk.app.casework.refused(number, "member W883104417 is unknown", "b1")
    assert (done.state, done.letters) == ("awaiting_staff", ())
    assert "see its note" in desk.case(number).review[0]
    assert desk.thread(number)[-1].text == "member W883104417 is unknown"
    assert not any("W883104417" in event.why for event in desk.events(number))


@pytest.mark.parametrize("who", ["", " ", "a\nb", "x" * 101])
def test_a_case_is_given_to_a_name(small_desk: Desk, who: str) -> None:
    with pytest.raises(UsageError, match="printable"):
        small_desk.app.casework.assign(opened(small_desk), who, ANN)


@pytest.mark.parametrize("text", ["", " \n", "x" * 20_001])
def test_a_note_has_text_and_an_end(small_desk: Desk, text: str) -> None:
    with pytest.raises(UsageError, match="a note"):
        small_desk.app.casework.note(opened(small_desk), text, ANN)


def test_an_act_on_no_case_is_refused(small_desk: Desk) -> None:
    with pytest.raises(UsageError, match="there is no case 261121-0000428"):
        small_desk.app.casework.close("261121-0000428", ANN)


def test_two_who_resolve_duplicates_at_once_never_answer_twice(desk: Desk) -> None:
    from concurrent.futures import ThreadPoolExecutor

    numbers = [opened(desk), opened(desk, sender=EVE, text="Card for Maria, please.")]

    def resolve(number: str) -> bool:
        try:
            desk.app.casework.resolve(number, COMMENTS, ANN)
        except UsageError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(resolve, numbers)) == 1
    assert sorted(row.to for row in desk.letters() if row.kind == "resolution") == [
        "dana@broker.example",
        "eve@elsewhere.example",
    ]


def test_understanding_helpers_leave_a_reply_without_a_category(small_desk: Desk) -> None:
    understood_as(small_desk, understanding())
    assert small_desk.send(mail(sender=DANA)).category == ID_CARD
