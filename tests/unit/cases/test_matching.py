"""Which case a message belongs to: the carriers, the trust table, and the attacks on both."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mailbot.cases import tokens
from mailbot.cases.matching import (
    MAX_REFERENCES,
    Candidate,
    Clues,
    Evidence,
    Lookups,
    Match,
    Origin,
    clues,
    for_staff,
    match,
)
from mailbot.cases.number import mint
from mailbot.cases.people import Trust
from mailbot.cases.tokens import Purpose, TokenKey
from mailbot.mail import Address, Authenticity, Envelope, Message, Verdict
from tests.mails import DESK, OWN, message

KEY = TokenKey(b"\x01\x02", b"k" * 32)
NUMBER, OTHER = mint(date(2026, 11, 21), 42), mint(date(2026, 11, 21), 43)
OUR_ID = f"o.0123456789abcdef.{tokens.mint(KEY, Purpose.MESSAGE_ID, NUMBER)}@desk.example"
THEIR_ID = "first@broker.example"
KNOWN, STRANGER = Candidate(1, NUMBER, knows_sender=True), Candidate(1, NUMBER, knows_sender=False)
OTHER_KNOWN = Candidate(2, OTHER, knows_sender=True)


def token(purpose: Purpose = Purpose.REPLY, number: str = NUMBER) -> str:
    return tokens.mint(KEY, purpose, number)


def plus(number: str = NUMBER) -> str:
    return f"enrollment+{token(Purpose.REPLY, number)}@desk.example"


def ref(number: str = NUMBER) -> str:
    return f"ref:{token(Purpose.REF, number)}:ref"


def found(mail: Message, recipients: tuple[str, ...] = (DESK,)) -> Clues:
    return clues(mail, Envelope("dana@broker.example", recipients), OWN, (KEY,))


def lookups(*candidates: Candidate, ids: dict[tuple[str, Origin], tuple[Candidate, ...]] | None = None) -> Lookups:
    return Lookups({candidate.number: candidate for candidate in candidates}, ids or {})


def matched(
    mail: Message,
    *candidates: Candidate,
    recipients: tuple[str, ...] = (DESK,),
    ids: dict[tuple[str, Origin], tuple[Candidate, ...]] | None = None,
    verdict: Verdict = Verdict.NONE,
    require_pass: bool = False,
) -> Match:
    asked = found(mail, recipients)
    return match(asked, lookups(*candidates, ids=ids), Authenticity(verdict), require_pass=require_pass)


CARRIERS: dict[str, tuple[dict[str, Any], Evidence]] = {
    "the address written to": ({"to": (Address(plus()),)}, Evidence.TOKEN),
    "the address in copy": ({"cc": (Address(plus()),)}, Evidence.TOKEN),
    "a mark in the text": ({"new_text": f"thanks\n{ref()}"}, Evidence.TOKEN),
    "a mark in the subject": ({"subject": f"Re: {ref()}"}, Evidence.TOKEN),
    "our id in In-Reply-To": ({"in_reply_to": (OUR_ID,)}, Evidence.TOKEN),
    "our id in References": ({"references": (THEIR_ID, OUR_ID)}, Evidence.TOKEN),
    "our id in capitals": ({"in_reply_to": (OUR_ID.upper(),)}, Evidence.TOKEN),
    "the number in the subject": ({"subject": f"RE: [EXT] [Case {NUMBER}]"}, Evidence.NUMBER),
    "a mark in the quote": ({"quoted": f"> {ref()}"}, Evidence.QUOTED_TOKEN),
}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_pain_16_each_carrier_alone_finds_the_case(carrier: str) -> None:
    changes, evidence = CARRIERS[carrier]
    result = matched(message(**changes), KNOWN)
    assert result.case == KNOWN
    assert result.hits[0].evidence is evidence


def test_the_token_in_the_envelope_alone_finds_the_case() -> None:
    assert matched(message(), KNOWN, recipients=(plus(),)).case == KNOWN


# DESIGN section 5: verdict, require_pass, sender on the case, what the message may do then.
TRUST = [
    (Verdict.PASS, False, True, Trust.KNOWN),
    (Verdict.NONE, False, True, Trust.KNOWN),
    (Verdict.FAIL, False, True, Trust.DOUBTFUL),
    (Verdict.PASS, True, True, Trust.KNOWN),
    (Verdict.NONE, True, True, Trust.DOUBTFUL),
    (Verdict.FAIL, True, True, Trust.DOUBTFUL),
    (Verdict.PASS, False, False, Trust.DOUBTFUL),
    (Verdict.NONE, False, False, Trust.DOUBTFUL),
    (Verdict.FAIL, False, False, Trust.DOUBTFUL),
    (Verdict.PASS, True, False, Trust.DOUBTFUL),
]


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize(("verdict", "require_pass", "knows", "trust"), TRUST)
def test_a069_the_trust_table(carrier: str, verdict: Verdict, require_pass: bool, knows: bool, trust: Trust) -> None:
    candidate = KNOWN if knows else STRANGER
    result = matched(message(**CARRIERS[carrier][0]), candidate, verdict=verdict, require_pass=require_pass)
    assert result.trust is trust
    assert (result.case is not None) == (trust is Trust.KNOWN)
    assert result.possible == (() if trust is Trust.KNOWN else (candidate,))


@pytest.mark.parametrize("verdict", Verdict)
def test_without_evidence_even_a_known_sender_opens_a_new_case(verdict: Verdict) -> None:
    result = matched(message(), KNOWN, verdict=verdict)
    assert (result.case, result.trust, result.hits) == (None, Trust.STRANGER, ())


def test_a066_a_stolen_token_joins_nobody_to_the_case() -> None:
    result = matched(message("eve@elsewhere.example", new_text=ref()), STRANGER)
    assert (result.case, result.trust) == (None, Trust.DOUBTFUL)


def test_a067_our_message_id_from_a_stranger_joins_nobody() -> None:
    mail = message("eve@elsewhere.example", in_reply_to=(OUR_ID,), references=(OUR_ID,))
    result = matched(mail, STRANGER, ids={(OUR_ID, Origin.OURS): (STRANGER,)})
    assert (result.case, result.possible) == (None, (STRANGER,))


def test_a068_a_forged_sender_whose_domain_denies_it_joins_nothing() -> None:
    result = matched(message(subject=f"[Case {NUMBER}]"), KNOWN, verdict=Verdict.FAIL)
    assert (result.case, result.trust) == (None, Trust.DOUBTFUL)


@pytest.mark.parametrize(
    "wrong",
    [
        f"ref:{token(Purpose.REPLY)}:ref",  # minted for another purpose
        f"ref:{token(Purpose.REF)[:-1]}0:ref",
        f"ref:{token(Purpose.REF)[:-1]}:ref",
        f"ref:{NUMBER}:ref",
        f"ref: {token(Purpose.REF)} :ref",
        f"ref:{token(Purpose.REF)[:9]}\N{ZERO WIDTH SPACE}{token(Purpose.REF)[9:]}:ref",
        "x" * 20_000 + ref(),
    ],
)
def test_a070_a048_a_mark_that_is_not_genuine_is_no_mark(wrong: str) -> None:
    assert found(message(new_text=wrong, subject=wrong, quoted=wrong)).token_numbers == ()


@pytest.mark.parametrize(
    "address",
    [
        f"enrollment+{token(Purpose.REF)}@desk.example",
        f"enrollment+{token()}@desk.example.evil.example",
        f"other+{token()}@desk.example",  # a mailbox that is not ours: its details are its own affair
        f"{token()}@desk.example",
        f"enrollment-{token()}@desk.example",
    ],
)
def test_a070_a_token_at_the_wrong_address_is_none(address: str) -> None:
    assert found(message(to=(Address(address),)), (address,)).token_numbers == ()


@pytest.mark.parametrize(
    "wrong",
    [
        OUR_ID.replace("@desk.example", "@desk.example.evil.example"),
        f"{token(Purpose.REPLY)}@desk.example",
        "o.1.2@desk.example",
        "@desk.example",
        f"{NUMBER}@desk.example",
    ],
)
def test_pain_17_an_id_that_only_looks_like_ours_proves_nothing(wrong: str) -> None:
    assert found(message(in_reply_to=(wrong,))).token_numbers == ()


def test_a071_two_tokens_cancel_each_other() -> None:
    result = matched(message(new_text=f"{ref()} {ref(OTHER)}"), KNOWN, OTHER_KNOWN)
    assert (result.case, result.trust) == (None, Trust.DOUBTFUL)
    assert result.conflict
    assert result.possible == (KNOWN, OTHER_KNOWN)


def test_a071_a_token_and_another_cases_number_cancel_each_other() -> None:
    result = matched(message(to=(Address(plus()),), subject=f"[Case {OTHER}]"), KNOWN, OTHER_KNOWN)
    assert result.case is None
    assert result.conflict


def test_a072_a_mark_in_the_quote_counts_for_nothing_beside_other_evidence() -> None:
    result = matched(message(subject=f"[Case {OTHER}]", quoted=ref()), KNOWN, OTHER_KNOWN)
    assert result.case == OTHER_KNOWN


def test_a072_a_number_in_the_quote_or_the_text_is_no_evidence() -> None:
    result = matched(message(new_text=f"about [Case {NUMBER}]", quoted=f"> Re: [Case {NUMBER}]"), KNOWN)
    assert result.hits == ()


def test_a074_pain_12_the_same_subject_finds_nothing() -> None:
    mail = message(subject="Re: my application")
    assert found(mail).subject_numbers == ()
    assert matched(mail, KNOWN).hits == ()


def test_pain_12_a_stranger_who_quotes_a_number_is_not_joined() -> None:
    result = matched(message("eve@elsewhere.example", subject=f"Re: [Case {NUMBER}]"), STRANGER)
    assert (result.case, result.possible) == (None, (STRANGER,))


@pytest.mark.parametrize("empty", [{"in_reply_to": ("",)}, {"references": ("", "")}, {"message_id": ""}])
def test_pain_13_an_empty_id_matches_nothing(empty: dict[str, Any]) -> None:
    mail = message(**empty)
    poisoned = {("", origin): (KNOWN,) for origin in Origin}
    assert found(mail).ids == ()
    assert matched(mail, ids=poisoned).hits == ()


def test_pain_15_an_answer_to_the_mail_that_opened_the_case_joins_it() -> None:
    mail = message("colleague@broker.example", in_reply_to=(THEIR_ID,), references=(THEIR_ID,))
    result = matched(mail, ids={(THEIR_ID, Origin.THEIRS): (KNOWN,)})
    assert result.case == KNOWN
    assert result.hits[0].evidence is Evidence.THEIR_ID


def test_pain_15_an_answer_that_came_before_its_parent_lets_the_parent_in() -> None:
    parent = message(message_id=THEIR_ID)
    assert matched(parent, ids={(THEIR_ID, Origin.REFERENCED): (KNOWN,)}).case == KNOWN


def test_pain_15_two_answers_to_a_mail_that_never_came_are_one_matter() -> None:
    """Both refer to the same first mail, which went to somebody else."""
    second = message(in_reply_to=("never-seen@broker.example",))
    assert matched(second, ids={("never-seen@broker.example", Origin.REFERENCED): (KNOWN,)}).case == KNOWN


def test_a075_the_id_of_somebody_elses_mail_is_no_evidence_for_mail_with_the_same_id() -> None:
    victim = message(message_id="taken@broker.example")
    assert matched(victim, ids={("taken@broker.example", Origin.THEIRS): (KNOWN,)}).hits == ()


def test_pain_18_an_answer_of_a_third_party_to_a_forward_is_not_joined() -> None:
    mail = message("third@party.example", subject=f"SV: Fwd: [Case {NUMBER}]", references=(OUR_ID,))
    assert matched(mail, STRANGER).trust is Trust.DOUBTFUL


@pytest.mark.parametrize("prefix", ["", "Re: ", "VS: ", "SV: ", "AW: ", "WG: ", "Fwd: ", "RE: [EXT] ", "回复："])
def test_pain_19_no_word_before_the_subject_decides_anything(prefix: str) -> None:
    assert matched(message(subject=f"{prefix}[Case {NUMBER}]"), KNOWN).case == KNOWN


@pytest.mark.parametrize("mailbox", ["enrollment", "groups", "ENROLLMENT"])
def test_pain_20_the_case_is_found_at_whichever_address_of_the_desk(mailbox: str) -> None:
    address = f"{mailbox}+{token()}@Desk.Example"
    assert matched(message(to=(Address(address),)), KNOWN, recipients=(address,)).case == KNOWN


def test_the_nearest_known_id_decides_in_a_long_thread() -> None:
    ids = {("old@x.example", Origin.THEIRS): (OTHER_KNOWN,), ("new@x.example", Origin.THEIRS): (KNOWN,)}
    mail = message(references=("old@x.example", "new@x.example", "unknown@x.example"))
    assert matched(mail, ids=ids).case == KNOWN


def test_an_id_that_two_cases_know_means_the_case_of_the_sender() -> None:
    ids = {(THEIR_ID, Origin.THEIRS): (STRANGER, OTHER_KNOWN)}
    assert matched(message(in_reply_to=(THEIR_ID,)), ids=ids).case == OTHER_KNOWN


def test_an_id_that_two_cases_of_the_sender_know_is_a_conflict() -> None:
    result = matched(message(in_reply_to=(THEIR_ID,)), ids={(THEIR_ID, Origin.THEIRS): (KNOWN, OTHER_KNOWN)})
    assert result.case is None
    assert result.conflict


def test_a042_of_ten_thousand_references_the_first_and_the_last_are_looked_up() -> None:
    references = tuple(f"r{number}@x.example" for number in range(10_000))
    asked = found(message(references=references)).ids
    assert len(asked) == MAX_REFERENCES
    assert asked[0] == "r9999@x.example"
    assert asked[-1] == "r0@x.example"


def test_a041_an_id_without_end_is_not_looked_up() -> None:
    mail = message(message_id="m" * 5_000, in_reply_to=("x" * 5_000,), references=("ok@x.example",))
    assert found(mail).ids == ("ok@x.example",)
    assert len(found(mail).own_id) < 1_000


def test_evidence_for_a_case_that_does_not_exist_is_none() -> None:
    mail = message(to=(Address(plus()),), subject=f"[Case {NUMBER}]", quoted=ref())
    assert matched(mail) == Match(None, Trust.STRANGER)


def test_pain_15_an_id_that_was_only_referred_to_counts_for_less_than_one_of_a_mail_we_have() -> None:
    ids = {(THEIR_ID, Origin.THEIRS): (KNOWN,), ("m@broker.example", Origin.REFERENCED): (OTHER_KNOWN,)}
    result = matched(message(in_reply_to=(THEIR_ID,)), ids=ids)
    assert (result.case, result.conflict) == (KNOWN, False)


def test_our_id_and_theirs_of_different_cases_cancel_each_other() -> None:
    ids = {("ours@desk.example", Origin.OURS): (KNOWN,), (THEIR_ID, Origin.THEIRS): (OTHER_KNOWN,)}
    result = matched(message(in_reply_to=("ours@desk.example",), references=(THEIR_ID,)), ids=ids)
    assert (result.case, result.possible) == (None, (KNOWN, OTHER_KNOWN))


def test_the_strongest_evidence_is_named_first() -> None:
    mail = message(to=(Address(plus()),), subject=f"[Case {NUMBER}]", in_reply_to=("ours@desk.example", THEIR_ID))
    ids = {("ours@desk.example", Origin.OURS): (KNOWN,), (THEIR_ID, Origin.THEIRS): (KNOWN,)}
    hits = [hit.evidence for hit in matched(mail, KNOWN, ids=ids).hits]
    assert hits == [Evidence.TOKEN, Evidence.OUR_ID, Evidence.THEIR_ID, Evidence.NUMBER]


def test_a_reference_is_not_looked_at_beside_any_other_evidence() -> None:
    asked = Lookups({NUMBER: KNOWN}, {}, (OTHER_KNOWN,))
    result = match(found(message(subject=f"[Case {NUMBER}]")), asked, Authenticity(Verdict.PASS), require_pass=False)
    assert (result.case, result.conflict) == (KNOWN, False)


# Staff, who need not be on a case.


def test_any_evidence_names_the_case_that_staff_mean() -> None:
    for mail in ({"subject": f"Re: [Case {NUMBER}]"}, {"to": (Address(plus()),)}, {"quoted": ref()}):
        found_case = for_staff(found(message(**mail)), lookups(STRANGER))
        assert (found_case.case, found_case.trust) == (STRANGER, Trust.STAFF), mail


def test_a_logged_mail_is_found_by_its_id_as_one_of_ours() -> None:
    ids = {("ann1@plan.example", Origin.OURS): (STRANGER,)}
    meant = for_staff(found(message(in_reply_to=("ann1@plan.example",))), lookups(ids=ids))
    assert [hit.evidence for hit in meant.hits] == [Evidence.OUR_ID]


def test_evidence_for_two_cases_names_neither_for_staff_too() -> None:
    both = for_staff(found(message(subject=f"[Case {NUMBER}] [Case {OTHER}]")), lookups(STRANGER, OTHER_KNOWN))
    assert (both.case, both.conflict) == (None, True)
    assert {case.number for case in both.possible} == {NUMBER, OTHER}


def test_no_evidence_names_no_case_for_staff() -> None:
    assert for_staff(found(message()), lookups()) == Match(None, Trust.STAFF)
