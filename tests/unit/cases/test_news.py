"""What is news for staff, for whom, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mailbot.cases.events import Event, EventKind
from mailbot.cases.news import QUARTER, What, concerned, news_of, next_quarter
from mailbot.cases.people import Notices, Person, Role
from mailbot.mail import Address

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def colleague(name: str, *, teams: tuple[str, ...] = ("Enrollment",), **changes: object) -> Person:
    values: dict[str, object] = {"notices": Notices.EACH, "teams": teams} | changes
    return Person(Address(f"{name.lower()}@staff.example", name), Role.STAFF, **values)  # type: ignore[arg-type]


ANN, BEN = colleague("Ann"), colleague("Ben", teams=("Billing", "Enrollment"))
CAT = colleague("Cat", teams=("Billing",))
GONE, DEAF = colleague("Gone", active=False), colleague("Deaf", notices=Notices.NONE)
BROKER = Person(Address("dana@broker.example", "Dana"), Role.PRODUCER, teams=("Enrollment",), notices=Notices.EACH)
EVE = Person(Address("e.stone@staff.example", "Eve Stone"), Role.STAFF, teams=("Appeals",), notices=Notices.EACH)
ALL = (ANN, BEN, CAT, GONE, DEAF, BROKER, EVE)


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (EventKind.CASE_OPENED, What.NEW_CASE),
        (EventKind.MESSAGE_APPENDED, What.REPLY),
        (EventKind.LETTER_REFUSED, What.LETTER_FAILED),
        (EventKind.LETTER_BOUNCED, What.LETTER_FAILED),
        (EventKind.CLOSING_WAITED, What.NOT_CLOSED),
        (EventKind.NOTE_ADDED, None),
        (EventKind.CASE_RESOLVED, None),
        (EventKind.MACHINE_MAIL_STORED, None),
        (EventKind.LETTER_SENT, None),
    ],
)
def test_what_an_event_is_for_staff(kind: EventKind, what: What | None) -> None:
    assert news_of(Event(kind, "why")) is what


@pytest.mark.parametrize(
    "why",
    [
        "the listener was down; until 2026-12-05 15:58 UTC other servers may bring what they kept",
        "mail that has come in is not taken in yet: `mailbot tick` or the running service does it",
        "folder INBOX of mailbox desk has not been read to its end since the service started: that comes first",
    ],
)
def test_what_passes_by_itself_is_no_news(why: str) -> None:
    assert news_of(Event(EventKind.CLOSING_WAITED, why)) is None


@pytest.mark.parametrize("kind", ["command_result", "staff_notice"])
@pytest.mark.parametrize("event", [EventKind.LETTER_REFUSED, EventKind.LETTER_BOUNCED])
def test_pain_26_a_letter_to_staff_that_failed_is_no_news_of_the_case(event: EventKind, kind: str) -> None:
    assert news_of(Event(event, f"{kind}: 550 no such user")) is None
    assert news_of(Event(event, f"{kind}: 550 5.1.1: no such user")) is None


def test_what_somebody_writes_is_news_whatever_its_reason_says() -> None:
    """The words of a machine in a reason of another kind of event decide nothing."""
    assert news_of(Event(EventKind.MESSAGE_APPENDED, "command_result: 550")) is What.REPLY
    assert news_of(Event(EventKind.CASE_OPENED, "mail that has come in is not taken in yet")) is What.NEW_CASE


@pytest.mark.parametrize(
    ("team", "assignee", "meant"),
    [
        ("Enrollment", None, [ANN, BEN]),
        ("Billing", None, [BEN, CAT]),
        ("Appeals", None, [EVE]),
        ("Claims", None, []),
        ("Billing", "eve STONE", [EVE]),
        ("Billing", "e.stone", [EVE]),
        ("Billing", "E.Stone@staff.example", [EVE]),
        ("Billing", "staff.example", [BEN, CAT]),
        ("", None, []),
        ("Billing", "Ann", [ANN]),
        ("Billing", " ann@STAFF.example ", [ANN]),
        ("Billing", "ANN", [ANN]),
        ("Billing", "somebody else", [BEN, CAT]),
        ("Billing", "Gone", [BEN, CAT]),
        ("Billing", "Deaf", []),
        ("Billing", "Dana", [BEN, CAT]),
    ],
)
def test_whoever_has_the_case_hears_of_it_else_its_team(team: str, assignee: str | None, meant: list[Person]) -> None:
    assert concerned(ALL, team, assignee) == meant


@pytest.mark.parametrize(
    ("minutes", "then"), [(0, 15), (1, 15), (14.99, 15), (15, 30), (59, 60)], ids=lambda value: str(value)
)
def test_a_digest_waits_for_the_next_full_quarter(minutes: float, then: int) -> None:
    assert next_quarter(NOON + timedelta(minutes=minutes)) == NOON + timedelta(minutes=then)


@given(some.integers(0, 10**15).map(lambda microseconds: NOON + timedelta(microseconds=microseconds)))
def test_the_next_quarter_is_ahead_and_at_most_a_quarter_away(now: datetime) -> None:
    then = next_quarter(now)
    assert timedelta() < then - now <= QUARTER
    assert (then.minute % 15, then.second, then.microsecond) == (0, 0, 0)
