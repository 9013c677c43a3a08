"""`mailbot deliver` behind a mail server: a desk that cannot work keeps the mail in the server's queue."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from mailbot.cli import build
from mailbot.errors import TryAgainLater
from tests.desks import write_desk
from tests.mails import mail

EX_TEMPFAIL = 75


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


def test_f53_with_a_broken_configuration_the_mail_stays_in_the_queue(tmp_path: Path, sqlite_url: str) -> None:
    config = write_desk(tmp_path, sqlite_url)
    config.write_text(config.read_text() + "\n[desk2]\n")
    assert piped(config).exit_status == EX_TEMPFAIL
