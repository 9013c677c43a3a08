"""`mailbot init` makes a desk that works as it is, and `mailbot check` says what to do where it does not."""

from __future__ import annotations

import json
import os
import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mailbot.cli import build
from mailbot.config.schema import SECTIONS
from mailbot.errors import ConfigurationError, KeyUnusable, StoreUnavailable
from mailbot.store.engine import is_current

EXAMPLES = {  # shown with a value that is no default
    "desk.aliases",
    "export.folder",
    "listener.lmtp",
    "listener.smtp",
    "outgoing.password_file",
    "playbook.file",
    "playbook.model",
    "scanner.clamd",
    "scanner.socket",
    "trust.authserv_ids",
    "trust.forwarders",
    "web.listen",
}


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    assert run("init", str(folder)).exit_code == 0
    return folder


def run(*arguments: str) -> Any:
    result = CliRunner().invoke(build(), list(arguments))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def checked(desk: Path) -> Any:
    return run("check", "--config", str(desk / "mailbot.toml"))


def test_init_writes_a_desk_that_check_finds_in_order(desk: Path) -> None:
    result = checked(desk)
    assert result.exit_code == 0, result.output
    assert all(line.startswith("ok ") for line in result.stdout.splitlines())
    assert "example address" in result.stdout


def test_a131_init_lets_only_the_owner_read_what_it_writes(desk: Path) -> None:
    assert desk.stat().st_mode & 0o077 == 0
    names = {path.name for path in desk.iterdir()}
    assert names >= {"mailbot.toml", "playbook.toml", "mailbot.key", "mailbot.db"}
    assert [path.name for path in desk.iterdir() if path.stat().st_mode & 0o077] == []


