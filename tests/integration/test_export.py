"""The nightly export on both databases: what goes out, once, whatever dies; and the answers that come back."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailbot import failpoints
from mailbot.cases.events import EventKind
from mailbot.cases.people import Person, Role
from mailbot.cases.states import State
from mailbot.cases.understanding import DOCUMENTS
from mailbot.errors import TryAgainLater, UsageError
from mailbot.export.exporter import Exporter
from mailbot.mail import Address
from tests.desks import Desk, text_of
from tests.integration.test_casework_commands import run
from tests.mails import EVE
from tests.understood import COMPLETE, INCOMPLETE, letters_of, opened, understanding


def exporter(desk: Desk) -> Exporter:
    """With a folder of its own; nightly at 18:30."""
    config = desk.app.config
    return Exporter(desk.store, desk.app.casework, folder(desk), config.export.at, config.desk.time_zone)


def folder(desk: Desk) -> Path:
    return desk.config_file.parent / "export"


def member(number: int, **changes: str) -> Any:
    """A complete inquiry about a member of its own."""
    fields = COMPLETE | {"subscriber_id": f"W88310{number:04}", "subscriber_name": f"Maria No{number}"}
    return understanding(**fields | changes)


def batch(desk: Desk, name: str) -> tuple[list[dict[str, str]], list[dict[str, Any]], dict[str, Any]]:
    """The rows, the lines and the manifest of a batch, whose sums are right."""
    manifest = json.loads((folder(desk) / f"{name}.manifest.json").read_text())
    contents = {each["name"]: (folder(desk) / each["name"]).read_bytes() for each in manifest["files"]}
    assert [each["sha256"] for each in manifest["files"]] == [hashlib.sha256(c).hexdigest() for c in contents.values()]
    rows, lines = (content.decode().splitlines() for content in contents.values())
    return list(csv.DictReader(rows)), [json.loads(line) for line in lines], manifest


def names(desk: Desk) -> list[str]:
    return sorted(path.name for path in folder(desk).iterdir())


def test_complete_eligibility_cases_go_out_and_nothing_else(desk: Desk) -> None:
    fit = opened(desk, member(1, dependent_name="=1+1"))
    opened(desk, INCOMPLETE, sender="b@broker.example")
    opened(desk, understanding("billing.delinquency", group_number="1"), sender="c@broker.example")
    doubted = opened(desk, member(2), sender="d@broker.example")
    merged = opened(desk, member(3), sender="e@broker.example")
    opened(desk, member(4), State.RESOLVED, sender="f@broker.example")
    with desk.store.writing() as transaction:
        transaction.cases.ask_review(transaction.cases.find(doubted) or 0, ["look here"])
    desk.app.casework.merge(merged, doubted, "ann")
    done = exporter(desk).export()
    assert (done.cases, done.duplicates) == ((fit,), ())
    (name,) = done.batches
    rows, lines, manifest = batch(desk, name)
    assert [row["number"] for row in rows] == [line["number"] for line in lines] == [fit]
    assert (rows[0]["dependent_name"], lines[0]["fields"]["dependent_name"]) == ("'=1+1", ["=1+1"])
    assert (rows[0]["subscriber_id"], manifest["cases"], manifest["batch"]) == ("W883100001", 1, name)
    assert desk.case(fit).state == "submitted"
    (submitted,) = [event for event in desk.events(fit) if event.kind is EventKind.CASE_SUBMITTED]
    assert (submitted.why, submitted.actor) == (f"in batch {name}", "export")


def test_what_was_handed_over_is_never_handed_over_again(desk: Desk) -> None:
    first = opened(desk, member(1))
    exporter(desk).export()
    before = {path.name: path.read_bytes() for path in folder(desk).iterdir()}
    desk.later()
    assert exporter(desk).export().cases == ()
    second = opened(desk, member(2), sender=EVE)
    desk.later()
    assert exporter(desk).export().cases == (second,)
    assert {name: (folder(desk) / name).read_bytes() for name in before} == before
    assert desk.case(first).state == "submitted"


def test_a131_only_the_owner_can_read_what_is_exported(small_desk: Desk) -> None:
    opened(small_desk, member(1))
    exporter(small_desk).export()
    assert folder(small_desk).stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in folder(small_desk).iterdir()] == [0o600] * 3


@pytest.mark.parametrize("point", ["export.after_submit", "export.between_files", "export.before_mark"])
@pytest.mark.parametrize("passes", [1, 2])
def test_whatever_dies_on_the_way_each_case_goes_out_in_one_complete_batch(
    desk: Desk, point: str, passes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = (opened(desk, member(1)), opened(desk, member(2), sender=EVE))
    monkeypatch.setattr(failpoints, "_armed", failpoints.Failpoint(point, "raise", passes))
    with contextlib.suppress(failpoints.FailpointReached):
        exporter(desk).export()
    monkeypatch.setattr(failpoints, "_armed", None)
    late = opened(desk, member(3), sender="late@broker.example")
    desk.later()
    done = exporter(desk).export()
    assert done.cases == (late,)
    written = sorted(path.name.removesuffix(".manifest.json") for path in folder(desk).glob("*.manifest.json"))
    assert [[row["number"] for row in batch(desk, name)[0]] for name in written] == [list(numbers), [late]]
    assert len(names(desk)) == 6  # nothing half-written is left beside them
    assert exporter(desk).export().batches == ()


def test_a_batch_that_was_complete_when_the_process_died_is_not_written_again(
    small_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(small_desk, member(1))
    monkeypatch.setattr(failpoints, "_armed", failpoints.Failpoint("export.before_mark", "raise", 1))
    with pytest.raises(failpoints.FailpointReached):
        exporter(small_desk).export()
    monkeypatch.setattr(failpoints, "_armed", None)
    before = {path.name: path.stat().st_mtime_ns for path in folder(small_desk).iterdir()}
    small_desk.later()
    assert len(exporter(small_desk).export().batches) == 1
    assert {path.name: path.stat().st_mtime_ns for path in folder(small_desk).iterdir()} == before


def test_where_nothing_can_be_written_nothing_is_submitted(small_desk: Desk) -> None:
    number = opened(small_desk, member(1))
    folder(small_desk).write_text("a file stands where the folder should be")
    with pytest.raises(TryAgainLater, match="cannot be written"):
        exporter(small_desk).export()
    assert small_desk.case(number).state == "awaiting_staff"


def test_the_nightly_export_runs_once_a_night_after_half_past_six(desk: Desk) -> None:
    nightly = exporter(desk)
    number = opened(desk, member(1))
    assert nightly.export_if_due().cases == ()  # it is Monday morning, and the first look only begins
    desk.later(timedelta(hours=9, minutes=29))
    assert nightly.export_if_due().cases == ()  # 18:29
    desk.later(timedelta(minutes=1))
    assert nightly.export_if_due().cases == (number,)
    assert "eligibility-20261123-183000.csv" in names(desk)
    second = opened(desk, member(2), sender=EVE)
    desk.later(timedelta(hours=23))
    assert nightly.export_if_due().cases == ()
    desk.later(timedelta(days=3))  # nobody was there for days: one export, not three
    assert nightly.export_if_due().cases == (second,)
    assert nightly.export_if_due().cases == ()


def test_two_nodes_share_one_night(desk: Desk) -> None:
    one, other = exporter(desk), exporter(desk)
    one.export_if_due()
    number = opened(desk, member(1))
    desk.later(timedelta(hours=10))
    assert one.export_if_due().cases == (number,)
    assert other.export_if_due().batches == ()


def test_of_duplicates_one_goes_out_and_a_stranger_is_left_to_staff(desk: Desk) -> None:
    first = opened(desk, member(1))
    second = opened(desk, member(1), sender=EVE, text="Other words.")
    exporter(desk).export()
    exporter(desk).acknowledge(acknowledgment(desk, f"{first},processed,"))
    assert [desk.case(each).state for each in (first, second)] == ["resolved", "awaiting_staff"]
    desk.later(timedelta(days=1))
    assert exporter(desk).export().cases == (), "nor is the same handed over a second time"


def test_of_duplicates_one_goes_out_and_both_are_answered(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        transaction.directory.put([Person(Address("eve@elsewhere.example"), Role.EMPLOYER, groups=("*",))], "ann")
    first = opened(desk, member(1))
    second = opened(desk, member(1), sender=EVE, text="Other words.")
    done = exporter(desk).export()
    assert (done.cases, done.duplicates) == ((first,), (second,))
    ack = acknowledgment(desk, f"{first},processed,")
    assert exporter(desk).acknowledge(ack).processed == (first,)
    assert {desk.case(each).state for each in (first, second)} == {"resolved"}
    assert letters_of(desk, second)[-1] == "resolution"


def acknowledgment(desk: Desk, *lines: str) -> Path:
    path = desk.config_file.parent / "ack.csv"
    path.write_text("\n".join(["number,status,reason", *lines]) + "\n")
    return path


def test_answers_complete_cases_or_bring_them_back(desk: Desk) -> None:
    good, bad, open_ = (opened(desk, member(i), sender=f"p{i}@broker.example") for i in (1, 2, 3))
    with desk.store.writing() as transaction:
        transaction.cases.ask_review(transaction.cases.find(open_) or 0, ["look here"])
    exporter(desk).export()
    ack = acknowledgment(
        desk,
        f"{good},processed,",
        f"{bad},refused,member W883100002 is unknown",
        "261121-0000428,processed,",
        f"{open_},processed,",
        f"{good},perhaps,",
    )
    done = exporter(desk).acknowledge(ack)
    assert (done.processed, done.refused, done.known) == ((good,), (bad,), ())
    assert [problem.partition(":")[0] for problem in done.problems] == ["line 4", "line 5", "line 6"]
    assert "there is no case '261121-0000428'" in done.problems[0]
    assert [desk.case(each).state for each in (good, bad, open_)] == ["resolved", "awaiting_staff", "awaiting_staff"]
    assert desk.case(bad).review == ("the administration system refused it: see its note",)
    assert desk.thread(bad)[-1].text == "member W883100002 is unknown"
    letter = desk.letter(next(row for row in desk.letters() if row.kind == "resolution"))
    assert letter["Auto-Submitted"] == "auto-generated"
    assert "It is entered in our records." in text_of(letter)
    assert "This message was written automatically" in text_of(letter)


def test_the_same_answers_twice_change_nothing_the_second_time(desk: Desk) -> None:
    good, bad = (opened(desk, member(i), sender=f"p{i}@broker.example") for i in (1, 2))
    exporter(desk).export()
    ack = acknowledgment(desk, f"{good},processed,", f"{bad},refused,unknown")
    exporter(desk).acknowledge(ack)
    desk.app.casework.reviewed(bad, "ann")
    desk.later()
    assert exporter(desk).export().cases == (bad,)  # staff have looked, and it goes out again
    letters = len(desk.letters())
    done = exporter(desk).acknowledge(ack)
    assert (done.processed, done.refused, done.known, done.problems) == ((), (), (good, bad), ())
    assert (desk.case(bad).state, len(desk.letters())) == ("submitted", letters)


def test_the_command_says_what_it_did(small_desk: Desk) -> None:
    number = opened(small_desk, member(1))
    result = run(small_desk, "export", "--folder", str(folder(small_desk)))
    assert result.stdout.startswith("1 cases handed over; eligibility-20261123-090001 is written")
    ack = acknowledgment(small_desk, f"{number},processed,", "x,processed,")
    result = run(small_desk, "export", "--acknowledge", str(ack))
    assert result.exit_code == 1
    assert "1 cases are processed" in result.stdout
    assert result.stderr == "line 3: there is no case 'x'\n"
    rows = json.loads(run(small_desk, "export", "--acknowledge", str(ack), "--json").stdout)
    assert rows["known"] == [number]


def test_the_command_says_what_it_needs(small_desk: Desk) -> None:
    with pytest.raises(UsageError, match="no folder is configured"):
        run(small_desk, "export")
    with pytest.raises(UsageError, match="cannot be read"):
        run(small_desk, "export", "--acknowledge", "nowhere.csv")
    with pytest.raises(UsageError, match="two errands"):
        run(small_desk, "export", "--acknowledge", "a", "--folder", "b")


def test_every_document_that_mailbot_knows_has_its_word_in_a_row(small_desk: Desk) -> None:
    opened(small_desk, replace(member(1), documents=DOCUMENTS))
    (name,) = exporter(small_desk).export().batches
    assert batch(small_desk, name)[1][0]["documents"] == list(DOCUMENTS)
