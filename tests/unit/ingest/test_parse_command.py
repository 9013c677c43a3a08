"""`mailbot parse` for people and for scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mailbot.cli import build
from mailbot.errors import UsageError
from tests.unit.ingest import files
from tests.unit.ingest.oddities import FOLDER
from tests.unit.ingest.raw import attached, mixed

KEYS = [
    *("file", "message_id", "in_reply_to", "references", "from", "to", "cc", "reply_to", "subject", "date", "kind"),
    *("because", "text", "new_text", "signature", "quoted", "attachments", "bounce", "defects"),
]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(build(), ["parse", *arguments])


def test_a_row_has_the_keys_that_scripts_rely_on() -> None:
    path = FOLDER / "attached-mail-without-a-name.eml"
    row = json.loads(run("--json", str(path)).stdout)
    assert list(row) == KEYS
    assert row["from"] == [{"name": "Dana Reed", "address": "dana@broker.example"}]
    (mail,) = row["attachments"]
    assert mail["filename"] == "Proof of birth.eml"
    assert [inner["filename"] for inner in mail["contains"]] == ["certificate.pdf"]


def test_each_file_is_one_line() -> None:
    paths = [str(path) for path in sorted(FOLDER.glob("raw-*.eml"))]
    lines = run("--json", *paths).stdout.splitlines()
    assert [json.loads(line)["file"] for line in lines] == paths


def test_a_bare_body_is_read_as_such(tmp_path: Path) -> None:
    path = tmp_path / "body.html"
    path.write_text("<p>Please add <b>my</b> son.</p>")
    row = json.loads(run("--json", "--body", "text/html", str(path)).stdout)
    assert row["text"] == "Please add my son."


def test_another_body_type_is_refused_with_the_remedy() -> None:
    result = run("--body", "text/rtf", "x")
    assert isinstance(result.exception, UsageError)
    assert "text/plain or text/html" in str(result.exception)


def test_a_file_that_is_not_there_is_said_and_the_others_are_read(tmp_path: Path) -> None:
    result = run("--json", str(tmp_path / "none.eml"), str(FOLDER / "bare-lf-line-ends.eml"))
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert first == {"file": str(tmp_path / "none.eml"), "error": "No such file or directory"}
    assert second["subject"] == "Adding a child"
    assert result.exit_code == 65


def test_people_get_a_sheet() -> None:
    shown = run(str(FOLDER / "outlook-logo-and-document.eml")).stdout
    for piece in (
        "From:        Dana Reed <dana@broker.example>",
        "image001.png",
        "[logo]",
        "--- New text ---",
        "See the form.",
    ):
        assert piece in shown


@pytest.mark.parametrize("as_json", [True, False])
def test_files_shows_what_is_in_them(tmp_path: Path, *, as_json: bool) -> None:
    path = tmp_path / "mail.eml"
    path.write_bytes(
        mixed(attached("list.txt", b"Ana Ruiz"), attached("form.pdf", files.pdf(["Change"], {"Who": "Ana"})))
    )
    shown = run("--files", *(["--json"] if as_json else []), str(path)).stdout
    for piece in ("Ana Ruiz", "Change"):
        assert piece in shown
    if as_json:
        assert json.loads(shown)["attachments"][1]["form"] == [["Who", "Ana"]]
