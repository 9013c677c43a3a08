"""Ids in the spellings that people use, and numbers that are none."""

from __future__ import annotations

import pytest

from mailbot.classify.ids import find_ids, is_valid_npi

SPELLINGS = {
    "group 0072215": ("group_number", "0072215"),
    "Group #: 0048213-A (Tidewater)": ("group_number", "0048213-A"),
    "grp#50111": ("group_number", "50111"),
    "our group with you is 0061904": ("group_number", "0061904"),
    "el número de grupo es 44021": ("group_number", "44021"),
    "团体号是 0055512，": ("group_number", "0055512"),
    "group number G-50418": ("group_number", "G-50418"),
    "Ambassador Linen (0021190) accepted": ("group_number", "0021190"),
    "Sub ID: XJW 884 210 733 01, and": ("subscriber_id", "XJW88421073301"),
    "ID TCT 0091 4420": ("subscriber_id", "TCT00914420"),
    "Subscriber ID: 2047 558 12 W": ("subscriber_id", "204755812W"),
    "ID# 118-40-22917-W.": ("subscriber_id", "118-40-22917-W"),
    "HSP# 332 100 847": ("subscriber_id", "HSP332100847"),
    "id is kmw 220 199 331": ("subscriber_id", "kmw220199331"),
    "número de miembro es TLS 550 118 903 y el": ("subscriber_id", "TLS550118903"),
    "会员号：HSP 60031 2277（": ("subscriber_id", "HSP600312277"),
    "exchange person ID 440218)": ("person_id", "440218"),
    "PID: 774120": ("person_id", "774120"),
    "número de persona 440917": ("person_id", "440917"),
    "个人编号 330918": ("person_id", "330918"),
    "NPN# 16044821": ("npn", "16044821"),
    "Producer number 17729910": ("npn", "17729910"),
    "NPI: 1457389021": ("npi", "1457389021"),
    "claim no. 2026-118833-07 please": ("claim_number", "2026-118833-07"),
    "la reclamación 26-40118-2.": ("claim_number", "26-40118-2"),
    "the CPAP claim (26-90033-5) said": ("claim_number", "26-90033-5"),
    "PA-4471902, lumbar": ("preauth_reference", "PA-4471902"),
    "PA 7710338 addtl": ("preauth_reference", "7710338"),
    "auth number 26-W-118820.": ("preauth_reference", "26-W-118820"),
    "prior case 260811-0000391": ("prior_case_id", "260811-0000391"),
    "invoice # INV-20418 for": ("invoice_number", "INV-20418"),
    "factura 88120 de": ("invoice_number", "88120"),
    "Oct. invoice HSP-INV-44102": ("invoice_number", "HSP-INV-44102"),
    "El grupo es el 28814.": ("group_number", "28814"),
    "Group we have is 41290": ("group_number", "41290"),
    "PID: 118-204": ("person_id", "118-204"),
    "NPN: 1288 2091": ("npn", "12882091"),
    "Omar Pate 17702291 (NPN)": ("npn", "17702291"),
    "Member #s: KLM 220 118 001": ("subscriber_id", "KLM220118001"),
    "clm 2026118204 dos": ("claim_number", "2026118204"),
    "ticket 4402118 please": ("prior_case_id", "4402118"),
    "inquiry # 88123": ("prior_case_id", "88123"),
    "案件 4402118": ("prior_case_id", "4402118"),
    "complaint 77120-A": ("prior_case_id", "77120-A"),
    "la consulta 44021": ("prior_case_id", "44021"),
    "group number on my card is 0061904": ("group_number", "0061904"),
    "the ID on his card: KLM 220 118 001": ("subscriber_id", "KLM220118001"),
    "Group # 00 48 213": ("group_number", "0048213"),
    "grp 004 8213.": ("group_number", "0048213"),
    "our account 0048213-02 is": ("group_number", "0048213-02"),
    "our group (no. 0048213) asks": ("group_number", "0048213"),
    "the bill (number 552018)": ("invoice_number", "552018"),
    "this claim (# 26-44017-2) was": ("claim_number", "26-44017-2"),
    "group 0048213 2 people": ("group_number", "0048213"),
}


