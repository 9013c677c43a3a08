"""Flags: what is retroactive, who is new-born, how many people a mail is about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.cases.understanding import Flags
from mailbot.mail import Attachment
from tests.unit.classify.test_fields import mail, understood

CENSUS = "Name\tDOB\nLee, Ann\t01/02/1990\nFry, Bo\t03/04/1985"


def flags(category: str, text: str, *files: Attachment) -> Flags:
    return understood(mail("Rae Sutter <rae@sutter.example>", "", text, *files), category).flags


def sheet(text: str) -> Attachment:
    return Attachment("2", "census.xlsx", "application/xlsx", "application/xlsx", 10, "0", inline=False, text=text)


@pytest.mark.parametrize(
    ("category", "text", "several"),
    [
        ("eligibility.termination", "Drop Ann Lee and Bo Fry as of 10/31.", True),
        ("eligibility.termination", "Please remove Ann Lee. Her boss Bo Fry agreed.", False),
        ("eligibility.termination", "Divorce of Bo Fry; please remove Ann Fry from his contract.", False),
        ("eligibility.id_card", "Cards for KLM 220 118 001 and KLM 220 118 002 please.", True),
        ("enrollment.determination", "My client Ann Lee, her son Tyler and daughter Mia Lee were denied.", True),
        ("enrollment.determination", "Ann Lee (PID 118204) was denied. She works for Tully Imports.", False),
        ("group.web_access", "Remove Ann Lee, add Bo Fry as user.", False),
        ("other.general", "What about KLM 220 118 001 and KLM 220 118 002?", True),
        ("group.edi_file", "The file dropped Ann Lee and Bo Fry.", True),
        ("eligibility.add_dependent", "Add her sons Tyler Lee and Adam Lee to Ann Lee's contract.", True),
        ("billing.invoice", "You still bill us for Ann Lee and Bo Fry.", True),
        ("provider.claim_question", "Patient Ann Lee, claim 26-1182-1, and patient Bo Fry, claim 26-1182-2.", True),
        ("provider.claim_question", "Patient Ann Lee, seen by Dr. Bo Fry, claim 26-1182-1.", False),
        ("producer.authorization", "Ann Lee and Bo Fry wait for their renewal.", False),
    ],
)
def test_several_are_those_whose_coverage_the_mail_is_about(category: str, text: str, several: bool) -> None:
    assert flags(category, text).multiple_consumers is several


def test_the_members_of_a_list_that_came_with_a_bill_or_a_new_group_are_named_too() -> None:
    for category in ("billing.reconciliation", "group.setup"):
        assert flags(category, "see the list", sheet(CENSUS)).multiple_consumers
    assert not flags("provider.claim_question", "see the list", sheet(CENSUS)).multiple_consumers


@pytest.mark.parametrize(
    ("category", "text", "retroactive"),
    [
        ("eligibility.add_subscriber", "Add Ann Lee effective 10/1/2026.", True),
        ("eligibility.add_subscriber", "Add Ann Lee effective 11/1/2026.", False),
        ("eligibility.termination", "Term Ann Lee effective immediately.", False),
        ("eligibility.address_change", "Ann Lee moved, 4 Elm St, Dover, DE 19901, eff 10/15.", False),
        ("enrollment.consumer_enrollment", "Ann Lee, coverage effective 9/1, has no card.", False),
        ("enrollment.consumer_enrollment", "Ann Lee was loaded 11/1, please correct to 10/1.", True),
        ("eligibility.id_card", "Ann Lee, effective 9/1, has no card.", False),
        ("enrollment.termination_issue", "Ann Lee was terminated 9/30, reinstate her.", True),
    ],
)
def test_a_past_date_is_retroactive_where_a_change_is_asked_for_it(category: str, text: str, retroactive: bool) -> None:
    assert flags(category, text).retroactive is retroactive


@pytest.mark.parametrize(
    ("text", "newborn"),
    [
        ("Boss baby is here!! Valeria Pineda, october 16 2026, put her on from when she was born", True),
        ("Welcome Oliver Reyes, born to Manny Reyes and his wife Crystal on October 11th", True),
        ("Our new arrival Oliver Reyes, born October 11th, 2026, from birth", True),
        ("add my daughter Nora Platt, 5/2/2015", False),
        ("我太太上周生了，宝宝叫 Ethan Zhou，2026年10月13日出生", True),
    ],
)
def test_a_newborn_is_told_by_words_or_by_the_day_of_birth(text: str, newborn: bool) -> None:
    assert flags("eligibility.add_dependent", text).newborn is newborn


@pytest.mark.parametrize(
    ("born", "newborn"),
    [
        ("10/20/2026", True),  # the day of the mail
        ("7/12/2026", True),
        ("7/11/2026", False),
        ("4/2/2019", False),
    ],
)
def test_a_child_is_a_newborn_for_a_hundred_days(born: str, newborn: bool) -> None:
    assert flags("eligibility.add_dependent", f"add our child Nora Platt, born {born}").newborn is newborn


def test_a_newborn_is_one_who_is_added() -> None:
    assert not flags("eligibility.id_card", "Our newborn Nora Platt, born 10/12/2026, has no card.").newborn


@pytest.mark.parametrize(
    "file", [sheet("SSN 900-41-7725"), replace(sheet(""), form=(("SSN", "900-41-7725"), ("Name", "Ann Lee")))]
)
def test_a_number_that_should_not_be_mailed_is_seen_in_files_and_forms(file: Attachment) -> None:
    assert flags("eligibility.termination", "see the list", file).contains_ssn
    assert not flags("eligibility.termination", "see the list", sheet("SSN on file")).contains_ssn
