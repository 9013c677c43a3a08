"""What part each person plays, by the words around the name."""

from __future__ import annotations

import pytest

from mailbot.cases.understanding import Where
from mailbot.classify.passages import Passage, Writer
from mailbot.classify.people import Part, people

PARTS = {
    "Please add her husband Idris Mahmoud": {"Idris Mahmoud": Part.DEPENDENT},
    "our kids, Jaylen Webb (2/4/2014) and Kiara Webb": {"Jaylen Webb": Part.DEPENDENT, "Kiara Webb": Part.DEPENDENT},
    "Divorce of Desmond Clay. Please remove Yvonne Clay from his contract": {
        "Desmond Clay": Part.SUBSCRIBER,
        "Yvonne Clay": Part.DEPENDENT,
    },
    "Manny Reyes is a father: add Oliver Reyes to Manny's contract": {
        "Manny Reyes": Part.SUBSCRIBER,
        "Oliver Reyes": Part.DEPENDENT,
    },
    "PCP: Nurse Practitioner Camille Boudreaux": {"Camille Boudreaux": Part.DOCTOR},
    "Patricia Holm, CRNP, is my choice": {"Patricia Holm": Part.DOCTOR},
    "I talked to a supervisor named Patrice Hall": {"Patrice Hall": Part.STAFF},
    "Hi Marcus Bell,\nplease see below": {"Marcus Bell": Part.STAFF},
    "Contact is Bea Nolan in our office": {"Bea Nolan": Part.CONTACT},
    "ask for Gordon Leavitt, 207-555-0108": {"Gordon Leavitt": Part.CONTACT},
    "she works for Tully Imports": {},
    "he lives in Berlin Heights": {},
    "James and Ellen Whitcomb applied": {"James Whitcomb": Part.SUBSCRIBER, "Ellen Whitcomb": Part.SUBSCRIBER},
    "Kyle and Dana want to change": {"Kyle": Part.SUBSCRIBER, "Dana": Part.SUBSCRIBER},
    "nothing for Overture today": {},
    "the Kowalski family": {"Kowalski": Part.SUBSCRIBER},
    "the policyholder is my husband Emil Sorg": {"Emil Sorg": Part.SUBSCRIBER},
    "La titular es mi esposa Flor Ibarra": {"Flor Ibarra": Part.SUBSCRIBER},
    "the subscriber, and my husband Emil Sorg": {"Emil Sorg": Part.DEPENDENT},
    "él trabaja en Talleres Medina": {},
    "yo trabajo para Lácteos Rivera": {},
    "Liam and Zephyrine Osterman applied": {"Liam Osterman": Part.SUBSCRIBER, "Zephyrine Osterman": Part.SUBSCRIBER},
    "(was 40 N. Albert Ave). Nina Frost moved": {"Nina Frost": Part.SUBSCRIBER},
}


def parts(text: str, writer: str = "Rae Sutter") -> dict[str, Part]:
    found = people(Passage(Where.BODY, text, Writer(writer)))
    return {one.name: one.part for one in found if one.part is not Part.ORGANISATION}


@pytest.mark.parametrize("text", PARTS)
def test_the_words_around_a_name_say_who_it_is(text: str) -> None:
    assert parts(text) == PARTS[text]


def test_the_writer_is_nobody_written_about_unless_the_matter_is_the_own() -> None:
    assert parts("Rae Sutter here for a client") == {"Rae Sutter": Part.WRITER}
    assert parts("I am Rae Sutter and lost my card") == {"Rae Sutter": Part.SUBSCRIBER}


@pytest.mark.parametrize("text", ["Dr. K", "A. & B.", "Van", "de la", "&", "O'", "Dr. Dr. Dr.", "I. I. I."])
def test_fragments_of_names_raise_nothing(text: str) -> None:
    people(Passage(Where.BODY, text, Writer(text)))
