"""The readers of single files, run here on files that are known to be harmless."""

from __future__ import annotations

import datetime

import pytest

from mailbot.ingest.filetexts import read_docx, read_msg, read_pdf, read_tnef, read_xlsx
from tests.unit.ingest import files


def test_a_pdf_gives_its_text_and_what_is_filled_into_its_form() -> None:
    reading = read_pdf(files.pdf(["Enrollment form", "Group 10442"], {"Member name": "Ana Ruiz", "Empty": ""}))
    assert reading.text.split("\n") == ["Enrollment form", "Group 10442"]
    assert reading.form == (("Member name", "Ana Ruiz"),)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"%PDF-1.4 nonsense"])
def test_a_pdf_that_is_none_is_flagged(content: bytes) -> None:
    assert read_pdf(content).flags == ("unreadable",)


def test_a_word_file_gives_paragraphs_and_tables_in_their_order() -> None:
    reading = read_docx(files.word(["Please add:"], [["Name", "Born"], ["Ana Ruiz", "2026-09-01"]]))
    assert [line.rstrip("\t") for line in reading.text.splitlines()] == [
        "Please add:",
        "Name\tBorn",
        "Ana Ruiz\t2026-09-01",
    ]


def test_a_workbook_gives_rows_with_plain_dates_and_numbers() -> None:
    rows: list[list[object]] = [["Name", "Born", "Group"], ["Ana Ruiz", datetime.date(2026, 9, 1), 10442.0]]
    assert read_xlsx(files.excel(rows)).text == "Name\tBorn\tGroup\nAna Ruiz\t2026-09-01\t10442"


def test_pain_28_winmail_dat_gives_the_files_in_it() -> None:
    reading = read_tnef(files.winmail("roster.txt", b"Ana Ruiz"))
    assert reading.members == (("roster.txt", b"Ana Ruiz"),)


def test_pain_28_an_outlook_message_gives_its_text_and_files() -> None:
    content = b"%PDF-1.7" + bytes(5000)
    raw = files.outlook({"0037": "New hire", "1000": "See the form.", "0C1A": "Dana"}, ("form.pdf", content))
    reading = read_msg(raw)
    assert "Subject: New hire" in reading.text
    assert "See the form." in reading.text
    assert reading.members == (("form.pdf", content),)
