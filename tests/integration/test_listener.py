"""The listener over real sockets: what it takes it keeps to the byte, and 250 means that it is kept."""

from __future__ import annotations

import grp
import logging
import os
import socket as sockets
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailbot.config import SocketAddress
from mailbot.errors import ConfigurationError, StoreUnavailable
from mailbot.ingest.recorder import Recorder
from mailbot.mail import Envelope
from mailbot.store.arrivals import NewArrival
from mailbot.store.unit_of_work import Store
from tests.desks import Desk
from tests.mails import mail
from tests.servers.dialogue import dialogue
from tests.servers.listening import RECIPIENT, SENDER, listening, post


class Faltering(Recorder):
    """Fails while it is told to."""

    failing = True

    def _record(self, batch: Any) -> None:
        if self.failing:
            for _, future in batch:
                future.set_exception(StoreUnavailable("secret /var/lib/mailbot.db is locked"))
            return
        super()._record(batch)


def test_a_mail_is_kept_to_the_byte_with_its_envelope(desk: Desk) -> None:
    raw = mail("..a dot\n.\nand more\nJörg \udcff", subject="a\tb")
    with listening(desk) as server:
        assert server.post(raw).startswith("250 ")
        assert server.kept() == [raw]
    with desk.store.writing() as transaction:
        (taken,) = transaction.arrivals.take(1, "test", timedelta())
    assert (taken.envelope.sender, taken.envelope.recipients) == ("dana@broker.example", ("enrollment@desk.example",))
    assert (taken.source, taken.received_at) == ("smtp", desk.clock.now())


def test_many_mails_come_over_one_connection(small_desk: Desk) -> None:
    with listening(small_desk) as server, dialogue(server.port) as talk:
        for number in range(5):
            assert post(talk, mail(f"mail {number}")).startswith("250 ")
        assert talk.code("QUIT") == 221
        assert len(server.kept()) == 5


def test_a_bounce_comes_with_the_null_reverse_path(small_desk: Desk) -> None:
    with listening(small_desk) as server, dialogue(server.port) as talk:
        assert post(talk, mail(), sender="MAIL FROM:<>").startswith("250 ")
    with small_desk.store.writing() as transaction:
        (taken,) = transaction.arrivals.take(1, "test", timedelta())
    assert taken.envelope.sender == ""


def test_a014_f13_a_mail_that_is_sent_again_is_taken_again_without_effect(desk: Desk) -> None:
    raw = mail()
    with listening(desk) as server:
        answers = [server.post(b"Received: try %d\r\n" % number + raw) for number in range(20)]
        assert all(answer.startswith("250 ") for answer in answers)
        assert len(server.kept()) == 1


