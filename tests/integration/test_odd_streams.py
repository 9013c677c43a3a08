"""Commands whose standard input, output or error is full, gone or closed say so in a sentence, and harm nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from tests.desks import desk_of, write_desk
from tests.mails import mail
from tests.servers.service import ROOT, environment

EX_IOERR, EX_DATAERR = 74, 65


@pytest.fixture
def config(sqlite_url: str, tmp_path: Path) -> Path:
    return write_desk(tmp_path / "desk", sqlite_url)


def run(config: Path, *line: str, shell: str = "", out: int | IO[bytes] = subprocess.PIPE) -> tuple[int, str]:
    """A command's status and what it said on standard error; `shell` stands behind it, as `>&-`."""
    words = [sys.executable, "-m", "mailbot", *line, "--config", str(config)]
    script = ["sh", "-c", f'exec "$@" {shell}', "sh", *words]
    done = subprocess.run(
        script, env=environment(), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, cwd=ROOT, check=False
    )
    return done.returncode, done.stderr.decode()


@pytest.mark.parametrize("line", [("check",), ("letters", "--help"), ("tick", "--json")], ids=" ".join)
def test_f51_what_a_full_disk_does_not_take_is_said_on_standard_error(config: Path, line: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        status, sentence = run(config, *line, out=full)
    assert status == EX_IOERR
    assert sentence.endswith("mailbot: the output cannot be written (No space left on device): "
                             "send it elsewhere, or make room\n")  # fmt: skip


def test_f51_a_reader_that_has_seen_enough_hears_of_no_error(config: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    assert run(config, "tick", "--json", out=writer) == (1, "")
    os.close(writer)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_f51_a_closed_stream_changes_nothing_of_what_a_command_does(config: Path, closed: str) -> None:
    """No file that is opened later gets its number: nothing that is printed can end in one."""
    assert run(config, "tick", shell=closed) == (0, "")
    with desk_of(config) as desk:
        assert desk.arrivals() == []


@pytest.mark.parametrize("encoding", ["ascii:strict", "latin-1:strict", "utf-8"])
def test_json_is_readable_whatever_letters_the_terminal_has(
    config: Path, encoding: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """RFC 8259 lets every letter be written as its number."""
    with desk_of(config) as desk:
        desk.send(mail(subject="\u4e2d\u6587 \u00e4"))
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    with (tmp_path / "rows").open("wb") as rows:
        assert run(config, "cases", "--json", out=rows) == (0, "")
    (row,) = (tmp_path / "rows").read_bytes().splitlines()
    assert json.loads(row)["state"] == "awaiting_staff"
    with (tmp_path / "rows").open("wb") as rows:
        assert run(config, "case", json.loads(row)["number"], "--json", out=rows) == (0, "")
    assert "\u4e2d\u6587" in str(json.loads((tmp_path / "rows").read_bytes()))


def test_f51_a_pipe_without_standard_input_holds_no_message(config: Path) -> None:
    status, sentence = run(config, "deliver", shell="<&-")
    assert status == EX_DATAERR
    assert "standard input held no message" in sentence


def test_f51_a_mail_is_taken_in_although_nothing_can_be_said_of_it(config: Path, tmp_path: Path) -> None:
    (tmp_path / "mail.eml").write_bytes(mail())
    assert run(config, "deliver", shell=f'>&- 2>&- <"{tmp_path}/mail.eml"') == (0, "")
    with desk_of(config) as desk:
        assert len(desk.cases()) == 1