@pytest.mark.parametrize("text", SPELLINGS)
def test_an_id_is_read(text: str) -> None:
    assert [(mention.name, mention.value) for mention in find_ids(text)] == [SPELLINGS[text]]


@pytest.mark.parametrize(
    "text",
    [
        "a group of 12 people",
        "his group number ends in 4417",
        "the id that starts with HSP",
        "Error id: e7c1-00fa-3391",
        "SSN 900-41-7725",
        "claim from August 30",
        "invoice for 2026-09",
        "member since 2019",
        "call 410-555-0117",
        "the group has 2,400 lives",
        "we do not have the subscriber ID",
        "group of 4, two doctors",
        "claim from 10/14/2026",
        "case closed 2026",
    ],
)
def test_what_is_no_id_is_left_alone(text: str) -> None:
    assert find_ids(text) == ()


@pytest.mark.parametrize(
    "thing",
    [
        *("error", "user", "login", "tax", "employee", "transaction", "confirmation", "session", "trace", "portal"),
        *("web", "Apple", "event", "log", "message", "order", "request", "tracking"),
    ],
)
def test_the_id_of_something_else_is_nobodys(thing: str) -> None:
    assert find_ids(f"My {thing} ID is 20418833") == ()
    assert [mention.value for mention in find_ids(f"My {thing} form says: ID is 20418833")] == ["20418833"]


@pytest.mark.parametrize(
    "text",
    [
        *("the member id ending in 441722", "claim, last four 44172", "el grupo termina en 44172", "会员号尾号 441722"),
        *("claim 26401/18", "invoice 20418.50", "group 44021:30", "group 44,021", "claim $44012", "invoice 20418%"),
        *("claim 2026-10-14", "invoice 2026-10-14", "case 2026-10-14", "auth 2026-10-14"),
    ],
)
def test_an_end_an_amount_a_time_or_a_day_is_no_id(text: str) -> None:
    assert find_ids(text) == ()


@pytest.mark.parametrize(
    ("label", "shortest", "longest"),
    [
        ("group", "1234", "1234567890"),
        ("member id", "123456", "1234567890123456"),
        ("PID", "1234", "123456789012"),
        ("NPN", "1234", "1234567890"),
        ("NPI", "1234567890", "1234567890"),
        ("claim", "12345", "1" * 20),
        ("preauth", "12345", "12345678901234"),
        ("case", "12345", "1234567890123456"),
        ("invoice", "1234", "12345678901234"),
    ],
)
def test_each_kind_has_its_length(label: str, shortest: str, longest: str) -> None:
    for number in {shortest, longest}:
        assert [mention.value for mention in find_ids(f"{label} {number} please")] == [number]
    assert find_ids(f"{label} {shortest[1:]} please") == ()
    assert find_ids(f"{label} {longest}9 please") == ()


def test_persons_in_a_row_stand_on_one_line_and_are_of_one_length() -> None:
    def persons(text: str) -> list[str]:
        return [mention.value for mention in find_ids(text) if mention.name == "person_id"]

    assert persons("PIDs 301177 Helena\n301178 boxes") == ["301177"]
    assert persons("PIDs 301177 Helena and 30117 Bo") == ["301177"]
    assert persons("PIDs 301177 Ann, group 301179, Bo 301178") == ["301177", "301178"]


def test_several_ids_in_a_row_are_all_read() -> None:
    claims = find_ids("Status of claims 26-1001-2, 26-1002-3 and 26-1003-4 please")
    assert [claim.value for claim in claims] == ["26-1001-2", "26-1002-3", "26-1003-4"]
    listed = find_ids("Claim #s 26-330118-2; 26-330119-0; 26-330204-5")
    assert [claim.value for claim in listed] == ["26-330118-2", "26-330119-0", "26-330204-5"]
    persons = find_ids("PIDs 301177 Helena Brandt and 301178 Lucas Brandt were")
    assert [person.value for person in persons] == ["301177", "301178"]


def test_an_npi_has_a_check_digit() -> None:
    assert is_valid_npi("1245319599")
    assert not is_valid_npi("1245319598")
    assert not is_valid_npi("12453195")
