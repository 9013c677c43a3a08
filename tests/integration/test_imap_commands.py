"""The commands over real mailboxes: tick, check, oauth login, and the service with two mailboxes and the listener."""

from __future__ import annotations

import json
import os
import re
import signal
import smtplib
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from mailbot.cli import build
from mailbot.errors import UsageError
from tests.integration.imap_desk import append, count, mail
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.token_server import running_token_server


class Desk:
    """A desk made by `mailbot init`, with mailboxes added to its configuration."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run("init", str(folder))
        self.file = folder / "mailbot.toml"
        password = folder / "password"
        password.write_text(PASSWORD + "\n")
        password.chmod(0o600)

    def add(self, dovecot: Dovecot, name: str, user: str, *lines: str) -> None:
        own = lines or ('password_file = "password"',)
        with self.file.open("a") as file:
            file.write(
                f'\n[[mailbox]]\nname = "{name}"\nhost = "{dovecot.host}"\nport = {dovecot.port}\nuser = "{user}"\n'
                f'ca_file = "{dovecot.ca_file}"\nafter = "move:Processed"\n' + "\n".join(own) + "\n"
            )

    def run(self, *arguments: str) -> Any:
        result = CliRunner().invoke(build(), list(arguments))
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def command(self, *arguments: str) -> Any:
        return self.run(*arguments, "--config", str(self.file))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "desk")


@pytest.fixture
def user() -> str:
    return f"u{uuid4().hex[:12]}"


def test_tick_polls_each_mailbox_and_takes_its_mail_in(desk: Desk, dovecot: Dovecot, user: str) -> None:
    desk.add(dovecot, "enrollment", user)
    desk.add(dovecot, "groups", f"{user}b")
    append(dovecot, user, mail(1), mail(2))
    append(dovecot, f"{user}b", mail(3))
    result = desk.command("tick", "--json")
    assert result.exit_code == 0, result.output
    row = json.loads(result.stdout)
    assert row["polled"] == {"enrollment": 2, "groups": 1}
    assert row["taken"] == 3
    assert count(dovecot, user, "Processed") == 2
    assert json.loads(desk.command("tick", "--json").stdout)["polled"] == {"enrollment": 0, "groups": 0}


def test_tick_goes_on_with_the_others_when_a_mailbox_is_locked(desk: Desk, dovecot: Dovecot, user: str) -> None:
    (desk.folder / "wrong").write_text("wrong")
    (desk.folder / "wrong").chmod(0o600)
    desk.add(dovecot, "locked", user, 'password_file = "wrong"')
    desk.add(dovecot, "open", f"{user}b")
    append(dovecot, f"{user}b", mail(3))
    result = desk.command("tick", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["polled"] == {"locked": 0, "open": 1}
    assert "mailbox locked: localhost refused the login [AUTHENTICATIONFAILED]" in result.stderr


def test_check_looks_into_each_mailbox_and_changes_nothing(desk: Desk, dovecot: Dovecot, user: str) -> None:
    desk.add(dovecot, "enrollment", user)
    append(dovecot, user, mail(1), mail(2))
    told = desk.command("check").output
    assert "localhost lets us in; 2 messages in its folders" in told
    assert "not read yet" in told
    assert count(dovecot, user) == 2
    desk.command("tick")
    assert re.search(r"enrollment: read \d+ seconds? ago", desk.command("check").output)
    desk.file.write_text(desk.file.read_text().replace(f"port = {dovecot.port}", "port = 1"))
    told = desk.command("check")
    assert told.exit_code == 1
    assert "cannot be reached" in told.output


def test_oauth_login_shows_a_code_and_keeps_the_token(
    desk: Desk, dovecot: Dovecot, user: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_token_server(tmp_path) as tokens:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "token-ca.pem"))
        tokens.agreed.add("device-1")
        urls = f'token_url = "{tokens.url}/token", device_url = "{tokens.url}/device"'
        desk.add(dovecot, "enrollment", user, f'oauth = {{ client_id = "mailbot", {urls} }}')
        result = desk.command("oauth", "login", "enrollment")
        assert result.exit_code == 0, result.output
        assert "https://login.example/device" in result.stderr
        assert "WDJB-MJHT" in result.stderr
        assert "its OAuth refresh token is" in desk.command("check").output


@pytest.mark.parametrize(
    ("name", "expected"),
    [("nowhere", "there is no mailbox 'nowhere'; the configured ones: enrollment"), ("enrollment", "has a password")],
)
def test_oauth_login_says_which_mailboxes_there_are(
    desk: Desk, dovecot: Dovecot, user: str, name: str, expected: str
) -> None:
    desk.add(dovecot, "enrollment", user)
    with pytest.raises(Exception, match=expected):
        desk.command("oauth", "login", name)


@contextmanager
def serving(desk: Desk) -> Iterator[int]:
    """The service as a process; yields its SMTP port."""
    command = [sys.executable, "-m", "mailbot", "serve", "--json", "--config", str(desk.file)]
    paths = os.pathsep.join(filter(None, sys.path))
    environment = {**os.environ, "PYTHONPATH": paths, "MAILBOT_LISTENER__SMTP": "127.0.0.1:0"}
    piped = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdout=piped, stderr=piped, text=True) as process:
        assert process.stdout
        try:
            yield json.loads(process.stdout.readline())["smtp_port"]
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
            assert process.returncode == 0
        finally:
            process.kill()


def test_serve_reads_two_mailboxes_and_listens_at_once(desk: Desk, dovecot: Dovecot, user: str) -> None:
    desk.add(dovecot, "enrollment", user)
    desk.add(dovecot, "groups", f"{user}b")
    with serving(desk) as port:
        append(dovecot, user, mail(1))
        append(dovecot, f"{user}b", mail(2))
        with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
            client.sendmail("pat3@broker.example", ["enrollment@desk.example"], mail(3))
        append(dovecot, user, mail(3))
        wait_for(lambda: len(done(desk)) == 3 and count(dovecot, user, "Processed") == 2)
    assert len(done(desk)) == 3, "the mail that came both ways is one arrival"


def done(desk: Desk) -> list[str]:
    """The sources of the arrivals that are done."""
    rows = [json.loads(line) for line in desk.command("arrivals", "--json").stdout.splitlines()]
    return [row["source"] for row in rows if row["state"] == "done"]


def wait_for(condition: Callable[[], bool]) -> None:
    """Asking takes its time; so often is long enough."""
    assert any(condition() for _ in range(200))


def test_what_is_too_big_is_not_retried_from_its_header_and_a_sentence_says_how(desk: Desk, dovecot: Dovecot) -> None:
    user = f"u{uuid4().hex[:12]}"
    desk.add(dovecot, "enrollment", user, 'password_file = "password"', "max_message_mb = 1")
    append(dovecot, user, mail(1, "x" * 1_100_000))
    assert desk.command("tick", "--json").exit_code == 1
    (held,) = [json.loads(line) for line in desk.command("arrivals", "--json").stdout.splitlines()]
    with pytest.raises(UsageError) as told:
        desk.command("retry", str(held["arrival"]))
    said = str(told.value)
    assert "only the header" in said
    assert "folder INBOX of mailbox enrollment" in said
    assert f"mailbot release {held['arrival']}" in said
    # What the sentence says works: the limit raised, the mail moved out and back, and it is here as a whole.
    desk.file.write_text(desk.file.read_text().replace("max_message_mb = 1\n", "max_message_mb = 5\n"))
    with dovecot.client(user) as client:
        client.create_folder("Aside")
        for folder, target in (("INBOX", "Aside"), ("Aside", "INBOX")):
            client.select_folder(folder)
            client.move(client.search(), target)
    assert json.loads(desk.command("tick", "--json").stdout)["taken"] == 1
    assert desk.command("release", str(held["arrival"])).exit_code == 0
