"""Dates in three languages, relative to the day of sending, and what each of them is."""

from __future__ import annotations

from datetime import date

import pytest

from mailbot.classify.dates import find_dates
from mailbot.classify.when import Role, dated
from tests.unit.classify.test_fields import mail, understood

SENT = date(2026, 10, 20)

DAYS = {
    "eff 10/1/2026": "2026-10-01",
    "eff 12/1": "2026-12-01",
    "effective 1/1": "2027-01-01",
    "on 2026-11-01": "2026-11-01",
    "12-1-26": "2026-12-01",
    "born April 2, 1979": "1979-04-02",
    "the 17th of January 1965": "1965-01-17",
    "1-Nov-2026": "2026-11-01",
    "Nov. 1st": "2026-11-01",
    "dob 5/14/86": "1986-05-14",
    "13/02/1990": "1990-02-13",
    "first of next month": "2026-11-01",
    "the 1st of the month": "2026-11-01",
    "at the end of the month": "2026-10-31",
    "first of the year": "2027-01-01",
    "beginning of next year": "2027-01-01",
    "a principios del próximo año": "2027-01-01",
    "明年年初": "2027-01-01",
    "DOB 07 24 1989": "1989-07-24",
    "born 4 / 11 / 1972": "1972-04-11",
    "el 8 de mayo del 71": "1971-05-08",
    "effective immediately": "2026-10-20",
    "as of today": "2026-10-20",
    "立即生效": "2026-10-20",
    "end of November": "2026-11-30",
    "by month end": "2026-10-31",
    "effective the first": "2026-11-01",
    "by the 15th": "2026-10-15",
    "yesterday": "2026-10-19",
    "last Friday": "2026-10-16",
    "next Monday": "2026-10-26",
    "1 de diciembre": "2026-12-01",
    "3 de mayo de 1982": "1982-05-03",
    "el 1° de noviembre": "2026-11-01",
    "a fin de mes": "2026-10-31",
    "el primero del próximo mes": "2026-11-01",
    "ayer": "2026-10-19",
    "born on the third of August 2011": "2011-08-03",
    "the twenty-second of March 1964": "1964-03-22",
    "twenty second of March, 1964": "1964-03-22",
    "effective December fifteenth": "2026-12-15",
    "November the thirtieth": "2026-11-30",
    "April ninth, 1975": "1975-04-09",
    "as of May first 2027": "2027-05-01",
    "12月1日": "2026-12-01",
    "1990年7月15日": "1990-07-15",
    "十二月一日": "2026-12-01",
    "明年1月1日": "2027-01-01",
    "下个月1号": "2026-11-01",
    "月底": "2026-10-31",
    "昨天": "2026-10-19",
}


@pytest.mark.parametrize("text", DAYS)
def test_a_day_is_read(text: str) -> None:
    [mention] = find_dates(text, SENT)
    assert (mention.day.isoformat(), mention.is_month) == (DAYS[text], False)


MONTHS = {
    "our October bill": "2026-10",
    "for Sept 2026": "2026-09",
    "period 09/2026": "2026-09",
    "last month's invoice": "2026-09",
    "el mes pasado": "2026-09",
    "上个月的账单": "2026-09",
    "9月份": "2026-09",
}


@pytest.mark.parametrize("text", MONTHS)
def test_a_month_is_read(text: str) -> None:
    [mention] = find_dates(text, SENT)
    assert (mention.month, mention.is_month) == (MONTHS[text], True)


@pytest.mark.parametrize(
    "text",
    [
        "claim 26-44017-2",
        "118-40-22917",
        "call 555-0101",
        "open 24/7",
        "we may add him",
        "a SEP",
        "page 3 of 4",
        "13/45",
        "he left 3 days ago",
        "the whole set",
        "a dec page",
        "jan called",
    ],
)
def test_what_is_no_date_is_left_alone(text: str) -> None:
    assert find_dates(text, SENT) == ()


@pytest.mark.parametrize(
    "text",
    [
        *("A12/1/2026", "112/1/2026", "12/1/2026a", "#12/1/26", "$12/1", "#Nov 1"),
        *("3-12/1/2026", "claim 26/12/1/2026", "version 1.12/1/2026", "id 5-2026-11-01", "1/11/1/2026"),
        *("12/1/2026-5", "12/1/2026-a", "12/1/2026/7", "12/1/2026.5", "2026-11-01-7"),
    ],
)
def test_a_part_of_a_longer_number_is_no_date(text: str) -> None:
    assert find_dates(text, SENT) == ()
    assert find_dates(f"see {text} please", SENT) == ()


@pytest.mark.parametrize(
    "text",
    [
        *("-12/1/2026", "12/1/2026.", "(12/1/2026)", "12/1/2026, thanks", "12/1/2026/", "12/1/26-", "/12/1/2026"),
        *("会12/1/2026", "12/1/2026中", "x/12/1/2026", "12/1/2026-\n", "eff:12/1/2026"),
    ],
)
def test_signs_around_a_date_leave_it_one(text: str) -> None:
    [mention] = find_dates(text, SENT)
    assert mention.day.isoformat() == "2026-12-01"


@pytest.mark.parametrize(
    "text", ["11/1-12/31", "11/1/26-12/31/26", "11/1 - 12/31", "11/1/2026-12/31/2026", "11/1 – 12/31"]
)
def test_both_ends_of_a_range_are_dates(text: str) -> None:
    assert [mention.day.isoformat() for mention in find_dates(text, SENT)] == ["2026-11-01", "2026-12-31"]


