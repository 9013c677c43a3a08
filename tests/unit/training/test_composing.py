"""The training texts and the mails composed from them."""

from __future__ import annotations

import re

import pytest

from mailbot.classify.playbook import load
from mailbot.training.composing import Amounts, Composer
from mailbot.training.learning import kept_lessons
from mailbot.training.phrases import Phrases, parse, shipped_phrases, shipped_remarks

PHRASES = shipped_phrases()
FEW = Amounts(en=4, es=1, zh=1)


def composed() -> list[tuple[str, str, str]]:
    lessons = Composer(PHRASES, shipped_remarks()).lessons(FEW)
    return [(lesson.code, lesson.message.subject, lesson.message.text) for lesson in lessons]


def test_every_category_of_the_playbook_has_texts() -> None:
    assert {phrases.code for phrases in PHRASES} == set(load().categories)


@pytest.mark.parametrize("phrases", PHRASES, ids=lambda phrases: phrases.code)
def test_a_category_has_enough_texts_in_each_language(phrases: Phrases) -> None:
    english = sum(len(phrases.lines(section)) for section in ("subject", "ask", "why", "mail"))
    assert english >= 45
    assert len(phrases.lines("es")) >= 2
    assert len(phrases.lines("zh")) >= 2


def test_the_same_texts_give_the_same_mails() -> None:
    assert composed() == composed()


def test_no_slot_and_no_choice_is_left_open() -> None:
    left = [text for _, subject, text in composed() if re.search(r"[{}|\[\]^~]", subject + text.split("\n")[0])]
    assert not left


def test_no_line_is_written_twice_in_a_section() -> None:
    for phrases in PHRASES:
        for section, lines in phrases.sections.items():
            assert len(lines) == len(set(lines)), f"{phrases.code} {section}"


def test_what_is_kept_for_judging_is_not_learned() -> None:
    taught = {line for phrases in PHRASES for lines in phrases.sections.values() for line in lines}
    kept = {line for phrases in shipped_phrases("kept") for lines in phrases.sections.values() for line in lines}
    assert not taught & kept
    assert {lesson.code for lesson in kept_lessons()} == {phrases.code for phrases in PHRASES}


def test_held_out_lines_do_not_appear() -> None:
    composer = Composer(PHRASES, shipped_remarks(), lambda line: "a" in line.lower())
    assert all("a" in line.lower() for line in composer.some(PHRASES[0], "ask"))


def test_a_text_is_read_by_its_sections() -> None:
    text = (
        "== x.y\nroles: employer 2, producer\ndesk: groups\nfiles: 0.5 a.pdf; b.pdf\ndetail: GROUP\n# ask\none\ntwo\n"
    )
    (phrases,) = parse(text)
    assert phrases.roles == (("employer", 2.0), ("producer", 1.0))
    assert phrases.files == ("a.pdf", "b.pdf")
    assert phrases.lines("ask") == ("one", "two")
    assert phrases.lines("why") == ()
