"""The disk of PostgreSQL is full for a while: mail is put off, what was taken is kept, and all goes on by itself.

The server has a real small disk where one may be mounted. Everywhere a stand-in is tested too: a server that answers
every change as it does on a full disk (SQLSTATE 53100), for it says that before anything is written.
"""

from __future__ import annotations

import email
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

import psycopg
import pytest

from mailbot.clock import SystemClock
from mailbot.store.engine import migrate
from tests.crashes.forked import LOG, Forked, forked
from tests.desks import Desk, desk_of, write_desk
from tests.mails import mail
from tests.servers.postgres import PostgresServer, postgres_server
from tests.servers.posting import post, wait_until
from tests.servers.small_disk import SmallDisk, may_mount, small_disk
from tests.servers.smtp_sink import Sink, smtp_sink

STAND_IN, REAL = "answers as if", "small disk"
KINDS = (STAND_IN, REAL) if may_mount() else (STAND_IN,)
MEGABYTES = 128
#: Mails before, while and after it is full.
BEFORE, MEANWHILE = 2, 8
PUT_OFF = {451, 452}
_REFUSE_ALL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END$$;
DO $$DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
EXECUTE format('CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON %I EXECUTE FUNCTION full_disk()', t);
END LOOP; END$$;
"""


@dataclass
class FullDisk:
    """The server's disk: a real one, or the server's word that there is no room."""

    server: PostgresServer
    url: str
    disk: SmallDisk | None

    def fill(self) -> None:
        if self.disk:
            self.disk.fill()
        else:
            self._run(_REFUSE_ALL)

    def make_room(self) -> None:
        if self.disk:
            self.disk.make_room()
        else:
            self._run("DROP FUNCTION IF EXISTS full_disk CASCADE")

    def break_down(self) -> None:
        """Its log of changes needs a new piece and gets none: the server ends all that it does, as in a crash."""
        if self.disk is None:
            self.server.restart()
            return
        with pytest.raises(psycopg.OperationalError):
            for _ in range(100):
                self._run("SELECT pg_logical_emit_message(true, 'full', repeat('x', 100000))")

    def start_again(self) -> None:
        """As its keeper does where it did not come up by itself."""
        try:
            self._run("SELECT 1")
        except psycopg.OperationalError:
            self.server.restart()

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)


@dataclass
class Senders:
    """The mail servers before the desk: each keeps its mail until it has heard 250, and none brings it again then."""

    heard: dict[int, list[int]] = field(default_factory=dict)

    def send(self, service: Forked, number: int) -> int:
        """The code that the sender of this mail heard last."""
        heard = self.heard.setdefault(number, [])
        if 250 not in heard:
            heard.append(post(service.port or 1, sender(number), inquiry(number)))
        return heard[-1]


def sender(number: int) -> str:
    return f"p{number}@broker{number}.example"


@cache
def inquiry(number: int) -> bytes:
    """The same to the octet each time, and of words that cannot be packed."""
    words = Random(number).randbytes(60_000).hex()
    lines = "\n".join(words[at : at + 70] for at in range(0, len(words), 70))
    return mail(f"My card is lost.\n{lines}", sender=sender(number), subject=f"ID card {number}")


@contextmanager
def server_on(kind: str) -> Iterator[FullDisk]:
    with ExitStack() as using:
        disk = using.enter_context(small_disk(MEGABYTES)) if kind == REAL else None
        server = using.enter_context(postgres_server(durable=True, disk=disk.folder if disk else None))
        url = server.url(server.create("desk"))
        migrate(url)
        yield FullDisk(server, url, disk)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink() as running:
        yield running


@contextmanager
def desk_on(full: FullDisk, folder: Path, sink: Sink) -> Iterator[tuple[Forked, Senders]]:
    """A desk that has taken some mail already and answered it."""
    outgoing = {"url": f"smtp://127.0.0.1:{sink.port}"}
    config, senders = write_desk(folder, full.url, outgoing=outgoing), Senders()
    with forked(config, SystemClock().now()) as service:
        assert [senders.send(service, number) for number in range(BEFORE)] == [250] * BEFORE
        wait_until(lambda: len(sink.received) == BEFORE, "the first letters are sent")
        yield service, senders
        assert not service.dead(0), "it stayed up"


def check_nothing_lost(desk: Desk, senders: Senders) -> None:
    """Everything that was answered 250 is there, to the octet and once; nothing else is."""
    kept = Counter(desk.raw(row.arrival_id) for row in desk.arrivals())
    assert set(kept.values()) == {1}
    assert set(kept) == {inquiry(number) for number, heard in senders.heard.items() if 250 in heard}


def check_each_letter_once(desk: Desk, sink: Sink, count: int) -> None:
    """One letter for each, and twice only what was in doubt when the database went away."""
    letters = desk.letters()
    assert Counter(letter.to for letter in letters) == Counter(sender(number) for number in range(count))
    received = Counter(str(email.message_from_bytes(each.content)["Message-ID"]) for each in sink.received)
    tries = {f"<{letter.message_id}>": letter.attempts for letter in letters}
    assert set(received) == set(tries)
    assert [key for key, times in received.items() if times > tries[key]] == []


def all_done(desk: Desk, count: int) -> Callable[[], bool]:
    return lambda: (
        [row.state for row in desk.arrivals()] == ["done"] * count
        and [letter.state for letter in desk.letters()] == ["sent"] * count
    )


def send_until_all_are_taken(service: Forked, senders: Senders, numbers: range) -> None:
    def taken() -> bool:
        return [senders.send(service, number) for number in numbers] == [250] * len(numbers)

    wait_until(taken, "there is room again")


@pytest.mark.parametrize("kind", KINDS)
def test_f45_mail_is_put_off_while_postgresql_has_no_room_and_nothing_that_was_taken_is_lost(
    kind: str, tmp_path: Path, sink: Sink
) -> None:
    count = BEFORE + MEANWHILE
    with server_on(kind) as full, desk_on(full, tmp_path, sink) as (service, senders):
        full.fill()
        heard = [senders.send(service, number) for number in range(BEFORE, count)]
        assert set(heard) <= PUT_OFF | {250}, "what was free in its files may still take some"
        assert set(heard[MEANWHILE // 2 :]) <= PUT_OFF
        full.make_room()
        send_until_all_are_taken(service, senders, range(BEFORE, count))
        with desk_of(tmp_path / "mailbot.toml", SystemClock().now()) as desk:
            check_nothing_lost(desk, senders)
            wait_until(all_done(desk, count), "all is done by itself")
            check_nothing_lost(desk, senders)
            check_each_letter_once(desk, sink, count)
            assert len(sink.received) == count
        assert "Traceback" not in (tmp_path / LOG).read_text()


@pytest.mark.parametrize("kind", KINDS)
def test_f45_f46_postgresql_breaks_down_for_want_of_room_and_the_desk_goes_on_when_it_is_up_again(
    kind: str, tmp_path: Path, sink: Sink
) -> None:
    """Where it cannot come up again on a full disk it is started when there is room; the desk is not touched."""
    count = BEFORE + 2
    with server_on(kind) as full, desk_on(full, tmp_path, sink) as (service, senders):
        full.fill()
        senders.send(service, BEFORE)
        full.break_down()
        assert {senders.send(service, number) for number in range(BEFORE, count)} <= PUT_OFF | {250}
        full.make_room()
        full.start_again()
        send_until_all_are_taken(service, senders, range(BEFORE, count))
        with desk_of(tmp_path / "mailbot.toml", SystemClock().now()) as desk:
            wait_until(all_done(desk, count), "all is done by itself")
            check_nothing_lost(desk, senders)
            check_each_letter_once(desk, sink, count)