def test_init_makes_the_schema_on_both_engines(
    empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILBOT_DATABASE__URL", empty_database_url)
    run("init", str(tmp_path / "desk"))
    assert is_current(empty_database_url)
    assert checked(tmp_path / "desk").exit_code == 0


def test_init_overwrites_nothing(desk: Path) -> None:
    (desk / "mailbot.toml").write_text((desk / "mailbot.toml").read_text().replace("Enrollment Desk", "Ours"))
    (desk / "playbook.toml").unlink()
    before = {name: (desk / name).read_bytes() for name in ("mailbot.toml", "mailbot.key")}
    result = run("init", str(desk), "--json")
    assert result.exit_code == 0
    written = {Path(row["path"]).name: row["written"] for row in map(json.loads, result.stdout.splitlines())}
    assert written == {"mailbot.toml": False, "playbook.toml": True, "mailbot.key": False, "mailbot.db": False}
    assert before == {name: (desk / name).read_bytes() for name in before}


def test_a123_init_never_makes_a_new_key_for_a_database_in_use(desk: Path) -> None:
    (desk / "mailbot.key").unlink()
    with pytest.raises(KeyUnusable, match="put back your copy"):
        run("init", str(desk))
    assert not (desk / "mailbot.key").exists()


def test_init_says_where_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be made"):
        run("init", str(tmp_path / "file"))


def uncommented() -> dict[str, Any]:
    """The file that init writes, with every commented key taken in."""
    text = files("mailbot.config").joinpath("mailbot.toml").read_text()
    return tomllib.loads(re.sub(r"^#(?=[a-z\[])", "", text, flags=re.MULTILINE))


def test_the_written_file_names_every_key() -> None:
    tables = uncommented()
    for section in SECTIONS.values():
        written = tables[section.name][0] if section.many else tables[section.name]
        known = {slot.key for slot in section.slots.values() if "." not in slot.key and slot.key != "password"}
        assert set(written) == known


def test_the_written_file_shows_the_defaults(tmp_path: Path) -> None:
    for section in SECTIONS.values():
        for key, value in uncommented()[section.name].items() if not section.many else ():
            slot = section.slots[key]
            if f"{section.name}.{key}" not in EXAMPLES and not slot.required:
                assert slot.default in (value, slot.kind.read(value, tmp_path)), f"{section.name}.{key}"


@pytest.mark.parametrize(
    ("change", "todo"),
    [
        ({"mailbot.key": None}, "TODO keys"),
        ({"mailbot.db": None}, "TODO database"),
        ({"playbook.toml": None}, "TODO playbook"),
        ({"playbook.toml": b"[[category]]\ncode = 3\n"}, "TODO playbook"),
    ],
)
def test_check_says_what_to_do_and_goes_on(desk: Path, change: dict[str, bytes | None], todo: str) -> None:
    for name, content in change.items():
        (desk / name).unlink()
        if content is not None:
            (desk / name).write_bytes(content)
    result = checked(desk)
    assert result.exit_code == 1
    assert todo in result.stdout
    assert "ok   configuration" in result.stdout
    assert "ok   outgoing" in result.stdout


def test_a131_check_reports_a_database_that_others_can_read(desk: Path) -> None:
    (desk / "mailbot.db").chmod(0o644)
    assert "chmod 600" in checked(desk).stdout


def test_a129_check_reports_a_password_that_others_can_read_without_showing_it(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = desk / "relay"
    secret.write_text("hunter2")
    secret.chmod(0o644)
    monkeypatch.setenv("MAILBOT_OUTGOING__URL", "smtps://127.0.0.1")
    monkeypatch.setenv("MAILBOT_OUTGOING__USER", "u")
    monkeypatch.setenv("MAILBOT_OUTGOING__PASSWORD_FILE", str(secret))
    result = checked(desk)
    assert f"TODO outgoing.password: {secret} can be read by other users; run: chmod 600 {secret}" in result.stdout
    assert "hunter2" not in result.output


def test_check_reports_an_lmtp_socket_without_folder_or_group(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOT_LISTENER__LMTP", "nowhere/lmtp.sock")
    monkeypatch.setenv("MAILBOT_LISTENER__LMTP_GROUP", "no-such-group")
    stdout = checked(desk).stdout
    assert "TODO listener.lmtp:" in stdout
    assert "TODO listener.lmtp_group:" in stdout


def test_check_reports_a_desk_that_no_mail_can_reach(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOT_LISTENER__SMTP", "")
    assert "TODO ways in" in checked(desk).stdout


def test_check_reports_a_language_without_letters(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOT_DESK__LANGUAGE", "fr")
    assert "TODO templates: no letters are written in 'fr'; set desk.language to one of en" in checked(desk).stdout


def test_check_gives_one_object_a_line_as_json(desk: Path) -> None:
    result = run("check", "--json", "--config", str(desk / "mailbot.toml"))
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert {tuple(row) for row in rows} == {("name", "ok", "sentence")}


def test_init_reports_a_database_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOT_DATABASE__URL", f"postgresql://nobody@/none?host={tmp_path}")
    with pytest.raises(StoreUnavailable, match="did not answer"):
        run("init", str(tmp_path / "desk"))


def with_export(desk: Path, folder: str) -> Any:
    """What `check` says with this export folder."""
    with (desk / "mailbot.toml").open("a") as file:
        file.write(f'\n[export]\nfolder = "{folder}"\n')
    return checked(desk)


def test_check_says_that_the_first_export_makes_its_folder(desk: Path) -> None:
    result = with_export(desk, "out/of/here")
    assert result.exit_code == 0
    assert re.search(r"^ok   export.folder: .*out/of/here is not there yet", result.stdout, re.MULTILINE)
    assert not (desk / "out").exists()


def test_check_says_that_exports_can_be_written_and_when(desk: Path) -> None:
    (desk / "out").mkdir()
    assert re.search(
        r"^ok   export.folder: .*out can be written, each day at 18:30", with_export(desk, "out").stdout, re.M
    )


def test_check_says_that_a_file_is_no_export_folder(desk: Path) -> None:
    (desk / "out").write_text("")
    result = with_export(desk, "out/batches")
    assert result.exit_code == 1
    assert re.search(r"^TODO export.folder: .*out is no folder", result.stdout, re.MULTILINE)


def test_check_says_that_nothing_can_be_written_to_the_export_folder(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk / "out").mkdir()
    may = os.access
    monkeypatch.setattr("os.access", lambda path, mode: Path(path).name != "out" and may(path, mode))
    assert re.search(r"^TODO export.folder: nothing can be written to .*out", with_export(desk, "out").stdout, re.M)


def test_check_names_no_export_folder_where_nothing_is_exported(desk: Path) -> None:
    assert "export.folder" not in checked(desk).stdout
