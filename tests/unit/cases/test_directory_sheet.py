"""The directory's CSV file as spreadsheets save it: encodings, separators, headers, and what each line tells."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from mailbot.cases.cells import uncell
from mailbot.cases.directory_sheet import LARGEST_FILE, MOST_LINES, Sheet, read_sheet, write_sheet
from mailbot.cases.people import Notices, Person, Role
from mailbot.mail import Address
from tests.mails import OWN

HEADER = "address,name,role,organisation,npn,npi,groups,language,teams,permissions,active,notices\n"
DANA = "dana@broker.example,Dana Reed,producer,Reed Brokers,1234567,,0140026; 0140027,en,,,yes,\n"
ANN = "ann@plan.example,Ann Ortiz,staff,,,,,,Enrollment; Group accounts,note; ask,,each\n"


def read(text: str) -> Sheet:
    return read_sheet(text.encode(), OWN)


def people(text: str) -> list[Person]:
    sheet = read(text)
    assert sheet.mistakes == ()
    return [line.person for line in sheet.lines]


def told(text: str | bytes) -> list[str]:
    sheet = read_sheet(text.encode() if isinstance(text, str) else text, OWN)
    return [str(mistake) for mistake in sheet.mistakes]


def test_a_line_is_a_person() -> None:
    dana, ann = people(HEADER + DANA + ANN)
    assert dana == Person(
        Address("dana@broker.example", "Dana Reed"),
        Role.PRODUCER,
        organisation="Reed Brokers",
        npn="1234567",
        groups=("0140026", "0140027"),
        language="en",
    )
    assert ann == Person(
        Address("ann@plan.example", "Ann Ortiz"),
        Role.STAFF,
        teams=("Enrollment", "Group accounts"),
        permissions=("note", "ask"),
        notices=Notices.EACH,
    )


def test_two_columns_are_enough_and_may_stand_anywhere() -> None:
    (person,) = people("ROLE, Address \nEmployer, HR@Acme.example \n")
    assert person == Person(Address("HR@Acme.example"), Role.EMPLOYER)
    assert read("role,address\n").columns == {"role", "address"}


def test_staff_who_chose_nothing_get_a_digest_and_others_nothing() -> None:
    staff, other = people("address,role\nann@plan.example,staff\ndana@broker.example,producer\n")
    assert (staff.notices, other.notices) == (Notices.DIGEST, Notices.NONE)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_excels_semicolons_and_other_separators_are_seen_from_the_header(separator: str) -> None:
    text = f"address,role,name\ndana@broker.example,producer,{'Reed, Dana' if separator != ',' else 'Dana'}\n"
    head, _, row = text.partition("\n")
    first, second, third = row.strip().split(",", 2)
    lines = [separator.join(head.split(",")), separator.join([first, second, third])]
    (person,) = people("\n".join(lines))
    assert person.name in ("Reed, Dana", "Dana")


def test_excels_own_line_about_the_separator_is_no_header() -> None:
    sheet = read("sep=;\r\naddress;role\r\ndana@broker.example;producer\r\nx;y\r\n")
    assert [line.number for line in sheet.lines] == [3]
    assert [mistake.line for mistake in sheet.mistakes] == [4, 4]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", b""), ("utf-8-sig", b""), ("utf-16", b""), ("utf-16-be", b"\xfe\xff"), ("cp1252", b"")],
    ids=["plain", "byte order mark", "unicode text", "unicode text of a mac", "windows"],
)
def test_names_are_read_in_the_encodings_that_spreadsheets_save(encoding: str, mark: bytes) -> None:
    text = "address,name,role\njose@acme.example,José Núñez,employer\n"
    sheet = read_sheet(mark + text.encode(encoding), OWN)
    assert sheet.mistakes == ()
    assert sheet.lines[0].person.name == "José Núñez"


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"PK\x03\x04\0\0\0", b"\0" * 100, b"\x81\x8d\x8f"])
def test_what_is_no_csv_file_is_one_sentence(content: bytes) -> None:
    assert told(content) == ["line 1: this is no CSV file: save the sheet as CSV in UTF-8"]
    assert read_sheet(content, OWN).lines == ()


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_an_empty_file_lacks_the_two_columns(content: bytes) -> None:
    assert [(mistake.line, mistake.column) for mistake in read_sheet(content, OWN).mistakes] == [
        (1, "address"),
        (1, "role"),
    ]


def test_a_file_that_is_too_large_is_told_before_it_is_read() -> None:
    (sentence,) = told(b"address,role\n" + b"\n" * LARGEST_FILE)
    assert sentence == "line 1: the file is larger than 32000000 bytes: cut it into several"


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old mac"])
def test_any_line_ends_and_empty_lines_will_do(ends: str) -> None:
    text = f"address,role\n\n,\ndana@broker.example,producer\n\n{ANN.partition(',')[0]},staff\n".replace("\n", ends)
    assert [line.number for line in read(text).lines] == [4, 6]


def test_a_cell_of_several_lines_is_one_line_and_the_numbers_go_on() -> None:
    sheet = read('address,name,role\ndana@broker.example,"Dana\nReed",producer\ncarl@broker.example,,nobody\n')
    assert sheet.lines[0].person.name == "Dana Reed"
    assert [mistake.line for mistake in sheet.mistakes] == [4]


@pytest.mark.parametrize(
    ("name", "meant"),
    [("organization", "organisation"), ("adress", "address"), ("Group", "groups"), ("permission", "permissions")],
)
def test_an_unknown_column_is_told_with_the_nearest_name(name: str, meant: str) -> None:
    sentence = told(f"address,role,{name}\ndana@broker.example,producer,x\n")
    assert sentence == [f"line 1, {name.casefold()}: there is no such column; did you mean {meant}?"]


def test_a_header_without_the_two_columns_leaves_nothing() -> None:
    assert told("name,organisation\nDana,Reed\n") == [
        "line 1, address: this column is needed; the first line names the columns",
        "line 1, role: this column is needed; the first line names the columns",
    ]
    assert told("address,role,Role\n") == ["line 1, role: this column is there twice"]


def test_empty_columns_are_passed_over_and_filled_ones_without_a_name_are_not() -> None:
    assert people("address,role,,\ndana@broker.example,producer,,,,\n")
    for row in ("dana@broker.example,producer,x", "dana@broker.example,producer,,,,x"):
        assert told(f"address,role,,\n{row}\n") == ["line 2: there is something in a column without a name"]


def test_the_same_address_twice_is_told_in_any_spelling() -> None:
    text = (
        "address,role\ndana@bücher.example,producer\nDANA@xn--bcher-kva.example,producer\n"
        "ann@plan.example,staff\nANN@Plan.Example.,producer\n"
    )
    assert told(text) == [
        "line 3, address: line 2 has this address too; take one of them out",
        "line 5, address: line 4 has this address too, and nobody is both staff and producer; take one of them out",
    ]
    assert [line.number for line in read(text).lines] == [2, 4]


def test_a_plus_address_is_somebody_of_its_own() -> None:
    assert len(people("address,role\ndana@broker.example,producer\ndana+claims@broker.example,producer\n")) == 2


def test_each_line_tells_all_that_is_wrong_with_it() -> None:
    assert told("address,role,npn\nnobody,agent,12a\n,,\ndana@broker.example,,\n") == [
        "line 2, address: this is no address: write name@broker.example, or *@broker.example for everybody there",
        "line 2, role: no role: it can be producer, employer, provider, navigator, consumer, staff",
        "line 2, npn: must be at most ten digits",
        "line 4, role: a role is needed: producer, employer, provider, navigator, consumer, staff",
    ]


def test_a_wrong_quote_is_told_and_does_not_swallow_the_file_unseen() -> None:
    sheet = read(f'{HEADER}dana@broker.example,"Dana,producer\n{DANA * 4}')
    assert sheet.lines == ()
    assert sheet.mistakes[0].line == 2
    huge = told(f'{HEADER}dana@broker.example,"{"x" * 200_000}')
    assert huge[0].startswith("line 1: this is no CSV file from line 2 on")


def test_a_file_of_too_many_lines_is_told() -> None:
    rows = "".join(f"p{number}@broker.example,producer\n" for number in range(MOST_LINES + 1))
    assert len(read(f"address,role\n{rows.partition(chr(10))[2]}").lines) == MOST_LINES
    assert told(f"address,role\n{rows}") == ["line 1: the file has more than 50000 lines: cut it into several"]


def test_what_is_exported_is_imported_as_the_same() -> None:
    everybody = people(
        HEADER
        + DANA
        + ANN
        + '*@acme.example,"=HYPERLINK(""x"")",employer,"Acme; ""the best"", Inc.",,,0140026-A,es,,,no,\n'
        + "+plus@clinic.example,'@Home,provider,-Dash-,,1234567893,,zh-Hant,,,,none\n"
        + "big@broker.example,Big,producer,,,,*,,,,,\n"
    )
    text = "".join(write_sheet(everybody))
    assert people(text) == everybody
    assert "".join(write_sheet(people(text))) == text


def test_a108_an_export_holds_no_formula() -> None:
    evil = Person(
        Address("=cmd|' /C calc'!A0@x.example", "=1+1"), Role.PRODUCER, organisation="@SUM(A1)", groups=("-1",)
    )
    cells = "".join(write_sheet([evil])).splitlines()[1].split(",")
    assert not [text for text in cells if text.strip('"').startswith(tuple("=+-@"))]


TEXTS = some.text(max_size=60).map(uncell)
# Neither what a spreadsheet would run or divide nor a whole domain, which only some may be.
ADDRESSES = some.emails().filter(lambda text: len(text) < 60 and not set(text) & set("'=+-\"/|{}*"))
ENTRIES = some.builds(
    Person,
    some.builds(Address, ADDRESSES, TEXTS),
    some.sampled_from([Role.PRODUCER, Role.EMPLOYER, Role.CONSUMER]),
    organisation=TEXTS,
    language=some.sampled_from(["", "en", "zh-Hant"]),
    active=some.booleans(),
)


@settings(max_examples=200, deadline=None)
@given(ENTRIES)
@example(Person(Address("a@x.example", "'"), Role.CONSUMER, organisation="' '"))
@example(Person(Address("a@x.example", "N/A; n,a|"), Role.CONSUMER, organisation="sep=;"))
def test_any_entry_that_can_be_imported_comes_back_from_an_export(person: Person) -> None:
    (first,) = people("".join(write_sheet([person])))
    assert first == person
    assert "".join(write_sheet([first])) == "".join(write_sheet([person]))


@settings(max_examples=300, deadline=None)
@given(some.binary(max_size=400) | some.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
@example(b'address,role\n"')
@example(b"\xef\xbb\xbf\xef\xbb\xbfaddress,role\n")
@example("address;role\n\u2028;\x0b\x0c\x1c;;".encode())
@example(b"sep=\naddress,role\n")
@example(b'sep="\naddress"role\n')
@example(b"\r\r\naddress,role\r")
def test_nothing_that_is_handed_in_makes_the_reading_fail(content: bytes) -> None:
    for text in (content, b"address,role,name\n" + content, b"address;role\na@b.example;producer\n" + content):
        sheet = read_sheet(text, OWN)
        assert sheet.columns or sheet.mistakes
        assert all(line.person.address.key.count("@") for line in sheet.lines)
