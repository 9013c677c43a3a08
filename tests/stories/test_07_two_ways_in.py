"""The same mail comes by SMTP, by LMTP, through a pipe and from a file: one case, one letter."""

from __future__ import annotations

import json
from pathlib import Path

from tests.desks import open_desk, write_desk
from tests.mails import MONDAY, mail
from tests.servers.dialogue import dialogue
from tests.servers.listening import post
from tests.servers.service import command, serving
from tests.servers.smtp_sink import Script, smtp_sink


def test_f22_f23_one_mail_by_every_way_has_one_effect(database_url: str, tmp_path: Path) -> None:
    raw = mail(to="enrollment@desk.example, groups@desk.example")
    traced = [b"Received: from mx%d by desk\r\nX-Queue: %d\r\n" % (n, n) + raw for n in range(4)]
    lmtp = tmp_path / "lmtp.sock"
    with smtp_sink(Script()) as sink:
        outgoing = {"url": f"smtp://127.0.0.1:{sink.port}"}
        config = write_desk(tmp_path, database_url, outgoing=outgoing, listener={"lmtp": str(lmtp)})
        with serving(config, MONDAY) as served:
            with dialogue(served.port) as talk:
                assert post(talk, traced[0]).startswith("250")
                assert post(talk, traced[1], recipient="RCPT TO:<groups@desk.example>").startswith("250")
            with dialogue(lmtp, "LHLO mx.desk.example") as talk:
                assert post(talk, traced[2]).startswith("250")
            piped = command(config, "deliver", "--json", now=MONDAY, given=traced[3].replace(b"\r\n", b"\n"))
            assert json.loads(piped.stdout)["outcome"] == "duplicate"
            (tmp_path / "mail.eml").write_bytes(raw)
            filed = command(config, "import", "--json", str(tmp_path / "mail.eml"), now=MONDAY)
            assert json.loads(filed.stdout)["outcome"] == "duplicate"
            sink.wait_for(1)
            assert served.stop() == 0
        assert len(sink.received) == 1
    with open_desk(tmp_path, database_url) as desk:
        assert (len(desk.cases()), len(desk.letters()), len(desk.arrivals())) == (1, 1, 1)
        assert desk.raw(desk.arrivals()[0].arrival_id) == traced[0]
