"""The listener alone over a store, without the timetable behind it, for tests of what it says and what it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mailbot.config import Listener as Settings
from mailbot.ingest.recorder import Recorder
from mailbot.ingest.smtp import Listener, Surroundings
from tests.desks import Desk
from tests.servers.dialogue import Dialogue, dialogue

SENDER, RECIPIENT = "MAIL FROM:<dana@broker.example>", "RCPT TO:<enrollment@desk.example>"


@dataclass
class Listening:
    """Where it listens, and what it has recorded."""

    desk: Desk
    listener: Listener
    lmtp: Path | None

    @property
    def port(self) -> int:
        port = self.listener.smtp_port
        assert port is not None
        return port

    def kept(self) -> list[bytes]:
        """The raw bytes of every arrival."""
        return [self.desk.raw(row.arrival_id) for row in self.desk.arrivals()]

    def post(self, raw: bytes) -> str:
        """Send a mail over a connection of its own; the answer to its end."""
        with dialogue(self.port) as talk:
            return post(talk, raw)


def post(talk: Dialogue, raw: bytes, sender: str = SENDER, recipient: str = RECIPIENT) -> str:
    """One mail, which ends with a line end, in this dialogue; the answer to its end."""
    assert talk.code(sender) == 250
    assert talk.code(recipient) == 250
    assert talk.code("DATA") == 354
    talk.send(raw.replace(b"\r\n.", b"\r\n..") + b".\r\n")
    return talk.reply()


@contextmanager
def listening(
    desk: Desk, recorder: Recorder | None = None, *, free_mb: int = 10_000, **settings: Any
) -> Iterator[Listening]:
    """A running listener; `settings` are those of [listener], and `lmtp` a path."""
    kept = recorder or Recorder(desk.store)
    configured = replace(Settings(smtp=desk.app.config.listener.smtp), **settings)
    listener = Listener(configured, Surroundings(desk.app.own, kept, desk.clock, lambda: free_mb))
    kept.start()
    try:
        listener.start()
        yield Listening(desk, listener, configured.lmtp)
    finally:
        listener.stop()
        kept.stop()
