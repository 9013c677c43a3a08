"""How acknowledgment files are read: two forms, many words, and a sentence for every file that is none."""

from __future__ import annotations

import pytest

from mailbot.errors import UsageError
from mailbot.export import answers
from mailbot.export.answers import Answer, Status, read


def test_a_table_is_read_with_its_columns_in_any_order() -> None:
    content = "\ufeffStatus,Number,REASON\r\n".encode() + b'Processed,1,\r\nERROR,\'2,"no, not\nthis"\r\n'
    assert read(content, "a.csv") == [
        Answer(2, "1", Status.PROCESSED, "Processed"),
        Answer(4, "2", Status.REFUSED, "ERROR", "no, not\nthis"),
    ]


def test_json_lines_are_read_and_empty_ones_passed_over() -> None:
    content = b'{"number": "1", "status": "done"}\n\n{"number": "2", "status": "rejected", "reason": null}\n'
    assert read(content, "a.jsonl") == [
        Answer(1, "1", Status.PROCESSED, "done"),
        Answer(3, "2", Status.REFUSED, "rejected"),
    ]


def test_a_word_that_nobody_knows_is_kept_for_the_sentence() -> None:
    assert read(b"number,status\n1," + b"x" * 100, "a.csv") == [Answer(2, "1", None, "x" * 40)]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "columns number and status"),
        (b"id,state\n1,done\n", "columns number and status"),
        (b"\xff\xfe1\x00", "not UTF-8"),
        (b'{"number": "1", "status": "done"}\n[1]\n', "line 2: an object"),
        (b'{"number": "1"}\n', "line 1: an object"),
        (b'{"number": \n', "line 1: this is no JSON"),
        (b'{"a":' + b"[" * 100_000, "line 1: this is no JSON"),
        (b'number,status\n"' + b"x" * 200_000 + b'",done\n', "this is no CSV"),
    ],
)
def test_what_is_no_acknowledgment_is_refused_with_its_line(content: bytes, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        read(content, "a")


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "LARGEST", 10)
    with pytest.raises(UsageError, match="is this the right file"):
        read(b"number,status\n", "a")
