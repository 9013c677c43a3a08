"""Who may be answered (RFC 3834), and how often."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.cases.answering import (
    DOUBTFUL_AN_HOUR,
    FAILED_A_DAY,
    IN_A_ROW,
    INQUIRIES_FACTOR,
    MAX_AGE,
    PATH_AN_HOUR,
    SAME_TEXT,
    Answer,
    Budgets,
    Spent,
    affordable,
    deliverable,
    gate,
    within_budget,
    within_doubtful_budget,
    within_unaligned_budget,
)
from mailbot.mail import Address, Authenticity, Envelope, Kind, Message, Screening, Verdict
from tests.mails import ALIAS, DESK, MONDAY, OWN, message

BUDGETS = Budgets()
DANA = Address("dana@broker.example")
YES = Answer(DANA, "a person wrote it")


def answered(
    mail: Message,
    kind: Kind = Kind.INQUIRY,
    return_path: str | None = "dana@broker.example",
    age: timedelta = timedelta(),
) -> Answer:
    return gate(mail, Envelope(return_path, (DESK,)), Screening(kind), OWN, MONDAY, MONDAY + age)


def allowed(spent: Spent, *, verdict: Verdict = Verdict.NONE, opens: bool = True, budgets: Budgets = BUDGETS) -> bool:
    return within_budget(YES, spent, budgets, Authenticity(verdict), opens_case=opens).to is not None


@pytest.mark.parametrize("kind", [Kind.INQUIRY, Kind.REPLY])
@pytest.mark.parametrize("return_path", ["dana@broker.example", None])
def test_a_person_is_answered_at_the_from_address(kind: Kind, return_path: str | None) -> None:
    assert answered(message(), kind, return_path).to == Address("dana@broker.example", "Dana Reed")


@pytest.mark.parametrize("kind", [Kind.AUTO_REPLY, Kind.BOUNCE, Kind.BULK])
def test_a087_a088_a090_a_machine_is_not_answered(kind: Kind) -> None:
    assert answered(message(), kind) == Answer(None, f"a machine wrote it ({kind})")


def test_a088_mail_without_a_return_path_is_not_answered() -> None:
    assert answered(message(), return_path="").to is None


def test_a035_reply_to_is_never_written_to() -> None:
    mail = message(reply_to=(Address("victim@elsewhere.example"),))
    assert answered(mail).to == Address("dana@broker.example", "Dana Reed")


@pytest.mark.parametrize("own", [DESK, ALIAS, "enrollment+token@desk.example", "Enrollment@Desk.Example"])
def test_a091_the_desks_own_addresses_are_not_answered(own: str) -> None:
    assert answered(message(own)).to is None


def test_a034_mail_with_no_sender_or_two_is_not_answered() -> None:
    assert answered(message(None)).to is None
    assert answered(message(from_=(DANA, Address("b@x.example")))).to is None


@pytest.mark.parametrize(
    "local",
    [
        *("mailer-daemon", "MAILER-DAEMON", "postmaster", "abuse", "root", "listserv", "majordomo", "hostmaster"),
        *("noreply", "no-reply", "no_reply", "No.Reply", "donotreply", "do-not-reply", "noreply+case1", "noresponder"),
        *("owner-list", "list-request", "list-owner", "list-bounces", "bounces", "bounce+1.2", "nicht-antworten"),
        *("jobs-noreply", "notifications.no-reply", "no-reply-billing", "noreply_us", "donotreply-claims"),
    ],
)
def test_a096_pain_22_an_address_that_nobody_reads_is_not_written_to(local: str) -> None:
    assert answered(message(f"{local}@broker.example")).to is None


@pytest.mark.parametrize(
    "local", ["dana", "norely", "anno.reply", "bouncer", "abuse.team", "rooter", "norman.reply", "requests"]
)
def test_an_address_that_only_resembles_one_of_those_is_written_to(local: str) -> None:
    assert answered(message(f"{local}@broker.example")).to is not None


@pytest.mark.parametrize(("age", "to"), [(timedelta(), True), (MAX_AGE, True), (MAX_AGE + timedelta(seconds=1), False)])
def test_f26_old_mail_is_taken_in_without_an_answer(age: timedelta, to: bool) -> None:
    assert (answered(message(), age=age).to is not None) == to


@pytest.mark.parametrize(
    ("address", "sound"),
    [
        ("dana@broker.example", True),
        ("o'neil+x@broker.example", True),
        ("jörg@bücher.example", True),
        ("", False),
        ("dana", False),
        ("@broker.example", False),
        ("dana@", False),
        ("dana@localhost", False),
        ("dana@.example.", False),
        ("a@b@broker.example", False),
        ("dana reed@broker.example", False),
        ("dana@broker.example\r\nBcc: eve@x.example", False),
        ("dana@broker.example,eve@x.example", False),
        ("<dana@broker.example>", False),
        ('"dana"@broker.example', False),
        ("dana@[127.0.0.1]", False),
        ("dana\0@broker.example", False),
        ("dana\N{RIGHT-TO-LEFT OVERRIDE}@broker.example", False),
        ("x" * 64 + "@broker.example", True),
        ("x" * 65 + "@broker.example", False),
        ("dana@" + "x" * 241 + ".example", True),
        ("dana@" + "x" * 242 + ".example", False),
    ],
)
def test_a034_a040_only_a_sound_address_is_written_to(address: str, sound: bool) -> None:
    assert deliverable(address) == sound
    if address:
        assert (answered(message(address)).to is not None) == sound


def test_a_broker_with_thirty_inquiries_a_day_gets_thirty_acknowledgments() -> None:
    assert all(allowed(Spent(address_today=sent, same_text_today=1)) for sent in range(30))


LIMITS = [
    (Spent(address_today=BUDGETS.per_address_a_day * INQUIRIES_FACTOR), {"opens": True}, "address"),
    (Spent(address_today=BUDGETS.per_address_a_day), {"opens": False}, "address"),
    (Spent(address_today=FAILED_A_DAY), {"verdict": Verdict.FAIL}, "address"),
    (Spent(domain_this_hour=BUDGETS.per_domain_an_hour), {}, "domain"),
    (Spent(all_this_hour=BUDGETS.in_all_an_hour), {}, "hour"),
    (Spent(case_today=BUDGETS.per_case_a_day), {"opens": False}, "case"),
    (Spent(case_in_a_row=IN_A_ROW), {"opens": False}, "case"),
    (Spent(same_text_today=SAME_TEXT), {}, "same text"),
]


@pytest.mark.parametrize(("spent", "how", "why"), LIMITS)
def test_a087_a093_a094_a_budget_that_is_used_up_withholds_the_letter(spent: Spent, how: dict, why: str) -> None:
    assert not allowed(spent, **how)
    name, count = next((n, getattr(spent, n)) for n in spent.__slots__ if getattr(spent, n))
    assert allowed(replace(spent, **{name: count - 1}), **how), "one before the limit goes out"
    verdict = how.get("verdict", Verdict.NONE)
    refusal = within_budget(YES, spent, BUDGETS, Authenticity(verdict), opens_case=how.get("opens", True))
    assert why in refusal.because


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.NONE])
def test_the_tight_budget_is_for_failed_authentication_only(verdict: Verdict) -> None:
    assert allowed(Spent(address_today=FAILED_A_DAY), verdict=verdict)


def test_the_desk_may_set_its_own_budgets() -> None:
    tight = Budgets(per_address_a_day=1, per_domain_an_hour=1, per_case_a_day=1, in_all_an_hour=1)
    assert not allowed(Spent(domain_this_hour=1), budgets=tight)
    assert not allowed(Spent(address_today=1), budgets=tight, opens=False)
    assert allowed(Spent(), budgets=tight)


@pytest.mark.parametrize("spent", [Spent(), Spent(*[10_000] * 8)])
def test_what_the_gate_refused_no_budget_allows_and_its_reason_stays(spent: Spent) -> None:
    refusal = Answer(None, "a machine wrote it (bulk)")
    passed = Authenticity(Verdict.PASS)
    assert within_budget(refusal, spent, BUDGETS, passed, opens_case=True) is refusal
    assert within_unaligned_budget(refusal, spent, BUDGETS, passed) is refusal
    assert within_doubtful_budget(refusal, 10_000) is refusal


@pytest.mark.parametrize(
    ("spent", "verdict", "answered"),
    [
        (Spent(), Verdict.NONE, True),
        (Spent(address_today=FAILED_A_DAY - 1), Verdict.NONE, True),
        (Spent(address_today=FAILED_A_DAY), Verdict.NONE, False),
        (Spent(path_this_hour=PATH_AN_HOUR - 1), Verdict.NONE, True),
        (Spent(path_this_hour=PATH_AN_HOUR), Verdict.NONE, False),
        (Spent(unaligned_this_hour=BUDGETS.unaligned_an_hour), Verdict.NONE, False),
        (Spent(), Verdict.FAIL, False),
    ],
)
def test_a095_mail_that_others_sent_has_tight_budgets_of_its_own(
    spent: Spent, verdict: Verdict, answered: bool
) -> None:
    answer = within_unaligned_budget(YES, spent, BUDGETS, Authenticity(verdict))
    assert (answer.to is not None) == answered
    assert answered or answer.because


@pytest.mark.parametrize(("sent", "answered"), [(0, True), (DOUBTFUL_AN_HOUR - 1, True), (DOUBTFUL_AN_HOUR, False)])
def test_a087_a_house_that_answers_others_letters_has_a_budget_of_its_own(sent: int, answered: bool) -> None:
    assert (within_doubtful_budget(YES, sent).to is not None) == answered


@pytest.mark.parametrize(
    ("spent", "goes"),
    [
        # The numbers that the documents name, and that a desk counts on.
        (Spent(same_text_today=2), True),
        (Spent(same_text_today=3), False),
        (Spent(case_in_a_row=1), True),
        (Spent(case_in_a_row=2), False),
        (Spent(address_today=199), True),
        (Spent(address_today=200), False),
    ],
)
def test_of_one_text_or_in_a_row_two_are_answered_and_of_separate_inquiries_two_hundred(
    spent: Spent, goes: bool
) -> None:
    assert allowed(spent) == goes


@pytest.mark.parametrize(
    ("spent", "why"),
    [
        (Spent(address_today=BUDGETS.per_address_a_day * INQUIRIES_FACTOR), "the address had its letters for today"),
        (Spent(domain_this_hour=BUDGETS.per_domain_an_hour), "the domain had its letters for this hour"),
        (Spent(all_this_hour=BUDGETS.in_all_an_hour), "all letters of this hour are used up"),
    ],
)
def test_a_letter_that_time_calls_for_has_the_budgets_of_address_domain_and_hour(spent: Spent, why: str) -> None:
    assert affordable(DANA, spent, BUDGETS) == Answer(None, why)
    name, count = next((n, getattr(spent, n)) for n in spent.__slots__ if getattr(spent, n))
    assert affordable(DANA, replace(spent, **{name: count - 1}), BUDGETS) == Answer(DANA, "it is due")


def test_a_reminder_does_not_hang_on_what_the_sender_wrote_today() -> None:
    spent = Spent(case_today=50, case_in_a_row=50, same_text_today=50, path_this_hour=50, unaligned_this_hour=500)
    assert affordable(DANA, spent, BUDGETS).to == DANA
