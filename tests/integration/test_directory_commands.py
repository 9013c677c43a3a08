"""`mailbot directory` as staff type it: what is imported, what is refused and why, what is shown and exported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mailbot.errors import UsageError
from tests.desks import Desk
from tests.integration.test_casework_commands import run

PEOPLE = """address,name,role,organisation,npn,groups,teams,permissions
dana@broker.example,Dana Reed,producer,Reed Brokers,1234567,0140026;0140027,,
*@acme.example,,employer,Acme,,0150001,,
ann@plan.example,Ann Ortiz,staff,,,,Enrollment,all
"""


def take(desk: Desk, text: str | bytes, *options: str) -> Any:
    """Import a sheet with this content."""
    file = desk.config_file.parent / "people.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return run(desk, "directory", "import", str(file), "--actor", "carla", *options)


def rows(desk: Desk, *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(desk, "directory", *arguments, "--json").stdout.splitlines()]


def test_a_sheet_is_imported_and_listed(small_desk: Desk) -> None:
    assert take(small_desk, PEOPLE).stdout == "3 added, 0 changed, 0 as they were\n"
    assert take(small_desk, PEOPLE).stdout == "0 added, 0 changed, 3 as they were\n"
    assert run(small_desk, "directory", "list").stdout.splitlines() == [
        "dana@broker.example  producer; Dana Reed; Reed Brokers; 2 groups",
        "*@acme.example  employer; Acme; group 0150001",
        "ann@plan.example  staff; Ann Ortiz; Enrollment",
    ]
    assert [row["address"] for row in rows(small_desk, "list", "--role", "staff")] == ["ann@plan.example"]


def test_an_entry_is_shown_with_its_history(small_desk: Desk) -> None:
    take(small_desk, PEOPLE)
    take(small_desk, "address,role,active,groups\nDana@broker.example,producer,no,0140026\n")
    (row,) = rows(small_desk, "show", "DANA@broker.example")
    history = row.pop("history")
    assert row == {
        "address": "Dana@broker.example",
        "name": "Dana Reed",
        "role": "producer",
        "organisation": "Reed Brokers",
        "npn": "1234567",
        "npi": "",
        "groups": ["0140026"],
        "language": "",
        "teams": [],
        "permissions": [],
        "active": False,
        "notices": "none",
    }
    assert [(change["actor"], [each["column"] for each in change["changed"]]) for change in history] == [
        ("carla", []),
        ("carla", ["address", "groups", "active"]),
    ]
    shown = run(small_desk, "directory", "show", "dana@broker.example").stdout
    assert "organisation  Reed Brokers\n" in shown
    assert "carla: added\n" in shown
    assert "groups from 0140026; 0140027 to 0140026; active from yes to no\n" in shown
    assert "Acme" in run(small_desk, "directory", "show", "@acme.example").stdout


def test_a_mistake_is_told_by_its_line_and_nothing_is_imported(small_desk: Desk) -> None:
    wrong = f"{PEOPLE}eve@broker.example,Eve,agent,,,,,\n"
    result = take(small_desk, wrong)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "people.csv, line 5, role: no role: it can be producer, employer, provider, navigator, consumer, staff\n"
        "Nothing was imported: put the lines right, or import the others with --partial.\n"
    )
    assert run(small_desk, "directory", "list").stdout == ""


def test_with_partial_the_lines_that_are_right_are_imported(small_desk: Desk) -> None:
    result = take(small_desk, f"{PEOPLE}eve@broker.example,Eve,agent,,,,,\n", "--partial")
    assert (result.exit_code, result.stdout) == (1, "3 added, 0 changed, 0 as they were\n")
    assert result.stderr.startswith("people.csv, line 5, role: no role")
    assert len(rows(small_desk, "list")) == 3


def test_what_came_of_an_import_as_json(small_desk: Desk) -> None:
    result = take(small_desk, f"{PEOPLE}eve@broker.example,Eve,,,,,,\n", "--json", "--partial")
    row = json.loads(result.stdout)
    assert (row["added"], row["changed"], row["unchanged"]) == (3, 0, 0)
    assert [(each["line"], each["column"]) for each in row["mistakes"]] == [(5, "role")]


def test_a_wrong_header_leaves_nothing_to_import_even_in_part(small_desk: Desk) -> None:
    result = take(small_desk, "mail,role\na@b.example,producer\n", "--partial")
    assert result.exit_code == 2
    assert "there is no such column" in result.stderr


def test_a_team_is_one_of_the_playbooks(small_desk: Desk) -> None:
    result = take(small_desk, PEOPLE.replace("Enrollment", "Enrolment"))
    assert "line 4, teams: the playbook has no team Enrolment; did you mean Enrollment?" in result.stderr


def test_staff_and_producers_do_not_change_sides_by_a_slip(small_desk: Desk) -> None:
    take(small_desk, PEOPLE)
    result = take(small_desk, "address,role\nann@plan.example,producer\ndana@broker.example,staff\n")
    assert result.stderr.splitlines()[:2] == [
        "people.csv, line 2, teams: this is only for staff; leave it empty for this role",
        "people.csv, line 2, permissions: this is only for staff; leave it empty for this role",
    ]
    assert "line 3, role: this address is a producer, not staff: import it with active = no first" in result.stderr
    head = "address,role,teams,permissions,active,notices\n"
    assert take(small_desk, f"{head}ann@plan.example,staff,,,no,\n").exit_code == 0
    assert take(small_desk, f"{head}ann@plan.example,producer,,,yes,\n").exit_code == 0


def test_an_export_is_imported_as_it_was(small_desk: Desk, tmp_path: Path) -> None:
    names = 'carl@broker.example,=1+1,producer,@Home,,*,,\nzoë@bücher.example,Zoë 王,employer,"A, ""B""",,,,\n'
    take(small_desk, PEOPLE + names)
    before = rows(small_desk, "list")
    output = tmp_path / "out.csv"
    run(small_desk, "directory", "export", "--output", str(output))
    assert output.stat().st_mode & 0o777 == 0o600
    assert "'=1+1" in output.read_text("utf-8-sig")
    assert take(small_desk, output.read_bytes()).stdout == "0 added, 0 changed, 5 as they were\n"
    assert rows(small_desk, "list") == before == rows(small_desk, "export")
    printed = run(small_desk, "directory", "export").stdout
    assert printed.splitlines() == output.read_text("utf-8-sig").splitlines()
    with pytest.raises(UsageError, match="name a new file"):
        run(small_desk, "directory", "export", "--output", str(output))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["list", "--role", "agent"], "--role takes a role; it can be"),
        (["list", "--role", "stff"], "did you mean staff"),
        (["show", "nobody@x.example"], "no entry for this address"),
        (["import", "none.csv"], "none.csv cannot be read: No such file"),
        (["import", "/"], "cannot be read: Is a directory"),
        (["export", "--json", "--output", "x"], "leave --output out"),
        (["export", "--output", "/no/such/folder/x.csv"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(small_desk: Desk, arguments: list[str], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        run(small_desk, "directory", *arguments)


def test_very_many_mistakes_are_counted_not_listed(small_desk: Desk) -> None:
    result = take(small_desk, "address,role\n" + "nobody,producer\n" * 1_000)
    assert result.stderr.splitlines()[-2] == "and 800 more mistakes"
