"""Tables of people as mails hold them: with tabs, bars, blanks or one cell a line; and what is no table."""

from __future__ import annotations

import pytest

from mailbot.classify.rosters import _COLUMNS as COLUMN_MARKS
from mailbot.classify.rosters import ROWS_CAP, Table, split_tables, turned

PEOPLE = (("Lee, Ann", "01/02/1990", "X1"), ("Fry, Bo", "03/04/1985", "X2"))
COLUMNS = ("name", "birth", "id")
HEADER = ("Name", "DOB", "Member ID")


def lines(between: str, before: str = "") -> str:
    return "\n".join(f"{before}{between.join(row)}{before[::-1]}" for row in (HEADER, *PEOPLE))


LAYOUTS = {
    "tabs": lines("\t"),
    "bars": lines(" | "),
    "bars around": lines(" | ", "| "),
    "two blanks": lines("  "),
    "many blanks": lines("      "),
    "one cell a line": "\n".join(cell for row in (HEADER, *PEOPLE) for cell in row),
    "one cell a line, with empty ones": "\n\n".join(cell for row in (HEADER, *PEOPLE) for cell in row),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("around", ["", "Please term these two:\n{}\n\nThanks, Dana"])
def test_a_table_is_read_however_its_cells_are_parted(layout: str, around: str) -> None:
    if around and layout.startswith("one cell"):
        around = "Please term these two:\n{}\n\nThank you very much for doing this so soon, Dana Reed"
    prose, (table,) = split_tables((around or "{}").format(LAYOUTS[layout]))
    assert (table.columns, table.rows) == (COLUMNS, PEOPLE)
    assert table.is_of_people
    assert table.full_names() == ("Ann Lee", "Bo Fry")
    assert ("Please term these two:" in prose) == bool(around)
    assert "Lee" not in prose


def test_the_line_above_a_table_is_its_heading() -> None:
    _, (table,) = split_tables(f"Hello,\n\nTerms:\n\n{LAYOUTS['tabs']}")
    assert table.heading == "Terms:"


def test_two_tables_are_two_with_the_words_between_them() -> None:
    text = f"Add:\n{LAYOUTS['tabs']}\n\nand term:\n{LAYOUTS['tabs']}\nThanks"
    prose, tables = split_tables(text)
    assert [table.heading for table in tables] == ["Add:", "and term:"]
    assert [line for line in prose.split("\n") if line] == ["Add:", "and term:", "Thanks"]


@pytest.mark.parametrize(
    ("header", "column"),
    [
        *(("DOB", "birth"), ("Date of Birth", "birth"), ("Fecha de nacimiento", "birth"), ("出生日期", "birth")),
        *(("Hire date", "ignored"), ("Email", "ignored"), ("SSN", "ignored"), ("Old address", "ignored")),
        *(("PID", "person"), ("Exchange #", "person"), ("Dependents", "dependent"), ("Spouse", "dependent")),
        *(("Group", "group"), ("Claim #", "claim"), ("Eff. Date", "date"), ("Term date", "date"), ("Eff", "date")),
        *(("Last Name", "last"), ("Apellido", "last"), ("FIRST_NAME", "first"), ("Sub ID", "id"), ("Member #", "id")),
        *(("Employee", "name"), ("Patients", "name"), ("姓名", "name"), ("New plan", "plan"), ("Dirección", "address")),
        *(("Colour", ""), ("Identity", "")),
    ],
)
def test_what_a_column_holds_is_told_by_its_name(header: str, column: str) -> None:
    _, (table,) = split_tables(f"Name\tMember ID\t{header}\nAnn Lee\tX1\tsomething\n")
    assert table.columns == ("name", "id", column)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Please add Ann Lee, born 1/2/1990.",
        "Name: Ann Lee\nDOB: 1/2/1990",
        "Name\tAnn Lee",
        "Name  Ann Lee\nDOB  1/2/1990",
        "two  blanks  in a row of words",
        "either | or",
        "Name\nPlease add Ann Lee to our group with the new plan from the first of May.",
    ],
)
def test_labels_and_words_are_no_table(text: str) -> None:
    assert split_tables(text)[1] == ()


def test_labels_with_values_become_lines_that_can_be_read() -> None:
    prose, tables = split_tables("Group:\t0140026\nContact\tDana Reed\t\n\nThanks")
    assert tables == ()
    assert "Contact: Dana Reed" in prose.split("\n")


