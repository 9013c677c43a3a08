"""Story 73: staff hear of what happens to cases, by mails that tell nothing but number, category and state."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailbot import failpoints
from mailbot.cases.news import MOST_AN_HOUR
from mailbot.cases.people import Notices, Person, Role
from mailbot.mail import Address, Envelope
from mailbot.replies.outcomes import Refused
from mailbot.store.arrivals import NewArrival
from mailbot.store.reports import LetterRow
from tests.desks import Desk, open_desk, text_of
from tests.integration.test_time_commands import run
from tests.mails import DESK, MONDAY, bounce_of, mail, reply
from tests.stories.inbox import Inbox, address
from tests.stories.tales import BOTH, ONE, OTHER

ANN = "Ann Lee <ann@staff.example>"
BEN = "Ben Cole <ben@staff.example>"
PCP = "category: eligibility.pcp_change"
TEAM = "Enrollment"
NOTICE = "staff_notice"


class Newsroom(Inbox):
    """The words for stories about notices."""

    def joins(self, who: str, notices: Notices, teams: tuple[str, ...] = (TEAM,), **changes: Any) -> None:
        """Somebody of the staff is in the directory like this."""
        person = Person(
            Address(address(who), who.partition(" <")[0]), Role.STAFF, teams=teams, notices=notices, **changes
        )
        with self.desk.store.writing() as transaction:
            transaction.directory.put([person], "test")

    def tells(self) -> list[LetterRow]:
        """The notices that are written now."""
        before = {row.letter_id for row in self.desk.letters()}
        self.desk.app.noticeboard.post()
        return [row for row in self.desk.letters() if row.kind == NOTICE and row.letter_id not in before]

    def told(self) -> list[tuple[str, str]]:
        """To whom, and what, leaving out what every notice says."""
        return [(row.to, news_in(text_of(self.desk.letter(row)))) for row in self.tells()]


def news_in(text: str) -> str:
    """The lines about cases, as one line."""
    lines = text.partition("ANSWERING")[0].splitlines()
    return " | ".join(line.strip(" -") for line in lines[4:] if line.strip())


@pytest.fixture
def room(desk: Desk) -> Newsroom:
    return Newsroom(desk)


def test_a_new_case_is_told_to_its_team_and_to_nobody_else(room: Newsroom) -> None:
    room.joins(ANN, Notices.EACH)
    room.joins(BEN, Notices.EACH, teams=("Billing",))
    number = room.inquires(f"{PCP}\n{BOTH}")
    ((to, said),) = room.told()
    assert to == "ann@staff.example"
    assert said == (f"Case number: {number} | {number}: Choosing a primary care provider | Pending | It is new.")


def test_a_reply_a_mark_and_a_letter_that_failed_are_told(room: Newsroom) -> None:
    room.joins(ANN, Notices.EACH)
    room.courier.outcomes = [Refused(550, "550 5.1.1 no such user")]
    number = room.inquires(f"{PCP}\n{ONE}")
    ((_, said),) = room.told()
    assert said.endswith(
        "Incomplete | It is new. | It carries a mark: please look at it. | "
        "A letter to the sender could not be delivered."
    )
    room.writes(mail(OTHER, subject=f"Re: [Case {number}]"))
    ((_, said),) = room.told()
    assert said.endswith("Pending | A reply came.")


def test_a_case_that_could_not_be_closed_is_told_with_what_is_lacking_once(room: Newsroom) -> None:
    room.joins(ANN, Notices.EACH)
    number = room.inquires(f"{PCP}\n{ONE}")
    room.tells()
    with room.desk.store.writing() as transaction:
        transaction.arrivals.refuse(
            NewArrival(mail("Far too big."), Envelope(None, (DESK,)), "imap:x", room.desk.clock.now()), "too big"
        )
    room.on("2026-12-04")
    room.round()
    ((_, said),) = room.told()
    assert "Its deadline has passed, and it could not be closed: arrival" in said
    room.round()
    assert room.told() == [], f"{number} waits for the same thing still"


def test_what_passes_by_itself_is_no_news(room: Newsroom) -> None:
    room.joins(ANN, Notices.EACH)
    room.inquires(f"{PCP}\n{ONE}")
    room.tells()
    room.on("2026-12-04")
    with room.desk.store.writing() as transaction:
        transaction.watches.beat("listener", unbroken=False)
    (waiting,) = room.round().waiting
    assert waiting.why.startswith("the listener was down; until")
    assert room.told() == []


def test_a_digest_comes_at_each_quarter_of_an_hour_with_everything_in_it(room: Newsroom) -> None:
    room.joins(ANN, Notices.DIGEST)
    room.on("2026-11-23 09:01")
    first = room.desk.send(mail(f"{PCP}\n{BOTH}")).case_number
    room.on("2026-11-23 09:05")
    other = f"{PCP}\nsubscriber_id: Q7\npcp_name: Dr. Vell"
    second = room.desk.send(mail(other, sender="carl@broker.example"), "carl@broker.example").case_number
    assert room.told() == []
    room.on("2026-11-23 09:14")
    assert room.told() == []
    room.on("2026-11-23 09:15")
    ((to, said),) = room.told()
    assert to == "ann@staff.example"
    assert f"{first}: Choosing a primary care provider | Pending | It is new." in said
    assert f"{second}: Choosing a primary care provider | Pending | It is new." in said
    room.on("2026-11-23 09:30")
    assert room.told() == [], "nothing happened since"


def test_who_has_the_case_hears_of_it_and_the_rest_of_the_team_does_not(room: Newsroom) -> None:
    room.joins(ANN, Notices.EACH)
    room.joins(BEN, Notices.EACH, teams=())
    number = room.inquires(f"{PCP}\n{BOTH}")
    assert [to for to, _ in room.told()] == ["ann@staff.example"], "who has no team hears of no team's cases"
    room.desk.app.casework.assign(number, "Ben Cole", "ann")
    room.writes(mail("And please hurry.", subject=f"Re: [Case {number}]"))
    assert [to for to, _ in room.told()] == ["ben@staff.example"]
    room.desk.app.casework.assign(number, "somebody of another house", "ann")
    room.writes(mail("And please hurry, really.", subject=f"Re: [Case {number}]"))
    assert [to for to, _ in room.told()] == ["ann@staff.example"]


@pytest.mark.parametrize(
    "changes",
    [{"notices": Notices.NONE}, {"notices": Notices.EACH, "active": False}],
)
def test_who_wants_none_or_has_left_gets_none(room: Newsroom, changes: dict[str, Any]) -> None:
    room.joins(ANN, **changes)
    room.inquires(f"{PCP}\n{BOTH}")
    assert room.told() == []
    room.joins(ANN, Notices.EACH)
    assert room.told() == [], "what happened while nobody wanted to hear of it is no news later"


@pytest.mark.parametrize("changes", [{"notices": Notices.DIGEST, "active": False}, {"notices": Notices.NONE}])
def test_who_leaves_or_wants_none_any_more_before_the_digest_gets_none(room: Newsroom, changes: dict[str, Any]) -> None:
    room.joins(ANN, Notices.DIGEST)
    room.inquires(f"{PCP}\n{BOTH}")
    assert room.told() == []
    room.joins(ANN, **changes)
    room.desk.later(timedelta(minutes=15))
    assert room.told() == []


def test_a_notice_tells_number_category_and_state_and_nothing_else(room: Newsroom) -> None:
    room.joins(ANN, Notices.EACH)
    room.inquires(
        f"{PCP}\nsubscriber_id: QCANARY77\npcp_name: Dr. Canary",
        subject="Canary subject",
        sender="Canary <c@x.example>",
    )
    (row,) = room.tells()
    letter = room.desk.letter(row)
    whole = f"{letter.as_string()} {text_of(letter)}".casefold()
    assert "canary" not in whole
    assert "c@x.example" not in whole
    assert letter["Subject"].startswith("News of cases [Case ")


def test_a_notice_is_a_machines_letter_and_its_answer_finds_the_case(room: Newsroom) -> None:
    room.joins(ANN, Notices.EACH)
    number = room.inquires(f"{PCP}\n{BOTH}")
    (row,) = room.tells()
    letter = room.desk.letter(row)
    assert (letter["Auto-Submitted"], letter["To"]) == ("auto-generated", "ann@staff.example")
    assert letter["Reply-To"].startswith("enrollment+")
    assert "NDR" not in letter["X-Auto-Response-Suppress"]
    with room.desk.store.reading() as transaction:
        assert transaction.outbox.content(row.letter_id).envelope_sender.startswith("enrollment+")
    # Somebody outside who got hold of it can do nothing by its token (promise 7).
    outside = room.desk.send(
        reply("Please close.", to_id=row.message_id, sender="eve@elsewhere.example", to=letter["Reply-To"])
    )
    assert outside.case_number not in (None, number)
    assert room.state(number) == "awaiting_staff"


def test_who_says_the_same_again_has_written_in_the_case_that_is_there(room: Newsroom) -> None:
    room.joins(ANN, Notices.EACH)
    number = room.inquires(f"{PCP}\n{ONE}")
    room.tells()
    again = room.inquires(f"{PCP}\n{BOTH}", subject="New doctor, complete")
    assert room.desk.case(again).merged_into == number
    ((_, said),) = room.told()
    assert said.endswith(f"{number}: Choosing a primary care provider | Pending | A reply came.")


def test_a_notice_in_the_language_of_its_reader(room: Newsroom) -> None:
    room.joins(ANN, Notices.EACH, language="es")
    room.inquires(f"{PCP}\n{BOTH}")
    (row,) = room.tells()
    assert "Es nuevo." in text_of(room.desk.letter(row))


def test_pain_26_a_notice_that_comes_back_stays_out_of_the_case_and_none_follows_it_that_day(room: Newsroom) -> None:
    room.joins(ANN, Notices.EACH)
    number = room.inquires(f"{PCP}\n{BOTH}")
    (row,) = room.tells()
    room.desk.deliver()
    thread, events = len(room.desk.thread(number)), room.desk.events(number)
    room.desk.later()
    bounced = room.desk.send(bounce_of(row.message_id, to="ann@staff.example"), "")
    assert (bounced.outcome, bounced.case_number) == ("stored", None)
    assert (len(room.desk.thread(number)), room.desk.events(number)) == (thread, events)
    assert room.desk.case(number).review == ()
    room.writes(mail("One thing more.", subject=f"Re: [Case {number}]"))
    assert room.told() == []
    room.desk.later(timedelta(days=1))
    room.writes(mail("And another.", subject=f"Re: [Case {number}]"))
    assert len(room.told()) == 1


def test_an_absent_colleague_and_the_desk_make_no_loop(room: Newsroom) -> None:
    """An automatic answer to a notice is kept; it is no news, and is not answered."""
    room.joins(ANN, Notices.EACH)
    room.inquires(f"{PCP}\n{BOTH}")
    (row,) = room.tells()
    room.desk.deliver()
    letters = len(room.desk.letters())
    away = reply("I am away.", to_id=row.message_id, sender=ANN, auto_submitted="auto-replied")
    assert room.desk.send(away, "ann@staff.example").letters == ()
    assert room.told() == []
    assert len(room.desk.letters()) == letters


def test_many_at_once_are_told_together_and_an_hour_has_an_end(room: Newsroom) -> None:
    room.joins(ANN, Notices.EACH)
    for number in range(6):
        room.desk.send(mail(f"category: eligibility.id_card\nsubscriber_id: Q{number}"))
    assert len(room.tells()) == 1, "six cases in one notice"
    for number in range(30):
        room.desk.later(timedelta(seconds=20))
        room.desk.send(mail(f"category: eligibility.id_card\nsubscriber_id: R{number}"))
        room.tells()
    sent = [row for row in room.desk.letters() if row.kind == NOTICE]
    assert len(sent) <= 20 + 1
    room.desk.later(timedelta(minutes=15))
    assert len(room.tells()) == 1, "the rest comes together"


def test_the_twentieth_notice_of_an_hour_comes_at_once_and_the_next_with_the_quarter(room: Newsroom) -> None:
    room.joins(ANN, Notices.EACH)
    told = []
    for number in range(MOST_AN_HOUR + 1):
        room.desk.send(mail(f"category: eligibility.id_card\nsubscriber_id: R{number}"))
        told.append(len(room.tells()))
    assert told == [1] * MOST_AN_HOUR + [0]


def test_notices_take_nothing_of_the_letters_for_people_outside(tmp_path: Path, database_url: str) -> None:
    with open_desk(tmp_path, database_url, outgoing={"in_all_an_hour": 4}) as desk:
        room = Newsroom(desk)
        room.joins(ANN, Notices.EACH)
        for number in range(4):
            room.desk.send(mail(f"category: eligibility.id_card\nsubscriber_id: Q{number}"))
            room.tells()
        kinds = [row.kind for row in desk.letters()]
        assert (kinds.count(NOTICE), len(kinds) - kinds.count(NOTICE)) == (4, 4)


@pytest.mark.parametrize("how", [{"silent": True}, {"received_at": MONDAY - timedelta(days=3)}])
def test_pain_9_old_mail_is_no_news(room: Newsroom, how: dict[str, Any]) -> None:
    room.joins(ANN, Notices.EACH)
    assert room.desk.send(mail(f"{PCP}\n{BOTH}"), **how).case_number
    assert room.told() == []


@pytest.mark.parametrize("point", ["notices.in_sharing", "notices.in_writing"])
def test_who_dies_in_between_tells_everything_once(room: Newsroom, point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    room.joins(ANN, Notices.EACH)
    room.inquires(f"{PCP}\n{BOTH}")
    monkeypatch.setattr(failpoints, "_armed", failpoints.Failpoint(point, "raise", 1))
    with pytest.raises(failpoints.FailpointReached):
        room.desk.app.noticeboard.post()
    monkeypatch.setattr(failpoints, "_armed", None)
    assert [row for row in room.desk.letters() if row.kind == NOTICE] == []
    assert len(room.told()) == 1
    assert room.told() == []


def test_two_nodes_that_look_at_once_tell_everything_once(room: Newsroom) -> None:
    room.joins(ANN, Notices.EACH)
    room.joins(BEN, Notices.EACH)
    for number in range(3):
        room.desk.send(mail(f"category: eligibility.id_card\nsubscriber_id: Q{number}"))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: room.desk.app.noticeboard.post(), range(4)))
    room.desk.app.noticeboard.post()
    texts = [text_of(room.desk.letter(row)) for row in room.desk.letters() if row.kind == NOTICE]
    told = [(case.number, sum(f"\n{case.number}: " in text for text in texts)) for case in room.desk.cases()]
    assert {count for _, count in told} == {2}, "each case once to each of the two"


def test_tick_posts_notices(room: Newsroom) -> None:
    room.joins(ANN, Notices.EACH)
    room.inquires(f"{PCP}\n{BOTH}")
    row = run(room.desk, "tick", "--json", now="2026-11-23T09:30")
    assert json.loads(row.stdout)["noticed"] == 1
    assert room.desk.letters()[-1].state == "sent"