ROLES = {
    "DOB 3/9/84": Role.BIRTH,
    "nacido el 12 de junio de 1988": Role.BIRTH,
    "1987年3月8日出生": Role.BIRTH,
    "Georgette Tremaine (7-16-1978)": Role.BIRTH,
    "had our son on 10/12": Role.BIRTH,
    "effective 11/1": Role.EFFECTIVE,
    "coverage should kick in on 11/1": Role.EFFECTIVE,
    "a partir del 1 de noviembre": Role.EFFECTIVE,
    "12月1日生效": Role.EFFECTIVE,
    "take her off 12/31": Role.ENDING,
    "coverage through 10/31": Role.ENDING,
    "终止到10月31日": Role.ENDING,
    "our ACH went out on 10/6": Role.PAYMENT,
    "10月12日付了": Role.PAYMENT,
    "birth date is wrong. It should be 5/2/2023": Role.BIRTH,
    "the date is wrong. It should be 10/1": Role.EFFECTIVE,
    "not 11/1": Role.OTHER,
    "loaded 11/1 by mistake": Role.OTHER,
    "coverage stopped on 9/30": Role.ENDING,
    "last day of coverage 10/31": Role.ENDING,
    "his last day is 10/9": Role.OTHER,
    "employment ended 8/14": Role.OTHER,
    "died on 10/11": Role.DEATH,
    "on her husband's plan 1/1": Role.ELSEWHERE,
    "she is eligible 12/1": Role.EFFECTIVE,
    "go from single to family coverage December 1 because she got custody": Role.NONE,
    "you took out 288.14 on 10/3": Role.PAYMENT,
    "$2,310.60 el 2 de octubre": Role.PAYMENT,
    "nos cobraron dos veces, una el 5 de octubre": Role.PAYMENT,
    "10月6日寄了一张支票": Role.PAYMENT,
    "从12月1号起": Role.EFFECTIVE,
    "请在10月31日停掉他的保险": Role.ENDING,
    "hired 9/14": Role.HIRED,
    "he started on 9/14": Role.HIRED,
    "last day worked was 10/9": Role.OTHER,
    "your letter dated 9/18": Role.OTHER,
    "lost her coverage 9/30": Role.OTHER,
    "9月30日登记结婚": Role.OTHER,
    "me casé el 3 de octubre": Role.OTHER,
    "a new case for 1/1/2027": Role.EFFECTIVE,
    "the case starts on 1/1": Role.EFFECTIVE,
    "the rates you quoted 10/15": Role.OTHER,
}


@pytest.mark.parametrize("text", ROLES)
def test_the_words_around_a_date_say_what_it_is(text: str) -> None:
    [one] = dated(text, SENT)
    assert one.role is ROLES[text]


def test_two_dates_in_one_sentence_keep_their_own_words() -> None:
    found = dated("He was hired 8/24, was born 1/17/1965, and his coverage begins 11/1.", SENT)
    assert [(one.mention.day.isoformat(), one.role) for one in found] == [
        ("2026-08-24", Role.HIRED),
        ("1965-01-17", Role.BIRTH),
        ("2026-11-01", Role.EFFECTIVE),
    ]


def test_a_corrected_date_is_what_the_wrong_one_was_said_to_be() -> None:
    found = dated("DOB went over as 1/7/1960, correct is 7/1/1960", SENT)
    assert [one.role for one in found] == [Role.BIRTH, Role.BIRTH]
    assert found[1].weight > found[0].weight


def test_the_day_of_a_payment_is_past() -> None:
    [first, second] = dated("you took out 288.14 on the 3rd and again on the 5th", SENT)
    assert [one.mention.day.isoformat() for one in (first, second)] == ["2026-10-03", "2026-10-05"]


def test_a_given_name_is_no_month() -> None:
    found = understood(mail("June Abbey <june@abbey.example>", "", TEXT), "eligibility.plan_change")
    assert [field.value for field in found.fields if field.name == "effective_date"] == ["2027-01-01"]


TEXT = "I (June Abbey, KLM 220 118 001, group 30991) would like the Silver plan from January."


def test_yesterday_is_no_effective_date_by_a_weak_word() -> None:
    [one] = dated("the renewal was added yesterday", SENT)
    assert one.role is Role.OTHER


@pytest.mark.parametrize("behind", ["\nHe was born here.", "\n\nHis coverage ended.\nPaid.", "", " and more"])
def test_what_stands_in_the_lines_below_a_date_says_nothing_of_it(behind: str) -> None:
    [one] = dated(f"Please add him.\nHis coverage begins 11/1/2026{behind}", SENT)
    assert one.role is Role.EFFECTIVE


@pytest.mark.parametrize("text", ["110/15/2026", "x10/15/2026", "1-10-15-26"])
def test_figures_within_a_longer_word_are_no_date(text: str) -> None:
    assert dated(f"number {text} of the list", SENT) == ()


@pytest.mark.parametrize("text", ["10/15/2026", "on 10-15-26", "于10/15/2026", "_10.15.2026_", "é10/15/2026,"])
def test_figures_behind_any_other_sign_are_a_date(text: str) -> None:
    assert [one.mention.day.isoformat() for one in dated(text, SENT)] == ["2026-10-15"]
