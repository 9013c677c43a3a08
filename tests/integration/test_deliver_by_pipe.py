"""`mailbot deliver` behind a mail server: a desk that cannot work keeps the mail in the server's queue."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from mailbot.cli import build
from mailbot.errors import TryAgainLater
from tests.desks import write_desk
from tests.mails import mail

EX_DATAERR, EX_TEMPFAIL = 65, 75


def piped(config: Path) -> TryAgainLater:
    result = CliRunner().invoke(build(), ["deliver", "--config", str(config)], input=mail())
    assert isinstance(result.exception, TryAgainLater)
    return result.exception


@pytest.mark.parametrize("what", ["missing", "readable by all", "of another desk", "no key"])
def test_f48_without_a_usable_key_the_mail_stays_in_the_queue(tmp_path: Path, sqlite_url: str, what: str) -> None:
    config, key = write_desk(tmp_path, sqlite_url), tmp_path / "mailbot.key"
    if what == "of another desk":
        first = CliRunner().invoke(build(), ["deliver", "--config", str(config)], input=mail())
        assert first.exit_code == 0
        other = tmp_path / "other"
        write_desk(other, sqlite_url)
        key.write_bytes((other / "mailbot.key").read_bytes())
    elif what == "missing":
        key.unlink()
    elif what == "no key":
        key.write_text("nothing")
    else:
        key.chmod(0o644)
    error = piped(config)
    assert error.exit_status == EX_TEMPFAIL
    assert "key" in str(error)


@pytest.mark.parametrize(("megabytes", "status"), [(1, 0), (1.01, EX_DATAERR), (3, EX_DATAERR)])
def test_a007_a_mail_larger_than_the_desk_takes_goes_back_to_its_author(
    tmp_path: Path, sqlite_url: str, megabytes: float, status: int
) -> None:
    config, head = write_desk(tmp_path, sqlite_url, listener={"max_message_mb": 1}), mail()
    whole = head + b"x" * (int(megabytes * 2**20) - len(head))
    result = CliRunner().invoke(build(), ["deliver", "--config", str(config)], input=whole)
    error = result.exception
    assert getattr(error, "exit_status", 0) == status
    assert error is None or "max_message_mb of [listener]" in str(error)
    listed = CliRunner().invoke(build(), ["arrivals", "--config", str(config), "--json"])
    assert bool(listed.stdout.strip()) == (status == 0)


def test_f53_with_a_broken_configuration_the_mail_stays_in_the_queue(tmp_path: Path, sqlite_url: str) -> None:
    config = write_desk(tmp_path, sqlite_url)
    config.write_text(config.read_text() + "\n[desk2]\n")
    assert piped(config).exit_status == EX_TEMPFAIL