def test_rows_above_the_header_are_labels_and_values() -> None:
    prose, (table,) = split_tables(f"Company\tAcme Widgets\nGroup\t0140026\n{LAYOUTS['tabs']}")
    assert (table.above, table.rows) == (2, PEOPLE)
    assert prose.split("\n")[:2] == ["Company: Acme Widgets", "Group: 0140026"]


@pytest.mark.parametrize(
    ("heading", "columns"),
    [
        ("Member ids to be termed", ("name", "id")),
        ("PIDs", ("name", "person")),
        ("Claims", ("name", "claim")),
        ("Employees", ("name", "")),
    ],
)
def test_a_table_without_a_header_is_what_the_line_above_says(heading: str, columns: tuple[str, ...]) -> None:
    _, (table,) = split_tables(f"{heading}\nAnn Lee\t301177\nBo Fry\t301178\n")
    assert table.columns == columns
    assert list(table.names("name")) == ["Ann Lee", "Bo Fry"]


def test_one_row_under_a_heading_is_no_table() -> None:
    assert split_tables("PIDs\nAnn Lee\t301177\n")[1] == ()


def test_a_form_is_not_searched_for_columns_in_a_column() -> None:
    stacked = LAYOUTS["one cell a line"]
    assert split_tables(stacked, form=True) == (stacked, ())
    assert split_tables(LAYOUTS["tabs"], form=True)[1]


def test_of_a_list_without_end_the_first_rows_are_read() -> None:
    rows = "\n".join(f"Ann Lee\t{number}" for number in range(ROWS_CAP + 500))
    _, (table,) = split_tables(f"Name\tMember ID\n{rows}")
    assert len(table.rows) == ROWS_CAP - 1


@pytest.mark.parametrize(
    ("columns", "rows", "names"),
    [
        (("last", "first"), (("Lee", "Ann"), ("Fry", "Bo")), ("Ann Lee", "Bo Fry")),
        (("first", "", "last"), (("Ann", "x", "Lee"), ("Bo",)), ("Ann Lee",)),
        (("name",), (("Lee, Ann",), ("",), (" Bo  Fry ",)), ("Ann Lee", "Bo Fry")),
        (("id",), (("X1",),), ()),
    ],
)
def test_people_are_named_first_name_first(
    columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...], names: tuple[str, ...]
) -> None:
    assert Table(columns, rows).full_names() == names


@pytest.mark.parametrize(
    ("columns", "rows", "of_people"),
    [
        (("claim", "date"), (("1", "2"),), False),
        (("name",), (), False),
        *(((column, ""), (("x", "y"),), True) for column in ("name", "last", "first", "dependent", "id", "person")),
    ],
)
def test_a_table_is_of_people_where_a_column_says_who(
    columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...], of_people: bool
) -> None:
    assert Table(columns, rows).is_of_people is of_people


def test_cells_are_those_that_are_filled() -> None:
    table = Table(("name", "id"), (("Ann", " X1 "), ("Bo",), ("Cy", " ")))
    assert list(table.cells("id")) == ["X1"]
    assert list(table.cells("plan")) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [("Lee, Ann", "Ann Lee"), ("Ann  Lee", "Ann Lee"), ("Lee,", "Lee,"), ("Lee, Ann B.", "Ann B. Lee")],
)
def test_a_name_with_a_comma_is_turned_round(name: str, said: str) -> None:
    assert turned(name) == said


@pytest.mark.parametrize("column", [column for column, _ in COLUMN_MARKS])
def test_every_mark_of_a_column_is_seen_by_the_look_that_comes_first(column: str) -> None:
    """Most cells name no column, and are told so at once; none that names one may be lost by that."""
    for mark in dict(COLUMN_MARKS)[column]:
        for written in (mark, mark.upper(), f"{mark}s", f"The {mark}:", f" {mark}?"):
            _, tables = split_tables(f"Name\tMember ID\t{written}\nAnn Lee\tX1\tsomething\n")
            assert tables[0].columns[2] != "" or len(mark) > 30, written


@pytest.mark.parametrize(
    "text", ["Name\n\nAnn Lee called about the coverage of her son", "Member ID\nThank you so much,\nAnn"]
)
def test_one_name_of_a_column_by_itself_heads_nothing(text: str) -> None:
    assert split_tables(text) == (text, ())
