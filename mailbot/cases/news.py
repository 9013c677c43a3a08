"""What staff hear of cases by mail: which happenings are news, for whom, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from mailbot.cases.answering import TO_STAFF
from mailbot.cases.events import Event, EventKind
from mailbot.cases.people import Notices, Person
from mailbot.cases.proof import passes_by_itself

QUARTER = timedelta(minutes=15)
#: Who wants each notice alone gets so many in an hour, and news of so many cases at once; beyond that, together.
MOST_AN_HOUR = 20
MOST_AT_ONCE = 5
#: Cases that one notice lists; of the others it says how many they are.
MOST_LISTED = 40


class What(StrEnum):
    """The kinds of news; the letter has a sentence for each."""

    NEW_CASE = "new_case"
    REPLY = "reply"
    REVIEW = "review"
    LETTER_FAILED = "letter_failed"
    NOT_CLOSED = "not_closed"


_NEWS: Mapping[EventKind, What] = {
    EventKind.CASE_OPENED: What.NEW_CASE,
    EventKind.MESSAGE_APPENDED: What.REPLY,
    EventKind.LETTER_REFUSED: What.LETTER_FAILED,
    EventKind.LETTER_BOUNCED: What.LETTER_FAILED,
    EventKind.CLOSING_WAITED: What.NOT_CLOSED,
}


@dataclass(frozen=True, slots=True)
class CaseNews:
    """All that a notice tells of one case: number, category in plain words ("" where it is not sure) and state.

    `why` is the sentence on what keeps it open, in the desk's own words.
    """

    number: str
    category: str
    state: str
    whats: tuple[What, ...]
    why: str = ""


def news_of(event: Event) -> What | None:
    """What an event of a case is for staff; None where they need not hear of it at once."""
    what = _NEWS.get(event.kind)
    passes = what is What.NOT_CLOSED and passes_by_itself(event.why)
    to_staff = what is What.LETTER_FAILED and event.why.partition(":")[0] in TO_STAFF
    return None if passes or to_staff else what


def concerned(staff: Iterable[Person], team: str, assignee: str | None) -> list[Person]:
    """Who of the staff hears of a case: whoever has it, else its team; and of them who wants to."""
    everybody = [person for person in staff if person.is_active_staff and not person.is_domain]
    its_own = [person for person in everybody if assignee and _is_called(person, assignee)]
    meant = its_own or [person for person in everybody if team in person.teams]
    return [person for person in meant if person.notices is not Notices.NONE]


def next_quarter(now: datetime) -> datetime:
    """The next full quarter of an hour."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return hour + QUARTER * ((now - hour) // QUARTER + 1)


def _is_called(person: Person, assignee: str) -> bool:
    named = assignee.strip().casefold()
    return named in (person.address.key, person.name.casefold(), person.address.key.partition("@")[0])
