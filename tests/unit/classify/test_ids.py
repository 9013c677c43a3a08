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
