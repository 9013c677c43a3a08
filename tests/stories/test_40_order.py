"""Story 40: mail overtakes mail, and what becomes of it is the same (ATTACKS F44)."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from shutil import copy

import pytest

from mailbot.mail import Address
from tests.desks import SOON, open_desk
from tests.mails import ALIAS, DESK, mail, reply
from tests.stories.inbox import CARL, Inbox, address
from tests.stories.tales import BOTH, ONE, OTHER, PCP_CHANGE

PCP = f"category: {PCP_CHANGE}"
ASKED = mail(PCP, subject="New doctor", message_id="<1@broker.example>", cc=CARL)
COPIED = mail(
    ONE,
    sender=CARL,
    subject="RE: New doctor",
    message_id="<2@broker.example>",
    to=f"Dana Reed <dana@broker.example>, {DESK}",
    in_reply_to="<1@broker.example>",
    references="<1@broker.example>",
)
ADDED = mail(
    OTHER,
    subject="AW: RE: New doctor",
    message_id="<3@broker.example>",
    cc=CARL,
    in_reply_to="<2@broker.example>",
    references="<1@broker.example> <2@broker.example>",
)
THREAD = {"asked": (ASKED, ""), "copied": (COPIED, CARL), "added": (ADDED, "")}


@pytest.mark.parametrize("order", list(permutations(THREAD)), ids="-".join)
def test_f44_a_thread_in_any_order_is_one_case_that_knows_the_same(
    sqlite_template: Path, tmp_path: Path, order: tuple[str, ...]
) -> None:
    url = f"sqlite:///{copy(sqlite_template, tmp_path / 'mailbot.db')}"
    with open_desk(tmp_path / "desk", url) as desk:
        inbox = Inbox(desk)
        for name in order:
            raw, sender = THREAD[name]
            inbox.writes(raw, address(sender))
        (case,) = desk.cases()
        assert (case.category, case.state, case.missing, case.review) == (PCP_CHANGE, "awaiting_staff", (), ())
        assert {(name, value) for name, value, _ in case.fields} == {
            ("subscriber_id", "Q1234567"),
            ("pcp_name", "Dr. Ada Vell"),
        }
        people = {person.address.address for person in case.correspondents}
        assert people == {"dana@broker.example", "carl@broker.example"}
        assert len(desk.thread(case.number)) == 3


def test_f44_the_mail_that_was_answered_comes_last_and_says_what_it_was_about(inbox: Inbox) -> None:
    first = inbox.writes(reply("I forgot to say: soon.", to_id="early@broker.example", subject="Re: New doctor"))
    assert inbox.letters() == ["acknowledgment"]
    parent = inbox.writes(mail(PCP, subject="New doctor", message_id="<early@broker.example>"))
    assert parent.case_number == first.case_number
    # Now that it is plain what it is, what is missing is asked for.
    assert inbox.letters() == ["acknowledgment", "info_request"]
    assert (inbox.state(first.case_number or ""), parent.missing) == (
        "awaiting_sender",
        ("subscriber_id", "pcp_name"),
    )
    inbox.writes(inbox.answer(BOTH))
    assert inbox.state(first.case_number or "") == "awaiting_staff"


def test_f44_an_answer_that_overtakes_the_servers_yes_counts(inbox: Inbox) -> None:
    """The letter is on its way, its sent row is not written, and the answer is there already."""
    result = inbox.desk.send(mail(PCP))
    inbox.desk.clock.advance(SOON)
    inbox.desk.send(inbox.answer(BOTH))
    inbox.desk.deliver()
    assert inbox.state(result.case_number or "") == "awaiting_staff"
    assert inbox.day_due(result.case_number or "") == "never"


def test_pain_14_the_same_words_in_the_subject_of_an_ended_case_are_a_new_case(inbox: Inbox) -> None:
    number = inbox.inquires(f"{PCP}\n{BOTH}")
    inbox.desk.app.casework.resolve(number, "The doctor is changed.", "staff")
    inbox.desk.deliver()
    late = inbox.writes(inbox.answer("category: provider.claim_question", subject="Something else entirely"))
    assert (late.outcome, inbox.links(late.case_number or "")) == ("case_opened", [(number, "follows")])
    assert inbox.state(number) == "resolved"


def test_pain_16_each_carrier_alone_brings_the_answer_home(inbox: Inbox) -> None:
    """Relays rewrite our Message-ID, phones drop References: the address, the subject and the mark each do."""
    number = inbox.inquires(PCP)
    letter = inbox.desk.letter(inbox.last_letter())
    mark = next(word for word in inbox.last_text().split() if word.startswith("ref:"))
    carriers = [
        {"subject": f"Re: [Case {number}] We need more"},
        {"to": str(letter["Reply-To"])},
        {"in_reply_to": str(letter["Message-ID"])},
        {"references": str(letter["Message-ID"])},
    ]
    for turn, headers in enumerate(carriers):
        result = inbox.writes(mail(f"Word {turn}.", **{"subject": "An answer", **headers}))
        assert (result.outcome, result.case_number) == ("appended", number), headers
    quoted = f"Word five.\n\nOn Mon, Nov 23, 2026 at 9:00 AM Enrollment Desk <{DESK}> wrote:\n> {mark}\n"
    assert inbox.writes(mail(quoted, subject="An answer")).case_number == number


@pytest.mark.parametrize("prefix", ["VS: ", "SV: ", "WG: ", "Fwd: ", "回复：", "RE: AW: ", ""])
def test_pain_18_pain_19_no_word_before_the_subject_decides(inbox: Inbox, prefix: str) -> None:
    number = inbox.inquires(PCP, subject="New doctor")
    answered = inbox.writes(inbox.answer(ONE, subject=f"{prefix}New doctor"))
    assert (answered.outcome, answered.case_number) == ("appended", number)


def test_pain_20_an_answer_to_another_mailbox_or_to_a_merged_case_comes_home(inbox: Inbox) -> None:
    number = inbox.inquires(PCP)
    request = inbox.last_letter().message_id
    other = inbox.inquires("category: provider.claim_question", subject="A claim")
    inbox.desk.app.casework.merge(number, other, "staff")
    answered = inbox.writes(reply(ONE, to_id=request, to=ALIAS))
    assert answered.case_number == other


def test_pain_21_a_mail_to_two_desk_addresses_is_one_case_without_us_on_it(inbox: Inbox) -> None:
    number = inbox.inquires(f"{PCP}\n{BOTH}", to=f"{DESK}, {ALIAS}")
    assert len(inbox.desk.cases()) == 1
    assert [each.address for each in inbox.desk.case(number).correspondents] == [
        Address("dana@broker.example", "Dana Reed")
    ]
