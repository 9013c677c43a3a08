"""The process is killed between any two steps: after a restart every mail is there, and every letter went out once."""

from __future__ import annotations

import email
import smtplib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from mailbot.cases.events import EventKind
from mailbot.failpoints import NAMES
from tests.desks import Desk, open_desk, write_desk
from tests.mails import DESK, MONDAY, mail
from tests.servers.service import ROOT, command, serving
from tests.servers.smtp_sink import Script, Sink, smtp_sink

COUNT = 3
AFTERWARDS = MONDAY + timedelta(hours=1)  # every lease is over
AT_RECORDING = [name for name in NAMES if name.startswith("smtp.")]
#: Which fault of docs/security.md the death at each point plays.
FAULTS = {
    "intake.after_take": "f03",
    "intake.in_parse": "f04",
    "intake.in_transaction": "f05",
    "intake.before_commit": "f05",
    "intake.after_commit": "f06",
    "outbox.after_claim": "f07",
    "delivery.before_connect": "f08",
    "delivery.before_dot": "f08",
    "delivery.after_dot": "f09",
    "outbox.after_answer": "f10",
    "outbox.in_note": "f11",
    "outbox.after_note": "f11",
}
AT_WORK = [name for name in NAMES if name.partition(".")[0] in ("intake", "outbox", "delivery")]
#: The letter had left when the process died, and nobody noted it: it goes out once more, the same to the byte.
SENT_TWICE = {"delivery.after_dot", "outbox.after_answer", "outbox.in_note"}
ONCE = (EventKind.CASE_OPENED, EventKind.LETTER_COMPOSED, EventKind.LETTER_SENT)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink(Script()) as sink:
        yield sink


def sender(number: int) -> str:
    return f"p{number}@broker.example"


def inquiries() -> list[bytes]:
    return [mail(f"inquiry {number}", sender=sender(number)) for number in range(COUNT)]


def send(port: int, raw: bytes, number: int) -> bool:
    """As a mail server sends: True when the mail is out of its hands."""
    try:
        with smtplib.SMTP("127.0.0.1", port, "client.example", timeout=30) as client:
            client.sendmail(sender(number), DESK, raw)
    except (smtplib.SMTPException, OSError):
        return False
    return True


def recover(desk: Desk, raws: list[bytes]) -> None:
    """What the service does when it runs again, and the sending servers with what was not taken from them."""
    for number, raw in enumerate(raws):
        desk.record(raw, sender(number))
    desk.take_in()
    desk.deliver()


def check_invariants(desk: Desk, sink: Sink, raws: list[bytes], twice: int) -> None:
    """ATTACKS section 9: I1, nothing lost; I2, each effect once, and duplicates only where the answer was lost."""
    assert sorted(desk.raw(row.arrival_id) for row in desk.arrivals()) == sorted(raws)
    assert {row.state for row in desk.arrivals()} == {"done"}
    assert len(desk.cases()) == len(raws)
    letters = desk.letters()
    assert [letter.state for letter in letters] == ["sent"] * len(raws)
    assert len({letter.case_number for letter in letters}) == len(raws)
    received = Counter(str(email.message_from_bytes(each.content)["Message-ID"]) for each in sink.received)
    assert set(received) == {f"<{letter.message_id}>" for letter in letters}
    again = [message_id for message_id, times in received.items() if times > 1]
    assert (len(again), max(received.values())) == (twice, 2 if twice else 1)
    assert all(letter.attempts > 1 for letter in letters if f"<{letter.message_id}>" in again)
    assert len({each.content for each in sink.received}) == len(raws), "a letter that is sent again is the same"
    for case in desk.cases():
        told = [event.kind for event in desk.events(case.number)]
        assert [told.count(kind) for kind in ONCE] == [1, 1, 1], "each thing is told once, and a letter never without"


def die_at_work(desk: Desk, raws: Sequence[bytes], name: str) -> None:
    """All are recorded; the process that takes them in is killed at this failpoint."""
    for number, raw in enumerate(raws):
        desk.record(raw, sender(number))
    died = command(desk.config_file, "tick", now=MONDAY, failpoint=f"{name}:kill:1")
    assert died.returncode == -9, died.stderr.decode()


