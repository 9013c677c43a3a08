"""The outgoing server is away while inquiries come in; when it is back, each letter goes out once."""

from __future__ import annotations

import email
import json
import socket
from datetime import timedelta
from pathlib import Path

from tests.desks import open_desk, write_desk
from tests.mails import MONDAY, mail
from tests.servers.service import command
from tests.servers.smtp_sink import Script, smtp_sink

COUNT = 10


def test_f33_ten_letters_wait_and_go_out_once_each(database_url: str, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = write_desk(tmp_path, database_url, outgoing={"url": f"smtp://127.0.0.1:{port}"})
    with open_desk(tmp_path, database_url, outgoing={"url": f"smtp://127.0.0.1:{port}"}) as desk:
        for number in range(COUNT):
            desk.send(mail(f"inquiry {number}", sender=f"p{number}@broker.example"), f"p{number}@broker.example")
    away = json.loads(command(config, "tick", "--json", now=MONDAY).stdout)
    assert (away["delivered"], away["held"]) == (0, 0)
    with smtp_sink(Script(), port=port) as sink:
        back = json.loads(command(config, "tick", "--json", now=MONDAY + timedelta(hours=6)).stdout)
        assert back["delivered"] == COUNT
        again = json.loads(command(config, "tick", "--json", now=MONDAY + timedelta(hours=12)).stdout)
        assert again["delivered"] == 0
        ids = [str(email.message_from_bytes(each.content)["Message-ID"]) for each in sink.received]
        assert len(set(ids)) == len(ids) == COUNT
        assert {each.recipients[0] for each in sink.received} == {f"p{n}@broker.example" for n in range(COUNT)}
