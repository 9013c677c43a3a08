"""Several messages are understood together as each is alone, and each step goes through all of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbot.cases.rules import Playbook
from mailbot.classify import understand as step
from mailbot.classify.category import CategoryRanker
from mailbot.classify.playbook import load
from mailbot.classify.ranking import Ranking
from mailbot.classify.understand import SentMessage, Understander, understand
from mailbot.mail import Kind, Message
from tests.unit.classify.test_fields import mail

MONDAY, SUNDAY = datetime(2026, 11, 23, 14, tzinfo=UTC), datetime(2026, 12, 6, 9, tzinfo=UTC)
TERM = "Please terminate coverage for Tiffany Oyelaran, group 28850, as of next month."
BAJA = "Por favor den de baja a Ana Ruiz, grupo 40117, el 30 de noviembre."
NAME = "Dana Reed <dana@broker.example>"
MIXED = [
    SentMessage(mail(NAME, "Termination", TERM), Kind.INQUIRY, MONDAY),
    SentMessage(mail(NAME, "Termination", TERM), Kind.INQUIRY, SUNDAY),
    SentMessage(mail(NAME, "Re: [Case 261121-0000428]", "Her id is W883104417."), Kind.REPLY, MONDAY),
    SentMessage(mail(NAME, "Out of office", "I am back on 11/30/2026."), Kind.AUTO_REPLY, MONDAY),
    SentMessage(mail(NAME, "Baja", BAJA), Kind.INQUIRY, MONDAY),
    SentMessage(mail(NAME, "status", "status"), Kind.INQUIRY, MONDAY),
    SentMessage(mail(NAME, "", ""), Kind.INQUIRY, MONDAY),
]


class Noting:
    """A ranker that notes in `steps` what it ranks."""

    def __init__(self, steps: list[str]) -> None:
        self._steps = steps

    def rank(self, message: Message, playbook: Playbook) -> Ranking:
        self._steps.append(f"rank {message.subject}")
        return Ranking((("eligibility.termination", 0.9),))


def test_messages_are_understood_together_as_each_is_alone() -> None:
    playbook, ranker = load(), CategoryRanker()
    together = Understander(playbook, ranker).understand(MIXED)
    assert together == [understand(one.message, one.kind, playbook, one.at, ranker) for one in MIXED]
    assert Understander(playbook, ranker).understand(MIXED[::-1]) == together[::-1]


def test_next_month_is_counted_from_the_day_of_each_message() -> None:
    first, second, *_ = Understander(load(), CategoryRanker()).understand(MIXED)
    days = [next(one.value for one in found.fields if one.name == "effective_date") for found in (first, second)]
    assert days == ["2026-12-31", "2027-01-31"]


def test_no_message_is_no_work() -> None:
    assert Understander(load()).understand([]) == []


@pytest.mark.parametrize("one", MIXED, ids=lambda one: one.kind.value)
def test_without_a_ranker_nothing_is_sure(one: SentMessage) -> None:
    (found,) = Understander(load()).understand([one])
    assert found.confidence == 0.0
    assert found.category == ("other.general" if one.kind is Kind.INQUIRY else None)
    assert found.also == ""


def test_all_are_ranked_before_the_first_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    read, settled = step.read_all, step.settle
    monkeypatch.setattr(step, "read_all", lambda *given, **named: (steps.append("read"), read(*given, **named))[1])
    monkeypatch.setattr(step, "settle", lambda *given: (steps.append("settle"), settled(*given))[1])
    Understander(load(), Noting(steps)).understand([MIXED[0], MIXED[4]])
    assert steps == ["rank Termination", "rank Baja", "read", "read", "settle", "settle"]


def test_what_a_machine_sent_is_neither_ranked_nor_read() -> None:
    steps: list[str] = []
    (found,) = Understander(load(), Noting(steps)).understand([MIXED[3]])
    assert (found.category, found.fields, found.language, steps) == (None, (), "en", [])


def test_a_reply_is_ranked_only_where_it_turns_to_something_else() -> None:
    steps: list[str] = []
    turning = SentMessage(mail(NAME, "A question about billing", TERM), Kind.REPLY, MONDAY)
    answering, elsewhere = Understander(load(), Noting(steps)).understand([MIXED[2], turning])
    assert steps == ["rank A question about billing"]
    assert (answering.category, elsewhere.category) == (None, "eligibility.termination")


@pytest.mark.parametrize("usual", ["es", "zh"])
def test_a_text_that_does_not_tell_its_language_has_the_usual_one(usual: str) -> None:
    found, spanish = Understander(load(), usual=usual).understand([MIXED[6], MIXED[4]])
    assert (found.language, found.language_told) == (usual, False)
    assert (spanish.language, spanish.language_told) == ("es", True)
