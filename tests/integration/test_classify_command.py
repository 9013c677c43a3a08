"""`mailbot classify` on the sample mails: one row a file for programs, a sheet for people."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from mailbot.cli import build

SAMPLES = Path(__file__).parents[2] / "mailbot" / "samples"
MAIL = (
    b"From: Broderick Payne <bp@payne.example>\nTo: desk@desk.example\nSubject: Term\n"
    b"Date: Fri, 18 Sep 2026 15:04:13 -0400\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"
    b"Please terminate Tiffany Oyelaran, group 28850, as of the end of the month. Her SSN is 900-41-7725.\n"
)


def test_every_sample_is_one_json_row_with_the_fixed_keys() -> None:
    files = [str(path) for path in sorted(SAMPLES.glob("*.eml"))]
    result = CliRunner().invoke(build(), ["classify", "--json", *files])
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["file"] for row in rows] == files
    for row in rows:
        assert set(row) == {
            "file", "kind", "category", "confidence", "also", "alternatives", "because", "fields", "flags", "documents",
            "missing", "language", "reply_text",
        }  # fmt: skip
        assert (row["category"] is None) == (row["kind"] != "inquiry")
        assert set(row["flags"]) == {"retroactive", "newborn", "contains_ssn", "multiple_consumers"}


def test_a_second_matter_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "two.eml"
    file.write_bytes(MAIL + b"\nAlso, can you resend the October invoice for the group? We never received it.\n")
    shown = CliRunner().invoke(build(), ["classify", str(file)]).stdout
    assert "may also be about billing.invoice" in shown


def test_a_person_sees_why_where_and_what_is_missing_but_no_secret_number(tmp_path: Path) -> None:
    file = tmp_path / "term.eml"
    file.write_bytes(MAIL)
    result = CliRunner().invoke(build(), ["classify", str(file)])
    assert result.exit_code == 0
    for shown in (
        "eligibility.termination",
        "Because:",
        "group_number:",
        "28850   (body)",
        "2026-09-30",
        "contains ssn",
    ):
        assert shown in result.stdout
    assert "900-41-7725" not in result.stdout


def test_a_file_that_cannot_be_opened_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    file = tmp_path / "term.eml"
    file.write_bytes(MAIL)
    result = CliRunner().invoke(build(), ["classify", "--json", str(tmp_path / "none.eml"), str(file)])
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert "error" in rows[0]
    assert rows[1]["category"] == "eligibility.termination"
    assert result.exit_code == 65
