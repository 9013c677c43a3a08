"""A whole working day by mail alone, on each engine: real SMTP both ways, real signatures, and the cases at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.staff_mail.door import CLAIM
from tests.town import Town, town
from tests.working_day import (
    ANN,
    BEN,
    CARDS,
    CLEO,
    DANA,
    DOCTORS,
    DOMAINS,
    EMMA,
    EVE,
    LISTS,
    NIA,
    NOTICES,
    PAUL,
    RECORDS_OF,
    SECRETS,
    STAFF,
    WorkingDay,
    listing,
)

#: The cases at the end of the day: how they were opened, what is with them, and whose they are.
AT_SIX = [
    (CARDS, "resolved", "eligibility.id_card", [DANA], "Ann Lee", 4),
    (NOTICES, "awaiting_sender", "billing.delinquency", [EMMA], None, 6),
    (RECORDS_OF, "awaiting_staff", "provider.preauth_documents", [PAUL], None, 7),
    (DOCTORS, "resolved", "eligibility.pcp_change", [NIA], "Ben Ode", 6),
    (LISTS, "awaiting_staff", "other.general", [EMMA], None, 4),
    ("A079 Eve as Ann, without a signature", "awaiting_staff", "other.general", [], None, 1),
    ("A079 Eve as Ann, with a signature that does not hold", "awaiting_staff", "other.general", [], None, 1),
    ("A080 of the house, and not of the desk", "awaiting_staff", "other.general", [CLEO], None, 1),
    ("A082 forwards Dana's command without a word", "awaiting_staff", "other.general", [DANA], None, 1),
    ("A083 writes a command herself", "awaiting_staff", "other.general", [DANA], None, 1),
]


@pytest.fixture
def place(database_url: str, tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path / "desk", database_url, DOMAINS, STAFF) as open_town:
        yield open_town


def test_a_working_day_of_thirty_mails_and_some_forgeries(place: Town) -> None:
    day = WorkingDay(place)
    day.play()
    # Thirty-five mails came; each was taken in, and one was the same mail once more.
    assert len(place.steps) == 35
    assert Counter(step.outcome for step in place.steps)["duplicate"] == 1
    assert [row.state for row in place.desk.arrivals()] == ["done"] * 34
    # These are the cases that they left.
    shown = [
        (row["opened by"], row["state"], row["category"], row["people"], row["assignee"], len(row["messages"]))  # type: ignore[arg-type]
        for row in listing(place)
    ]
    assert shown == [
        (opened, state, category, [who.address for who in people], assignee, messages)
        for opened, state, category, people, assignee, messages in AT_SIX
    ]
    # Every domain that signs was looked up, by a real question: that a mail passed was proven.
    assert set(place.zone.asked) == {f"sel._domainkey.{domain}" for domain in DOMAINS if domain != EVE.domain}
    _the_right_people_got_the_right_letters(place)
    _nothing_of_any_case_was_told(place)
    _the_forgeries_did_nothing(place, day)


def _the_right_people_got_the_right_letters(place: Town) -> None:
    assert place.kinds_to(DANA) == [
        "info_request",
        "information_received",
        "resolution",
        "acknowledgment",
        "acknowledgment",
    ]
    assert place.kinds_to(EMMA) == ["acknowledgment", "acknowledgment", "info_request"]
    assert place.kinds_to(PAUL) == ["info_request", "info_request", "info_request", "answer", "information_received"]
    assert place.kinds_to(NIA) == ["info_request", "information_received", "resolution"]
    assert set(place.kinds_to(ANN)) == set(place.kinds_to(BEN)) == {"command_result"}
    assert place.letters_to(EVE) == []
    # What Ann wrote to Emma and to Paul went by her own mail server: the desk sent nothing for it.
    assert all("Ann Lee" not in str(letter["From"]) for letter in place.letters_to(EMMA) + place.letters_to(PAUL))


def _nothing_of_any_case_was_told(place: Town) -> None:
    for each in place.world.received:
        assert len(each.recipients) == 1
        text = each.content.decode()
        told = [secret for secret in SECRETS if secret in text]
        assert not told, (each.recipients, told)


def _the_forgeries_did_nothing(place: Town, day: WorkingDay) -> None:
    emmas = place.desk.case(day.number(NOTICES))
    assert (emmas.state, emmas.comments) == ("awaiting_sender", "")
    asked = [event for event in place.desk.events(emmas.number) if event.kind == "information_asked"]
    assert len(asked) == 1  # though the mail that asked came three times
    claims = [row.number for row in place.desk.cases() if CLAIM in row.review]
    assert len(claims) == 2
    assert all((emmas.number, "may_belong_to") in place.desk.case(number).linked for number in claims)
    # Until staff have looked, this case is not closed for want of a reply.
    assert sum("may belong here" in reason for reason in emmas.review) == 4


def test_the_order_of_the_day_is_told_to_staff_as_it_came(place: Town) -> None:
    day = WorkingDay(place)
    day.morning()
    assert "#assign: done." in place.text_to(ANN)
    assert "was taken in for its sender" in place.text_to(ANN)
    day.noon()
    assert "#resolve: refused. you are not permitted to do this by mail" in place.text_to(BEN)
    assert "was taken in for its sender" in place.text_to(ANN)
