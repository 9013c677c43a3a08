"""The arrivals of a batch are read step by step, each as it would be alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

import pytest

from mailbot.cases.answering import Budgets
from mailbot.cases.deadlines import Calendar
from mailbot.cases.desk import DeskRules
from mailbot.cases.understanding import Understanding
from mailbot.classify.playbook import load
from mailbot.classify.understand import SentMessage
from mailbot.errors import Infected
from mailbot.ingest.attachments import make
from mailbot.ingest.forwards import Forwarded
from mailbot.ingest.signatures import DkimResult
from mailbot.knowing import Read
from mailbot.mail import Authenticity, Envelope, Kind, Message, Verdict
from mailbot.reading import Checks, Reader, in_parts
from mailbot.store.arrivals import TakenArrival
from tests.mails import MONDAY, OWN, mail, message

MEANING = Understanding("other.general", 0.5)
CALENDAR = Calendar(ZoneInfo("America/New_York"), lambda day: False)
RULES = DeskRules(OWN, load(), CALENDAR, Budgets(), (), authserv_ids=("mx.desk.example",))


@dataclass
class Steps:
    """What was done, in its order; `inquiry` is what staff forward in a mail from "staff"."""

    done: list[str] = field(default_factory=list)
    inquiry: Message | None = None

    def raw_of(self, taken: TakenArrival) -> bytes:
        self.done.append(f"bytes {taken.arrival_id}")
        assert taken.raw is not None
        return taken.raw

    def forwarded(self, message: Message, kind: Kind, authenticity: Authenticity) -> Forwarded | None:
        self.done.append(f"screened {message.subject}")
        return Forwarded(self.inquiry) if message.subject == "staff" else None

    def understand(self, messages: Sequence[SentMessage]) -> list[Understanding]:
        self.done += [f"understood {each.message.subject}" for each in messages]
        return [MEANING for _ in messages]

    def read(self, *mails: bytes, checks: Checks | None = None) -> list[Read]:
        reader = Reader(RULES, checks or Checks(), self.raw_of, self.forwarded, self.understand)
        return reader.read([arrival(number, raw) for number, raw in enumerate(mails, 1)])


def arrival(number: int, raw: bytes) -> TakenArrival:
    return TakenArrival(
        arrival_id=number,
        raw=raw,
        envelope=Envelope("dana@broker.example"),
        source="smtp",
        received_at=MONDAY,
        silent=False,
        attempts=1,
        owner="us",
    )


def test_each_step_goes_through_all_mails_before_the_next_begins() -> None:
    steps = Steps()
    steps.read(mail(subject="one"), mail(subject="two"))
    assert steps.done == ["bytes 1", "bytes 2", "screened one", "screened two", "understood one", "understood two"]


def test_what_is_read_comes_in_the_order_of_the_arrivals() -> None:
    first, second = Steps().read(mail(subject="one"), mail(subject="two", auto_submitted="auto-replied"))
    assert [each.taken.arrival_id for each in (first, second)] == [1, 2]
    assert [each.message.subject for each in (first, second)] == ["one", "two"]
    assert [each.screening.kind for each in (first, second)] == [Kind.INQUIRY, Kind.AUTO_REPLY]
    assert first.understanding is MEANING


def test_nothing_taken_is_nothing_read() -> None:
    assert Steps().read() == []


def test_of_a_mail_that_staff_forward_the_inquiry_is_understood() -> None:
    steps = Steps(inquiry=message(subject="the inquiry"))
    (read,) = steps.read(mail(subject="staff"))
    assert steps.done[-1] == "understood the inquiry"
    assert (read.message.subject, read.forwarded) == ("staff", Forwarded(steps.inquiry))


def test_where_staff_forward_nothing_that_can_be_found_their_own_mail_is_understood() -> None:
    steps = Steps()
    (read,) = steps.read(mail(subject="staff"))
    assert steps.done[-1] == "understood staff"
    assert read.forwarded == Forwarded(None)


def test_an_infected_mail_is_not_even_parsed() -> None:
    steps = Steps()
    with pytest.raises(Infected, match=r"The virus scanner found Eicar\."):
        steps.read(mail(subject="one"), checks=Checks(scan=lambda raw: "Eicar"))
    assert steps.done == ["bytes 1"]


@pytest.mark.parametrize(
    ("results", "asked"),
    [(None, True), ("mx.desk.example; dmarc=fail header.from=broker.example", False)],
    ids=["nobody whom we believe", "a border whom we believe"],
)
def test_signatures_are_checked_only_where_nobody_whom_we_believe_has(results: str | None, asked: bool) -> None:  # noqa: FBT001
    checked: list[bytes] = []

    def verify(raw: bytes) -> DkimResult:
        checked.append(raw)
        return DkimResult(passed=("broker.example",))

    (read,) = Steps().read(mail(authentication_results=results), checks=Checks(verify=verify))
    assert bool(checked) == asked
    assert read.authenticity.verdict is (Verdict.PASS if asked else Verdict.FAIL)


def test_what_files_say_is_read_for_few_mails_at_a_time() -> None:
    """Two kilobytes may hold the longest text: of forty mails with many such files that would be half a gigabyte."""
    told: list[str] = []

    def with_files_read() -> Iterator[SentMessage]:
        for number in range(1, 6):
            told.append(f"read {number}")
            files = tuple(replace(make(str(n), "a.txt", b"", "text/plain"), text="word") for n in range(number))
            yield SentMessage(replace(message(subject=str(number)), attachments=files), Kind.INQUIRY, MONDAY)

    for part in in_parts(with_files_read(), most=10):
        told.append(f"understood {' '.join(each.message.subject for each in part)}")
    assert told == [
        *("read 1", "read 2", "understood 1 2"),
        *("read 3", "understood 3"),
        *("read 4", "understood 4"),
        *("read 5", "understood 5"),
    ]