class Counting(Recorder):
    """Counts the mails of each commit."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.commits: list[int] = []

    def _record(self, batch: Any) -> None:
        self.commits.append(len(batch))
        super()._record(batch)


def test_mail_of_many_clients_at_once_is_all_kept(desk: Desk) -> None:
    raws = [mail(f"mail {number}") for number in range(40)]
    with listening(desk, max_connections_per_client=100, max_connections=100) as server, ThreadPoolExecutor(16) as pool:
        assert all(answer.startswith("250 ") for answer in pool.map(server.post, raws))
        assert sorted(server.kept()) == sorted(raws)


def test_clients_that_wait_at_the_same_time_share_a_commit(desk: Desk) -> None:
    recorder = Counting(desk.store)
    raws = [mail(str(number)) for number in range(5)]
    futures = [recorder.record(NewArrival(raw, Envelope(None), "smtp", desk.clock.now())) for raw in [*raws, raws[0]]]
    recorder.start()
    recorder.stop()
    assert recorder.commits == [6]
    assert [future.result(1).new for future in futures] == [True] * 5 + [False]


def test_250_is_said_only_after_the_commit(small_desk: Desk) -> None:
    committing = threading.Event()
    kept_when_asked: list[int] = []

    class Slow(Recorder):
        def _record(self, batch: Any) -> None:
            kept_when_asked.append(len(small_desk.arrivals()))
            committing.set()
            super()._record(batch)

    with listening(small_desk, Slow(small_desk.store)) as server:
        assert server.post(mail()).startswith("250 ")
        assert committing.is_set()
        assert kept_when_asked == [0]
        assert len(server.kept()) == 1


def test_a010_f46_f48_a_store_that_fails_is_451_and_tells_nothing(small_desk: Desk) -> None:
    recorder = Faltering(small_desk.store)
    raw = mail()
    with listening(small_desk, recorder) as server:
        assert server.post(raw) == "451 4.3.0 Temporary failure, please try again later"
        assert server.kept() == []
        recorder.failing = False
        assert server.post(raw).startswith("250 ")
        assert server.kept() == [raw]


@pytest.mark.parametrize("hook", ["handle_MAIL", "handle_RCPT", "handle_DATA"])
def test_a010_an_error_in_any_hook_is_451_and_tells_nothing(
    small_desk: Desk, hook: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    async def fails(*_: Any, **__: Any) -> str:
        raise RuntimeError("secret db at /var/lib/mailbot/secret.db locked")

    with listening(small_desk) as server:
        monkeypatch.setattr(f"mailbot.ingest.smtp.Handler.{hook}", fails)
        with dialogue(server.port) as talk:
            answers = [talk.say(SENDER), talk.say(RECIPIENT), talk.say("DATA")]
            if answers[-1].startswith("354"):
                talk.send(b"x\r\n.\r\n")
                answers.append(talk.reply())
    assert [answer for answer in answers if answer.startswith("451")]
    assert not any("secret" in answer or "Runtime" in answer or "500" in answer[:3] for answer in answers)
    assert "a session failed: RuntimeError" in caplog.text
    assert not [word for word in ("secret", "dana@", "enrollment@") if word in caplog.text]


def lmtp(where: Path) -> Any:
    return dialogue(where, "LHLO client.example")


def test_a004_lmtp_gives_one_reply_for_each_recipient(small_desk: Desk, tmp_path: Path) -> None:
    socket = tmp_path / "lmtp.sock"
    raw = mail()
    with listening(small_desk, lmtp=socket) as server, lmtp(socket) as talk:
        assert talk.code(SENDER) == 250
        assert talk.code(RECIPIENT) == 250
        assert talk.code("RCPT TO:<nobody@desk.example>") == 550
        assert talk.code("RCPT TO:<groups@desk.example>") == 250
        assert talk.code("RCPT TO:<enrollment+abc@desk.example>") == 250
        assert talk.code("DATA") == 354
        talk.send(raw + b".\r\n")
        assert [talk.reply()[:3] for _ in range(3)] == ["250"] * 3
        assert talk.code("NOOP") == 250
        assert server.kept() == [raw]


def test_a004_lmtp_says_451_for_each_recipient_when_the_store_fails(small_desk: Desk, tmp_path: Path) -> None:
    socket = tmp_path / "lmtp.sock"
    with listening(small_desk, Faltering(small_desk.store), lmtp=socket), lmtp(socket) as talk:
        talk.say(SENDER)
        talk.say(RECIPIENT)
        talk.say("RCPT TO:<groups@desk.example>")
        talk.say("DATA")
        talk.send(b"x\r\n.\r\n")
        assert [talk.reply()[:3] for _ in range(2)] == ["451"] * 2
        assert talk.code("NOOP") == 250


@pytest.mark.parametrize("mode", [0o600, 0o660, 0o666])
def test_the_lmtp_socket_has_the_configured_mode_and_goes_with_the_listener(
    small_desk: Desk, tmp_path: Path, mode: int
) -> None:
    socket = tmp_path / "lmtp.sock"
    with listening(small_desk, lmtp=socket, lmtp_mode=mode, lmtp_group=grp.getgrgid(os.getgid()).gr_name):
        status = socket.stat()
        assert stat.S_ISSOCK(status.st_mode)
        assert stat.S_IMODE(status.st_mode) == mode
        assert status.st_gid == os.getgid()
    assert not socket.exists()


def test_the_socket_of_a_process_that_is_gone_is_replaced(small_desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "lmtp.sock"
    left = sockets.socket(sockets.AF_UNIX)
    left.bind(str(path))
    left.close()
    with listening(small_desk, lmtp=path), lmtp(path) as talk:
        assert talk.code("NOOP") == 250


def test_a_socket_that_somebody_else_answers_is_left_alone(small_desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "lmtp.sock"
    with listening(small_desk, lmtp=path):
        with pytest.raises(ConfigurationError, match=r"change \[listener\]"), listening(small_desk, lmtp=path):
            pass
        with lmtp(path) as talk:
            assert talk.code("NOOP") == 250


def test_a_port_that_is_taken_is_refused_with_the_remedy(small_desk: Desk) -> None:
    with listening(small_desk) as server:
        taken = SocketAddress("127.0.0.1", server.port)
        refused = pytest.raises(ConfigurationError, match=r"free it, or change \[listener\]")
        with refused, listening(small_desk, smtp=taken):
            pass


def test_f45_with_little_disk_left_mail_is_put_off(small_desk: Desk) -> None:
    with listening(small_desk, free_mb=199, min_free_mb=200) as server, dialogue(server.port) as talk:
        assert talk.say(SENDER) == "452 4.3.1 Insufficient system storage"


def test_f54_stopping_in_the_middle_of_a_mail_says_no_250(small_desk: Desk) -> None:
    with listening(small_desk) as server, dialogue(server.port) as talk:
        talk.say(SENDER)
        talk.say(RECIPIENT)
        talk.say("DATA")
        talk.send(b"half a mail")
        server.listener.stop()
        assert "250" not in talk.rest()
    assert small_desk.arrivals() == []


def test_a_group_that_is_not_there_is_refused_with_the_remedy(small_desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "lmtp.sock"
    refused = pytest.raises(ConfigurationError, match=r"lmtp\.sock .*change \[listener\]")
    with refused, listening(small_desk, lmtp=path, lmtp_group="no such group"):
        pass
    assert not path.exists()
