"""Names in running text: of people in every spelling, and what looks like one and is none."""

from __future__ import annotations

import pytest

from mailbot.classify.name_words import is_firm
from mailbot.classify.names import find_capital_runs, find_names, find_organisations

PEOPLE = {
    "Please add Gilbert Amaro to the plan.": ["Gilbert Amaro"],
    "Fired Ricky Dunleavy on Friday": ["Ricky Dunleavy"],
    "Take Paul Vickers and Tran Quoc off": ["Paul Vickers", "Tran Quoc"],
    "- Amos Teller\n- Ginger Stroud": ["Amos Teller", "Ginger Stroud"],
    "our Foreman Jerome Pickett": ["Jerome Pickett"],
    "Julio Cervantes and April Stone": ["Julio Cervantes", "April Stone"],
    "Enrollment: Rhodes, Imani T.": ["Imani T. Rhodes"],
    "employee Okafor, Chidi (new)": ["Chidi Okafor"],
    "Luis A. Ramirez was hired": ["Luis A. Ramirez"],
    "María de la Cruz Peña": ["María de la Cruz Peña"],
    "Noor Haddad-Anquetil": ["Noor Haddad-Anquetil"],
    "Paula Paz Nieto nació": ["Paula Paz Nieto"],
    "Please term Otto Kranz Jr. today": ["Otto Kranz Jr."],
    "Otto Kranz, Sr., and Otto Kranz III": ["Otto Kranz Sr.", "Otto Kranz III"],
    "Otto Kranz IV's card": ["Otto Kranz IV"],
    "Otto Kranz I think": ["Otto Kranz"],
    "L. Farber was not paid": ["L. Farber"],
    "Sean O'Neil's card": ["Sean O'Neil"],
    "员工姓名：张伟，团体号": ["张伟"],
}
NOBODY = [
    "Happy Columbus Day to all",
    "moved from Snow Hill",
    "Re-adding a dependent",
    "the PIDs were wrong",
    "Labor Day weekend",
    "Part-Time employees",
    "Q3 is off",
    "Open Enrollment starts Monday",
    "She lives in Maryland",
    "Thank You Very Much",
]
SMALL = {
    "hi - terminate tom reilly and jan kowal from group 22190": ["Tom Reilly", "Jan Kowal"],
    "need ins for deckhand. name ray burkett. dob 2/14/95": ["Ray Burkett"],
    "my id HSP220771882. wife name hong nguyen born 10/10/1993": ["Hong Nguyen"],
    "please cancel carlos mendez as of today": ["Carlos Mendez"],
    "will need the form, mark it paid": [],
}
SHOUTED = {
    "PLEASE ADD RODNEY CLAPP TO OUR POLICY EFFECTIVE NOV 1, GROUP 30982": ["Rodney Clapp"],
    "TERM JOSE FUENTES AND MARY ANN COLE AS OF THE END OF THE MONTH PLEASE": ["Jose Fuentes", "Mary Ann Cole"],
    "WE HAVE NOT RECEIVED ANY INVOICE SINCE THE START OF THE NEW PLAN YEAR": [],
}


@pytest.mark.parametrize("text", PEOPLE)
def test_a_person_is_found_as_written(text: str) -> None:
    assert [one.value for one in find_names(text) if not one.is_organisation] == PEOPLE[text]


def test_a_generation_behind_a_name_is_written_but_not_compared() -> None:
    [junior] = find_names("Please term Otto Kranz Jr. today")
    assert junior.words == ("otto", "kranz")


@pytest.mark.parametrize("text", NOBODY)
def test_places_days_and_ordinary_words_are_nobody(text: str) -> None:
    assert [one.value for one in find_names(text) if len(one.words) > 1] == []


@pytest.mark.parametrize("text", SMALL)
def test_a_writer_without_capitals_names_people_too(text: str) -> None:
    assert [one.value for one in find_names(text)] == SMALL[text]


@pytest.mark.parametrize("text", SHOUTED)
def test_a_writer_in_capitals_names_people_too(text: str) -> None:
    assert [one.value for one in find_names(text)] == SHOUTED[text]


def test_a_name_stands_where_it_was_written() -> None:
    text = "Fired Ricky Dunleavy; PLEASE note Lee, Ann B."
    for one in find_names(text):
        assert set(text[one.start : one.end].replace(",", "").split()) == set(one.value.split())


@pytest.mark.parametrize(
    ("name", "firm"),
    [
        ("Harbor Hall", True),
        ("John Hall", False),
        ("Diana Park School", True),
        ("Rob Kane and Tia Wells", False),
        ("Purvis Roofing", True),
        ("Glen Stone", False),
        ("Morgan Stone & Tile", True),
        ("Jasper", False),
        ("", False),
    ],
)
def test_a_surname_that_names_a_business_makes_none_behind_a_given_name(name: str, firm: bool) -> None:
    assert is_firm(name.split()) is firm


FIRMS = {
    "See attached for Marcia. Group is 0061102.": [],
    "St. Brigid Manor and Purvis Roofing 21170": ["St. Brigid Manor", "Purvis Roofing"],
    "Bernard Achterberg of Harbor Medical Group": ["Harbor Medical Group"],
    "the Borough of Elk Falls": ["Borough of Elk Falls"],
    "Dell Piano & Organ, your group": ["Dell Piano & Organ"],
    "Team Harbor Linen": ["Harbor Linen"],
    "Studio 54 Salon": ["Studio 54 Salon"],
    "Acme, Inc. and Elk LLC": ["Acme, Inc", "Elk LLC"],
    "the HMO that McElk Dairy Co. has": ["McElk Dairy Co"],
    "Acme, Elk": [],
}


@pytest.mark.parametrize("text", FIRMS)
def test_a_firm_is_told_by_its_kind_and_does_not_reach_into_the_next_sentence(text: str) -> None:
    assert [one.value for one in find_organisations(text)] == FIRMS[text]


def test_no_run_begins_within_a_word_in_capitals() -> None:
    assert find_capital_runs("on behalf of XYZ. Harbor") == ()


def test_capitals_alone_are_runs_without_the_words_that_open_a_mail() -> None:
    runs = [one.value for one in find_capital_runs("New Group Submission: Copper Kettle. Thanks Harbor Point")]
    assert runs == ["Copper Kettle"] or "Copper Kettle" in runs
    assert not any(run.startswith(("New", "Thanks")) for run in runs)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Alvarez, Maria T. needs a card", "Maria T. Alvarez"),
        ("Álvarez, Élodie", "Élodie Álvarez"),
        ("Please term Reed, Dana as of 12/1", "Dana Reed"),
    ],
)
def test_a_name_is_turned_round_whatever_script_the_capital_behind_the_comma_is_of(text: str, name: str) -> None:
    assert name in [one.value for one in find_names(text)]


@pytest.mark.parametrize("text", ["Thanks, dana", "Reed, dana, and others", "Lee,Ann", ", ", "Reed, 12", ""])
def test_no_capital_behind_a_comma_turns_nothing_round(text: str) -> None:
    assert not any(one.value.startswith(("Dana", "dana", "Ann")) and " " in one.value for one in find_names(text))


@pytest.mark.parametrize("said", ["客户姓名：王需要", "会员叫王公司"])
def test_a_sentence_that_goes_on_behind_a_surname_is_no_name(said: str) -> None:
    assert find_names(said) == ()
