"""Which day a change takes effect: said plainly, pointed back to, line by line, in a list, or by birth."""

from __future__ import annotations

import pytest

from mailbot.mail import Attachment
from tests.unit.classify.test_fields import mail, understood, values

TERM, DEPENDENT, SUBSCRIBER = "eligibility.termination", "eligibility.add_dependent", "eligibility.add_subscriber"
PLAN = "eligibility.plan_change"
HEAD = "Name\tDOB\tEff date\n"
PEOPLE = "Lee, Ann\t01/02/1990\t{}\nFry, Bo\t03/04/1985\t{}"


def effective(category: str, text: str, *files: Attachment) -> tuple[str, ...]:
    """Of a mail of October 20th, 2026."""
    found = understood(mail("Rae Sutter <rae@sutter.example>", "", text, *files), category)
    return values(found, "effective_date")


def sheet(text: str) -> Attachment:
    return Attachment("2", "list.xlsx", "application/xlsx", "application/xlsx", 10, "0", inline=False, text=text)


@pytest.mark.parametrize(
    ("category", "text", "days"),
    [
        (TERM, "Ann Lee left 10/9; end her coverage 10/31.", ["2026-10-31"]),
        (TERM, "Please term Ann Lee and Bo Fry 10/31/2026", ["2026-10-31"]),
        (TERM, "Ann Lee's last day worked is 10/15. End it at the end of the month.", ["2026-10-31"]),
        (SUBSCRIBER, "Add Ann Lee 11/1.", ["2026-11-01"]),
        (SUBSCRIBER, "Ann Lee, hired 8/3/2026. Effective first of the month.", ["2026-11-01"]),
        # Of two days that are said as plainly, coverage begins on a first and ends on a last.
        (PLAN, "change Ann Lee to Gold effective 11/15/2026 or 12/1/2026", ["2026-12-01"]),
        (TERM, "Please term Ann Lee.", []),
    ],
)
def test_the_day_that_the_change_is_asked_for_counts(category: str, text: str, days: list[str]) -> None:
    assert effective(category, text) == tuple(days)


@pytest.mark.parametrize(
    ("category", "text", "day"),
    [
        (TERM, "Ann Lee left on 10/30. Please term her as of that day.", "2026-10-30"),
        (TERM, "Ann Lee left on 10/30. Please term her the next day.", "2026-10-31"),
        (DEPENDENT, "Adoption of Tim Lee was final 10/5/2026, add him as of the date of the adoption.", "2026-10-05"),
    ],
)
def test_that_day_is_the_one_that_was_named_before(category: str, text: str, day: str) -> None:
    assert effective(category, text) == (day,)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("from birth", "2026-10-12"),
        ("effective from his date of birth", "2026-10-12"),
        ("effective 11/1/2026", "2026-11-01"),
    ],
)
def test_a_newborn_is_covered_from_birth_unless_another_day_is_named(said: str, day: str) -> None:
    assert effective(DEPENDENT, f"Please add our baby Tim Platt, born 10/12/2026, {said}.") == (day,)


def test_each_line_of_a_list_has_its_own_day() -> None:
    both = HEAD + PEOPLE.format("11/01/2026", "12/01/2026")
    assert effective(SUBSCRIBER, "see list", sheet(both)) == ("2026-11-01", "2026-12-01")
    assert effective(SUBSCRIBER, both) == ("2026-11-01", "2026-12-01")
    named = "Please terminate these:\nAnn Lee, coverage ends 10/31/2026\nBo Fry, coverage ends 11/30/2026"
    assert set(effective(TERM, named)) == {"2026-10-31", "2026-11-30"}


def test_a_list_without_days_takes_that_of_the_mail() -> None:
    people = sheet("Name\tDOB\nLee, Ann\t01/02/1990\nFry, Bo\t03/04/1985")
    assert effective(SUBSCRIBER, "see list, effective 1/1/2027", people) == ("2027-01-01",)


def test_where_no_day_is_asked_for_one_in_passing_is_none() -> None:
    assert effective("eligibility.id_card", "Card for Ann Lee, effective 9/1/2026.") == ()
