"""The readers of single files, run here on files that are known to be harmless."""

from __future__ import annotations

import datetime

import pytest

from mailbot.ingest.filetexts import MOST_ROWS, MOST_TEXT, read_docx, read_msg, read_pdf, read_tnef, read_xlsx
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


def test_pain_28_an_outlook_message_without_plain_text_gives_that_of_its_html() -> None:
    raw = files.outlook({"0037": "New hire"}, ("a.pdf", b"%PDF-1.7" + bytes(5000)), "<p>Please add <b>Ana</b>.</p>")
    assert read_msg(raw).text == "Subject: New hire\n\nPlease add Ana."


def test_pain_28_the_plain_text_of_an_outlook_message_comes_first() -> None:
    texts = {"0037": "New hire", "1000": "Plain."}
    assert read_msg(files.outlook(texts, ("a.pdf", b"%PDF-1.7" + bytes(5000)), "<p>Rich.</p>")).text.endswith("Plain.")


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_what_stands_in_the_header_of_a_word_file_is_read() -> None:
    reading = read_docx(files.word_of(paragraph("Please add Ana."), header="Group 10442"))
    assert reading.text == "Please add Ana.\nGroup 10442"


def test_a_text_box_is_read_once() -> None:
    box = paragraph("Group 10442")
    both = f"<w:p><w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    reading = read_docx(files.word_of(f"{both}</mc:AlternateContent></w:r></w:p>"))
    assert reading.text == "Group 10442"


CONTROL = (
    '<w:sdt><w:sdtPr><w:alias w:val="{name}"/>{more}</w:sdtPr><w:sdtContent>'
    "<w:p><w:r><w:t>{value}</w:t></w:r></w:p></w:sdtContent></w:sdt>"
)


def test_content_controls_are_the_fields_of_a_word_form() -> None:
    body = CONTROL.format(name="Member name", more="", value="Ana Ruiz")
    body += CONTROL.format(name="Group", more="<w:showingPlcHdr/>", value="Click here to enter text.")
    body += CONTROL.format(name="", more='<w:tag w:val="dob"/>', value="2019-05-04")
    reading = read_docx(files.word_of(body))
    assert reading.form == (("Member name", "Ana Ruiz"), ("dob", "2019-05-04"))
    assert "Ana Ruiz" in reading.text


def test_text_that_was_deleted_with_changes_tracked_is_not_read() -> None:
    deleted = (
        "<w:p><w:del><w:r><w:delText>cancel</w:delText></w:r></w:del><w:ins><w:r><w:t>keep</w:t></w:r></w:ins></w:p>"
    )
    assert read_docx(files.word_of(deleted)).text == "keep"


def test_tabs_and_breaks_of_a_word_file_stay() -> None:
    runs = "<w:p><w:r><w:t>Name</w:t><w:tab/><w:t>Ana</w:t><w:br/><w:t>Born</w:t></w:r></w:p>"
    assert read_docx(files.word_of(runs)).text == "Name\tAna\nBorn"


def test_every_sheet_of_a_workbook_is_read_a_hidden_one_too() -> None:
    sheets: dict[str, list[list[object]]] = {"Adds": [["Ana"]], "Terms": [["Bob"]], "Notes": [["secret"]]}
    assert read_xlsx(files.workbook(sheets, hidden="Notes")).text == "Ana\nBob\nsecret"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (True, "True"),
        (0, "0"),
        (0.5, "0.5"),
        (12345678901, "12345678901"),
        ("00123", "00123"),
        (datetime.datetime.fromisoformat("2026-12-01T00:00"), "2026-12-01"),
        (datetime.datetime.fromisoformat("2026-12-01T09:30"), "2026-12-01 09:30:00"),
        (datetime.time(9, 30), "09:30:00"),
        ("Ruiz,\nAna", "Ruiz,\nAna"),
        ("Ñandú 李", "Ñandú 李"),
    ],
)
def test_a_cell_is_read_as_a_person_sees_it(cell: object, text: str) -> None:
    assert read_xlsx(files.excel([["x", cell]])).text == f"x\t{text}"


def test_empty_rows_and_cells_leave_no_lines() -> None:
    assert read_xlsx(files.excel([["a"], [None, None], [None, "b"]])).text == "a\n\tb"


def test_a_workbook_is_read_so_far_and_no_further() -> None:
    reading = read_xlsx(files.excel([[f"member {number}"] for number in range(MOST_ROWS + 50)]))
    assert reading.text.count("\n") + 1 == MOST_ROWS


def test_a_long_document_is_cut() -> None:
    assert len(read_docx(files.word_of(paragraph("word " * 60_000))).text) <= MOST_TEXT


@pytest.mark.parametrize(
    "values",
    [
        {"Member name": "Ana Ruiz", "Group": "10442", "Effective date": "12/01/2026"},
        {"A very long label " * 5: "x" * 500},
        {"Name": "O'Brien \\(Ana\\)"},
    ],
)
def test_what_is_filled_into_a_pdf_form_is_read_by_its_labels(values: dict[str, str]) -> None:
    form = dict(read_pdf(files.pdf(["Form"], values)).form)
    assert form == {label.strip(): value.replace("\\", "") for label, value in values.items()}
