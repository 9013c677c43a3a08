"""Nobody reads or keeps what we say: mail is taken in all the same, and none is given back for that (ATTACKS F51)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desks import desk_of, open_desk, write_desk
from tests.mails import mail
from tests.servers.dialogue import dialogue
from tests.servers.listening import post
from tests.servers.service import ROOT, Served, environment
from tests.servers.smtp_sink import smtp_sink


def full() -> int:
    """A disk without room, as the system offers it for tests."""
    return os.open("/dev/full", os.O_WRONLY)


def closed() -> int:
    """A pipe at whose other end nobody is any more."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


UNWRITABLE = {"full": full, "closed": closed}


@pytest.fixture(params=UNWRITABLE)
def unwritable(request: pytest.FixtureRequest) -> int:
    return UNWRITABLE[request.param]()


def test_f51_the_service_goes_on_when_its_log_cannot_be_written(
    unwritable: int, tmp_path: Path, sqlite_url: str
) -> None:
    """What would be logged is lost; letters that are refused are among it."""
    with smtp_sink() as sink:
        sink.script.mail += ["550 no"] * 3
        config = write_desk(tmp_path, sqlite_url, outgoing={"url": f"smtp://127.0.0.1:{sink.port}"})
        line = [sys.executable, "-m", "mailbot", "serve", "--json", "--config", str(config)]
        with subprocess.Popen(line, env=environment(), stdout=subprocess.PIPE, stderr=unwritable, cwd=ROOT) as process:
            served = Served(process, _port(process))  # type: ignore[arg-type]
            for number in range(5):
                with dialogue(served.port) as talk:
                    sender = f"p{number}@broker{number}.example"
                    assert post(talk, mail(f"inquiry {number}", sender=sender)).startswith("250")
            sink.wait_for(2)
            assert served.stop() == 0
        with desk_of(config) as desk:
            assert {row.state for row in desk.arrivals()} == {"done"}
            assert sorted(letter.state for letter in desk.letters()) == ["refused"] * 3 + ["sent"] * 2
    os.close(unwritable)


def _port(process: subprocess.Popen[bytes]) -> int:
    import json

    assert process.stdout is not None
    return int(json.loads(process.stdout.readline())["smtp_port"])


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "words"])
def test_f51_a_mail_that_is_safe_is_not_given_back_since_nobody_listens(
    unwritable: int, as_json: bool, tmp_path: Path, sqlite_url: str
) -> None:
    """A mail server bounces the mail for any status but 0 and 75."""
    config = write_desk(tmp_path, sqlite_url)
    line = [sys.executable, "-m", "mailbot", "deliver", *(["--json"] if as_json else []), "--config", str(config)]
    for _ in range(2):
        raw = mail()
        done = subprocess.run(
            line, env=environment(), input=raw, stdout=unwritable, stderr=unwritable, cwd=ROOT, check=False
        )
        assert done.returncode == 0
    with open_desk(tmp_path, sqlite_url) as desk:
        assert len(desk.cases()) == 2
    os.close(unwritable)


def test_f51_an_error_that_nobody_foresaw_keeps_the_mail_in_the_queue(tmp_path: Path, sqlite_url: str) -> None:
    config = write_desk(tmp_path, sqlite_url)
    broken = "import mailbot.cli.mailing as m, mailbot.cli as c; m.opened_app = None; c.main()"
    line = [sys.executable, "-c", broken, "deliver", "--config", str(config)]
    done = subprocess.run(line, env=environment(), input=mail(), capture_output=True, cwd=ROOT, check=False)
    assert done.returncode == 75
    assert b"TypeError" in done.stderr
    assert b"Traceback" not in done.stderr
