"""Peers that are slow, many or stuck take nothing from anybody else: the rest of the desk goes on."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path

from tests.desks import open_desk, write_desk
from tests.mails import mail
from tests.servers.dialogue import Dialogue, dialogue
from tests.servers.listening import post
from tests.servers.service import serving
from tests.servers.smtp_sink import HANG, Script, smtp_sink

MANY = 500
WAIT = 60


def states(folder: Path, database_url: str) -> list[str]:
    """The state of each arrival, asked beside the running service."""
    with open_desk(folder, database_url) as desk:
        return [row.state for row in desk.arrivals()]


def wait_until_done(folder: Path, database_url: str, count: int) -> None:
    """Until so many arrivals are taken in."""
    with open_desk(folder, database_url) as desk:
        pause = threading.Event()
        for _ in range(WAIT * 10):
            if len(desk.arrivals("done")) >= count:
                return
            pause.wait(0.1)
        raise AssertionError(f"{len(desk.arrivals('done'))} of {count} arrivals are done")


def test_a008_five_hundred_clients_at_once_are_all_served(tmp_path: Path, database_url: str) -> None:
    limits = {"max_connections": 600, "max_connections_per_client": 600}
    config = write_desk(tmp_path, database_url, listener=limits)
    with serving(config) as service, ExitStack() as clients:
        talks = [clients.enter_context(dialogue(service.port)) for _ in range(MANY)]
        with dialogue(service.port) as one_more:
            assert post(one_more, mail()).startswith("250"), "those who say nothing keep nobody out"
        halves: list[tuple[Dialogue, bytes]] = []
        for number, talk in enumerate(talks):
            raw = mail(f"inquiry {number}", sender=f"p{number}@broker{number}.example")
            for line in (f"MAIL FROM:<p{number}@broker{number}.example>", "RCPT TO:<enrollment@desk.example>"):
                assert talk.code(line) == 250
            assert talk.code("DATA") == 354
            talk.send(raw[:200])
            halves.append((talk, raw[200:]))
        for talk, rest in halves:
            talk.send(rest + b".\r\n")
        assert all(talk.reply().startswith("250") for talk, _ in halves)
    assert len(states(tmp_path, database_url)) == MANY + 1


def test_a008_beyond_the_limit_clients_are_put_off_and_the_others_are_served(tmp_path: Path, sqlite_url: str) -> None:
    limits = {"max_connections": 20, "max_connections_per_client": 20}
    config = write_desk(tmp_path, sqlite_url, listener=limits)
    with serving(config) as service:
        with ExitStack() as clients:
            talks = [clients.enter_context(dialogue(service.port, "")) for _ in range(MANY)]
            turned_away = [talk for talk in talks[20:] if talk.hung_up()]
            assert len(turned_away) == MANY - 20
            assert talks[0].say("EHLO client.example").startswith("250")
            assert post(talks[0], mail()).startswith("250")
        with dialogue(service.port) as later:
            assert post(later, mail()).startswith("250"), "once there is room everybody is welcome"
    assert len(states(tmp_path, sqlite_url)) == 2


def test_f32_an_outgoing_server_that_is_stuck_keeps_no_mail_out(tmp_path: Path, sqlite_url: str) -> None:
    script = Script(mail=[HANG] * MANY)
    with smtp_sink(script) as tarpit:
        outgoing = {"url": f"smtp://127.0.0.1:{tarpit.port}", "timeout_seconds": 5}
        config = write_desk(tmp_path, sqlite_url, outgoing=outgoing)
        with serving(config) as service:
            for number in range(20):
                with dialogue(service.port) as talk:
                    assert post(talk, mail(sender=f"p{number}@broker{number}.example")).startswith("250")
            wait_until_done(tmp_path, sqlite_url, 20)
            assert not tarpit.received
            script.mail.clear()
            assert service.stop() == 0, "it stops although a letter hangs"
        with open_desk(tmp_path, sqlite_url) as desk:
            assert len(desk.cases()) == 20
            assert {letter.state for letter in desk.letters()} <= {"due", "later", "sending"}
