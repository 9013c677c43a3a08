"""Secrets: read late, refused when others can read them, and never shown."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path

import pytest

from mailbot.config import SecretFile, SecretText, load, read_private
from mailbot.errors import ConfigurationError

DESK = '[desk]\nname = "Desk"\naddress = "enrollment@desk.example"\n'
RELAY = '[outgoing]\nurl = "smtps://relay.desk.example"\nuser = "u"\n'


def private(path: Path, content: str, mode: int = 0o600) -> Path:
    path.write_text(content)
    path.chmod(mode)
    return path


def test_a_secret_file_is_read_only_when_it_is_needed(tmp_path: Path) -> None:
    secret = SecretFile(tmp_path / "relay")
    private(tmp_path / "relay", "correct horse\n")
    assert secret.reveal() == "correct horse"


def test_only_the_last_line_end_is_taken_off(tmp_path: Path) -> None:
    assert SecretFile(private(tmp_path / "relay", " two\nlines \r\n")).reveal() == " two\nlines "


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a129_a_secret_that_others_can_read_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    path = private(tmp_path / "relay", "hunter2", mode)
    with pytest.raises(ConfigurationError, match=f"chmod 600 {path}") as caught:
        SecretFile(path).reveal()
    assert "hunter2" not in str(caught.value)


def test_a129_a_password_in_the_configuration_wants_a_private_file(tmp_path: Path) -> None:
    text = f'{DESK}{RELAY}password = "hunter2"\n'
    with pytest.raises(ConfigurationError, match="outgoing.password") as caught:
        load(private(tmp_path / "mailbot.toml", text, 0o644), {})
    assert "hunter2" not in str(caught.value)
    load(private(tmp_path / "mailbot.toml", text, 0o600), {})


def test_a129_a_password_in_the_database_url_wants_a_private_file(tmp_path: Path) -> None:
    text = f'{DESK}[database]\nurl = "postgresql://u:hunter2@db.example/mailbot"\n'
    with pytest.raises(ConfigurationError, match="database.url"):
        load(private(tmp_path / "mailbot.toml", text, 0o644), {})


def test_a129_no_secret_is_shown_by_the_configuration(tmp_path: Path) -> None:
    environ = {
        "MAILBOT_OUTGOING__PASSWORD": "hunter2",
        "MAILBOT_DATABASE__URL": "postgresql://u:hunter2@db.example/mailbot",
    }
    config = load(private(tmp_path / "mailbot.toml", DESK + RELAY), environ)
    assert config.outgoing.password == SecretText("hunter2")
    assert "hunter2" not in repr(config)
    assert config.database.shown == "postgresql://u@db.example/mailbot"


def test_a129_a_wrong_secret_is_not_shown_either(tmp_path: Path) -> None:
    environ = {"MAILBOT_OUTGOING__PASSWORD": "hun\nter2", "MAILBOT_DATABASE__URL": "oracle://u:hunter2@db.example"}
    with pytest.raises(ConfigurationError) as caught:
        load(private(tmp_path / "mailbot.toml", DESK + RELAY), environ)
    assert "ter2" not in str(caught.value)
    assert str(caught.value).startswith("2 things")


def test_a131_a_link_to_a_public_file_is_refused(tmp_path: Path) -> None:
    private(tmp_path / "target", "hunter2", 0o644)
    (tmp_path / "relay").symlink_to(tmp_path / "target")
    with pytest.raises(ConfigurationError, match="chmod 600"):
        read_private(tmp_path / "relay")


def test_a131_a_secret_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = private(tmp_path / "relay", "hunter2")
    owner = path.stat().st_uid
    if owner == 0:
        os.chown(path, 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(ConfigurationError, match="belongs to another user"):
        read_private(path)


def test_a131_a_link_that_another_user_made_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They could point it at another file of ours while we look."""
    private(tmp_path / "target", "hunter2")
    (tmp_path / "relay").symlink_to(tmp_path / "target")
    assert read_private(tmp_path / "relay") == b"hunter2"
    theirs = list((tmp_path / "relay").lstat())
    theirs[stat.ST_UID] = 12345
    monkeypatch.setattr(Path, "lstat", lambda path: os.stat_result(theirs))
    with pytest.raises(ConfigurationError, match="a link made by another user; name the file itself"):
        read_private(tmp_path / "relay")


def test_a131_a_device_or_a_pipe_is_no_secret_and_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    with ThreadPoolExecutor(1) as pool, suppress(OSError):
        reading = pool.submit(read_private, pipe)
        error = reading.exception() if wait([reading], timeout=20).done else None
        if error is None:  # let go of a reader that waits, so that the test can fail
            os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
    assert "is no regular file; a secret is kept in a file" in str(error)
    with pytest.raises(ConfigurationError, match="is no regular file"):
        read_private(Path(os.devnull))


def test_a_file_that_this_user_may_not_open_is_told_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path) -> os.stat_result:
        raise PermissionError

    monkeypatch.setattr(Path, "lstat", refused)
    with pytest.raises(ConfigurationError, match=f"cannot be read by this user; run: chown {os.geteuid()} "):
        read_private(tmp_path / "relay")


def test_a_secret_of_the_environment_is_revealed_as_it_is() -> None:
    assert SecretText(" correct horse\n").reveal() == " correct horse\n"


@pytest.mark.parametrize("kind", ["missing", "folder", "empty", "binary"])
def test_a_secret_that_cannot_be_used_is_told(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "relay"
    if kind == "folder":
        path.mkdir()
    elif kind != "missing":
        path.write_bytes(b"\xff\xfe" if kind == "binary" else b"\n")
        path.chmod(0o600)
    with pytest.raises(ConfigurationError, match=str(path)):
        SecretFile(path).reveal()
