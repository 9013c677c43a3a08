"""Labelled folders: which mails are read, and what is said of lines that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mailbot.cli import build
from mailbot.errors import UsageError
from mailbot.training.labelled import labelled_lessons

RAW = (
    b"From: a@b.example\r\nTo: groups@plan.example\r\nSubject: refund\r\n\r\n"
    b"Please refund the premium that we overpaid.\r\n"
)


def folder(path: Path, *labels: object) -> Path:
    (path / "mail").mkdir()
    (path / "mail" / "1.eml").write_bytes(RAW)
    lines = [label if isinstance(label, str) else json.dumps(label) for label in labels]
    (path / "labels.jsonl").write_text("\n".join(lines))
    return path


def test_inquiries_with_a_category_are_read(tmp_path: Path) -> None:
    labels = [
        {"file": "1.eml", "kind": "inquiry", "category": "billing.refund"},
        {"file": "1.eml", "category": "billing.refund"},
        {"file": "1.eml", "kind": "bulk", "category": None},
        {"file": "1.eml", "kind": "reply", "category": "billing.payment"},
    ]
    lessons = list(labelled_lessons(folder(tmp_path, *labels)))
    assert [(lesson.code, lesson.message.subject) for lesson in lessons] == [("billing.refund", "refund")] * 2


@pytest.mark.parametrize("line", ["{", "[]", '{"category": "other.general"}', "7"])
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(UsageError, match="line 1"):
        list(labelled_lessons(folder(tmp_path, line)))


def test_a_mail_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="2.eml"):
        list(labelled_lessons(folder(tmp_path, {"file": "2.eml", "category": "other.general"})))


def test_a_label_does_not_reach_out_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.eml").write_bytes(RAW)
    with pytest.raises(UsageError):
        list(labelled_lessons(folder(tmp_path, {"file": "../secret.eml", "category": "other.general"})))


def test_a_folder_without_labels_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="labels.jsonl"):
        list(labelled_lessons(tmp_path))


def test_evaluate_prints_accuracy_confusions_calibration_and_coverage(tmp_path: Path) -> None:
    labels = [
        {"file": "1.eml", "category": "billing.refund"},
        {"file": "1.eml", "category": "billing.payment"},
    ]
    shown = CliRunner().invoke(build(), ["evaluate", str(folder(tmp_path, *labels))])
    assert shown.exit_code == 0, shown.output
    assert "right 50.0%" in shown.output
    assert "billing.payment <- billing.refund" in shown.output
    assert "confidence" in shown.output and "decides" in shown.output


def test_evaluate_as_json_is_one_object(tmp_path: Path) -> None:
    labels = [{"file": "1.eml", "category": "billing.refund"}]
    shown = CliRunner().invoke(build(), ["evaluate", "--json", str(folder(tmp_path, *labels))])
    assert json.loads(shown.output)["top1"] == 1.0
