"""The training texts and the mails composed from them."""

from __future__ import annotations

import re

import pytest

from mailbot.classify.playbook import load
from mailbot.training.composing import Amounts, Composer, Lesson
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


WRITTEN = """== x.one
roles: provider
desk: providers
files: 1 {l} notes.pdf; list.xlsx; photo.jpg
detail: CLAIM
# subject
subject one
# ask
Please do the first thing.
# why
It is late.
# mail
whole | Whole mail for {n}.\\nSecond line.
# es
asunto | Correo entero.
# zh
主题 | 整封邮件。
== x.two
roles: employer
desk: groups
# subject
subject two
# ask
[Kindly|Please] do the second thing.
# why
It is early.
# mail
other | Another mail.
# es
otro | Otro correo.
# zh
其他 | 另一封邮件。
"""
TWO = tuple(parse(WRITTEN))


def some_of(amounts: Amounts, seed: str = "mailbot") -> list[Lesson]:
    return list(Composer(TWO, shipped_remarks()).lessons(amounts, seed))


def test_there_are_as_many_lessons_as_were_asked_for() -> None:
    lessons = some_of(Amounts(en=5, es=0, zh=0))
    assert [lesson.code for lesson in lessons] == ["x.one"] * 5 + ["x.two"] * 5


def test_another_seed_gives_other_mails() -> None:
    assert some_of(FEW, "one") != some_of(FEW, "two")


def test_every_mail_holds_a_line_of_its_own_category() -> None:
    own = {"x.one": ("first thing", "late", "hole mail"), "x.two": ("second thing", "early", "nother mail")}
    for lesson in some_of(Amounts(en=60, es=0, zh=0)):
        assert any(part in lesson.message.text.lower() for part in map(str.lower, own[lesson.code]))


def test_a_forwarded_mail_has_the_first_senders_words_below() -> None:
    passed = [lesson.message for lesson in some_of(Amounts(en=200, es=0, zh=0)) if lesson.message.forwarded]
    assert 2 < len(passed) < 60
    for message in passed:
        assert message.subject.startswith("FW: ")
        assert message.new_text in shipped_remarks().lines("forward en")
        assert message.quoted and message.quoted not in message.new_text


def test_files_are_named_after_the_mail_and_typed_by_their_ending() -> None:
    files = [file for lesson in some_of(Amounts(en=40, es=0, zh=0)) for file in lesson.message.attachments]
    assert {file.content_type for file in files} >= {"application/pdf", "image/jpeg"}
    assert not any("{" in file.filename for file in files)
    assert all(lesson.code == "x.one" for lesson in some_of(FEW) if lesson.message.attachments)


def test_a_line_break_of_a_text_is_one_in_the_mail() -> None:
    whole = [lesson.message.text for lesson in Composer(TWO, shipped_remarks()).as_written()]
    assert any("\nSecond line." in text for text in whole)
    assert not any("\\n" in text for text in whole)


def test_as_written_each_whole_mail_comes_once() -> None:
    lessons = list(Composer(TWO, shipped_remarks()).as_written())
    assert [lesson.code for lesson in lessons] == ["x.one"] * 3 + ["x.two"] * 3


def test_a_choice_is_taken_either_way() -> None:
    texts = " ".join(lesson.message.text.lower() for lesson in some_of(Amounts(en=90, es=0, zh=0)))
    assert "kindly do the second thing" in texts and "please do the second thing" in texts


def test_what_is_held_out_is_used_where_nothing_else_is_left() -> None:
    composer = Composer(TWO, shipped_remarks(), lambda line: False)
    assert composer.some(TWO[0], "ask") == ["Please do the first thing."]
