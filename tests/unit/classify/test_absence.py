"""Until when somebody is away: the day that an automatic reply names, in three languages."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.classify.absence import back_on

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("I am out of the office until December 2 with no access to mail.", date(2026, 12, 2)),
        ("I will be back on Monday.", date(2026, 11, 30)),
        ("I will be back on Tuesday.", date(2026, 12, 1)),
        ("I'm away from Nov 24 to Dec 1, 2026.", date(2026, 12, 1)),
        ("Returning 12/01/2026", date(2026, 12, 1)),
        ("I will return on Tuesday, December 8th.", date(2026, 12, 8)),
        ("I'm on leave through 1 December.", date(2026, 12, 1)),
        ("back tomorrow", date(2026, 11, 25)),
        ("I return January 4.", date(2027, 1, 4)),
        ("Estoy fuera de la oficina hasta el 2 de diciembre.", date(2026, 12, 2)),
        ("Regreso el lunes 30 de noviembre.", date(2026, 11, 30)),
        ("Estaré de vacaciones del 24 de noviembre al 1 de diciembre.", date(2026, 12, 1)),
        ("我休假至12月2日，12月3日返回。", date(2026, 12, 3)),
        ("我将于下周一回来。", date(2026, 11, 30)),
        # Days that are about something else.
        ("I am away until December 2. Your deadline is December 9.", date(2026, 12, 2)),
        ("Our spring fair is on December 5. I am back on November 30.", date(2026, 11, 30)),
    ],
)
def test_the_day_of_return(text: str, day: date) -> None:
    assert back_on(text, TUESDAY) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I am out of the office.",
        "I am away. I was back on November 20.",  # it lies behind
        "I will be back in March.",  # no day
        "I am on sabbatical until August 1, 2027.",  # too far: somebody else reads the mail
        "We have received your message of December 1.",
        "Back on February 31.",
    ],
)
def test_no_day_of_return(text: str) -> None:
    assert back_on(text, TUESDAY) is None


@given(st.text(max_size=400), st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_a_day_of_return_lies_ahead(text: str, sent: date) -> None:
    day = back_on(f"back until {text}", sent)
    assert day is None or 0 < (day - sent).days <= 60