@pytest.mark.parametrize("name", AT_WORK, ids=lambda name: f"{FAULTS[name]}_{name}")
def test_i1_i2_killed_at_work(name: str, database_url: str, tmp_path: Path, sink: Sink) -> None:
    outgoing = {"url": f"smtp://127.0.0.1:{sink.port}"}
    raws = inquiries()
    with open_desk(tmp_path, database_url, outgoing=outgoing) as desk:
        die_at_work(desk, raws, name)
    with open_desk(tmp_path, database_url, AFTERWARDS, outgoing=outgoing) as desk:
        recover(desk, [])
        check_invariants(desk, sink, raws, twice=1 if name in SENT_TWICE else 0)


@pytest.mark.parametrize("name", [name for name in AT_WORK if name.startswith("intake.")])
def test_f03_to_f06_mail_that_was_being_taken_in_goes_on_with_the_next_process(
    name: str, database_url: str, tmp_path: Path, sink: Sink
) -> None:
    """Not a minute has gone by, and nobody waits for a lease of a process that is no more."""
    outgoing = {"url": f"smtp://127.0.0.1:{sink.port}"}
    raws = inquiries()
    with open_desk(tmp_path, database_url, outgoing=outgoing) as desk:
        die_at_work(desk, raws, name)
        desk.app.intake.take_in_all()
        desk.deliver()
        check_invariants(desk, sink, raws, twice=0)


@pytest.mark.parametrize("name", ["outbox.after_claim", "delivery.before_dot", "delivery.after_dot"])
def test_f07_f08_a_letter_that_was_under_way_goes_on_with_the_next_process(
    name: str, database_url: str, tmp_path: Path, sink: Sink
) -> None:
    """Not a minute has gone by: the lease runs for half an hour, but its owner is known to be no more."""
    outgoing = {"url": f"smtp://127.0.0.1:{sink.port}"}
    raws = inquiries()
    with open_desk(tmp_path, database_url, outgoing=outgoing) as desk:
        die_at_work(desk, raws, name)
        assert "sending" in {letter.state for letter in desk.letters()}
        desk.deliver()
        check_invariants(desk, sink, raws, twice=1 if name in SENT_TWICE else 0)


@pytest.mark.parametrize("name", AT_RECORDING)
def test_f13_i1_i2_killed_while_mail_comes_in(name: str, database_url: str, tmp_path: Path, sink: Sink) -> None:
    outgoing = {"url": f"smtp://127.0.0.1:{sink.port}"}
    config = write_desk(tmp_path, database_url, outgoing=outgoing)
    raws = inquiries()
    with serving(config, MONDAY, f"{name}:kill:2") as served:
        taken = [send(served.port, raw, number) for number, raw in enumerate(raws)]
        assert served.died() == -9
    assert taken == [True, False, False]
    with open_desk(tmp_path, database_url, AFTERWARDS, outgoing=outgoing) as desk:
        kept = [desk.raw(row.arrival_id) for row in desk.arrivals()]
        assert kept == (raws[:2] if name == "smtp.after_record" else raws[:1]), "250 was said, so it is there"
        recover(desk, [raw for raw, safe in zip(raws, taken, strict=True) if not safe])
        check_invariants(desk, sink, raws, twice=sum(letter.attempts > 1 for letter in desk.letters()))


def test_i1_i2_killed_again_while_it_recovers(database_url: str, tmp_path: Path, sink: Sink) -> None:
    config = write_desk(tmp_path, database_url, outgoing={"url": f"smtp://127.0.0.1:{sink.port}"})
    raws = inquiries()
    with open_desk(tmp_path, database_url, outgoing={"url": f"smtp://127.0.0.1:{sink.port}"}) as desk:
        for number, raw in enumerate(raws):
            desk.record(raw, sender(number))
    kills = ("intake.before_commit", "intake.in_transaction", "delivery.after_dot", "outbox.after_note")
    for hours, name in enumerate(kills):
        died = command(config, "tick", now=MONDAY + timedelta(hours=hours), failpoint=f"{name}:kill:1")
        assert died.returncode == -9, died.stderr.decode()
    with serving(config, MONDAY + timedelta(hours=len(kills))) as served:
        assert not all(send(served.port, raw, number) is False for number, raw in enumerate(raws))
        sink.wait_for(COUNT + 1)
        assert served.stop() == 0
    with open_desk(tmp_path, database_url, AFTERWARDS) as desk:
        check_invariants(desk, sink, raws, twice=1)


def test_every_failpoint_stands_in_the_code_and_is_hit_by_a_test() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "mailbot").rglob("*.py"))
    assert [name for name in NAMES if f'failpoint("{name}")' not in source] == []
    elsewhere = set(NAMES) - {*AT_RECORDING, *AT_WORK}
    others = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__))
    assert [name for name in sorted(elsewhere) if name not in others] == []
