"""What stood in mail stands sealed in the database and nowhere else: not in a log, a file, an error or a core dump."""

from __future__ import annotations

import logging
import os
import resource
import smtplib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from mailbot.ingest import smtp as listener_module
from tests.desks import Desk, desk_of, write_desk
from tests.mails import DESK, bounce_of, mail, with_file
from tests.servers.dialogue import dialogue
from tests.servers.listening import listening
from tests.servers.service import Served, command, serving
from tests.servers.smtp_sink import Script, smtp_sink

#: Planted in every part of every mail: a number like a Social Security number, a name, a sender, a file's name.
CANARIES = ("078-05-1120", "Quillfeather", "petronella", "xanthippe")
SENDER = "petronella@broker.example"
WHO = f"Petronella Quillfeather <{SENDER}>"
FILE = "xanthippe-078-05-1120.pdf"


def planted(text: str = "My number is 078-05-1120.", **headers: str) -> bytes:
    return mail(text, sender=WHO, subject="About Quillfeather 078-05-1120", **headers)


def strange() -> list[bytes]:
    """Mail of every kind, also such as readers trip over."""
    return [
        planted(),
        with_file(FILE, "%PDF-1.4 078-05-1120 Quillfeather", sender=WHO),
        planted(content_type='text/plain; charset="078-05-1120"'),
        planted(content_type='multipart/mixed; boundary="Quillfeather"'),
        planted(content_transfer_encoding="base64"),
        planted(message_id="<[078-05-1120"),
        planted(auto_submitted="auto-replied"),
        bounce_of("o.nothing@desk.example", to=SENDER),
        b"Subject: Quillfeather\xff\x00 078-05-1120\r\n\r\n" + b"x" * 100,
        planted("Quillfeather 078-05-1120\n" * 80_000),
    ]


def told(places: dict[str, bytes]) -> list[str]:
    """Where a canary stands in the clear, in any case of letters."""
    return [
        f"{canary} in {place}"
        for place, content in places.items()
        for canary in CANARIES
        if canary.encode() in content or canary.encode() in content.lower()
    ]


def written_by(folder: Path) -> dict[str, bytes]:
    """Every file below: the database and its log, the service's log, whatever else was left."""
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "mail.eml"}


def post(served: Served, raw: bytes) -> None:
    with suppress(smtplib.SMTPException), smtplib.SMTP("127.0.0.1", served.port, "client.example", timeout=60) as talk:
        talk.sendmail(SENDER, DESK, raw)


@contextmanager
def own_temporary_folder(folder: Path) -> Iterator[Path]:
    place = folder / "temporary"
    place.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(place))
        yield place


def test_a102_no_log_file_or_error_holds_what_stood_in_mail(tmp_path: Path, sqlite_url: str) -> None:
    """The whole service, by every way in that needs no other server, refused letters and broken mail among it."""
    refusal = f"550 5.1.1 <{SENDER}>: petronella is unknown"
    said: list[bytes] = []
    with own_temporary_folder(tmp_path) as temporary, smtp_sink(Script(rcpt={SENDER: refusal})) as sink:
        config = write_desk(tmp_path / "desk", sqlite_url, outgoing={"url": f"smtp://127.0.0.1:{sink.port}"})
        with serving(config) as served:
            for raw in strange():
                post(served, raw)
            assert served.stop() == 0
        (tmp_path / "mail.eml").write_bytes(planted("By a file."))
        for line in (["deliver"], ["import", str(tmp_path / "mail.eml")], ["tick"], ["check"]):
            done = command(config, *line, given=planted("By a pipe."))
            said += [done.stderr] if line[0] == "check" else [done.stdout, done.stderr]
        places = written_by(tmp_path) | {f"what was said {number}": text for number, text in enumerate(said)}
        with desk_of(config) as desk:
            assert len(desk.arrivals()) == len(strange()) + 2, "the mail did come in"
            assert {letter.state for letter in desk.letters()} & {"refused"}
    assert told(places) == []
    assert list(temporary.iterdir()) == []


def test_a102_a_large_mail_is_sealed_also_while_it_comes_in(tmp_path: Path, sqlite_url: str) -> None:
    """It is put aside in a file without a name, which only the process that writes it can open."""
    config = write_desk(tmp_path, sqlite_url)
    half = planted("Quillfeather 078-05-1120\n" * 160_000)
    with serving(config) as served, dialogue(served.port) as talk:
        for line in (f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{DESK}>", "DATA"):
            talk.say(line)
        talk.send(half)
        files = open_files(served.process.pid, at_least=1 << 20)
        assert files, "it is put aside while it comes in"
        assert told(files) == []


def open_files(process: int, at_least: int) -> dict[str, bytes]:
    """What the deleted files hold that a process has open, once one of them is so large."""
    for _ in range(200):
        found = {}
        for handle in Path(f"/proc/{process}/fd").iterdir():
            with suppress(OSError):
                if "(deleted)" in os.readlink(handle):
                    found[os.readlink(handle)] = handle.read_bytes()
        if any(len(content) >= at_least for content in found.values()):
            return found
        subprocess.run(["true"], check=True)
    return {}


def test_a102_an_error_that_nobody_foresaw_is_told_without_its_words(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mail server logs what the pipe says, and sends it back to the author of the mail."""
    from mailbot import cli

    config = write_desk(tmp_path, sqlite_url)
    monkeypatch.setattr("sys.argv", ["mailbot", "tick", "--config", str(config)])
    monkeypatch.setattr("mailbot.cli.service.opened_app", _raise)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 70
    said = capsys.readouterr().err
    assert told({"standard error": said.encode()}) == []
    assert "ValueError" in said
    assert "Traceback" not in said


def _raise(*_: object) -> None:
    raise ValueError("Quillfeather 078-05-1120")


def test_a102_an_error_in_the_listeners_own_thread_is_told_without_its_words(
    small_desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """asyncio would log it with everything that it says."""
    monkeypatch.setattr(listener_module.LimitedSMTP, "connection_made", lambda *_: _raise())
    with caplog.at_level(logging.DEBUG), listening(small_desk) as server:
        gone = pytest.raises((OSError, AssertionError))
        with gone, dialogue(server.port) as talk:
            talk.say("EHLO client.example")
    assert "ValueError" in caplog.text
    assert told({"the log": caplog.text.encode()}) == []


def test_a102_the_service_leaves_no_core_dump(tmp_path: Path, sqlite_url: str) -> None:
    with serving(write_desk(tmp_path, sqlite_url)) as served:
        assert resource.prlimit(served.process.pid, resource.RLIMIT_CORE) == (0, 0)
