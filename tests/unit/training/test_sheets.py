"""Lessons as features by name: all that the ranker reads of a mail, in an order that never changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.classify.features import read
from mailbot.classify.naming import by_block
from mailbot.classify.network import shipped_lexicon, shipped_model
from mailbot.mail import Address, ForwardedHeader
from mailbot.training.composing import Lesson
from mailbot.training.sheets import as_read, joined, sheet
from tests.unit.classify.mails import mail

MAIL = replace(
    mail("Premium refund", "We overpaid. Please refund the premium.", files=("invoice.pdf",)),
    quoted="Remove her from the plan.",
    forwarded=ForwardedHeader(Address("a@b.example")),
)


def names(*lessons: Lesson) -> list[str]:
    return list(sheet(lessons, shipped_lexicon()).found[0])


def test_a_lesson_has_all_that_is_read_of_its_mail() -> None:
    (found,) = sheet([Lesson(MAIL, "billing.refund")], shipped_lexicon()).found
    of_mail = read(MAIL, shipped_lexicon())
    assert by_block(found.items()) == {name: block.weighed() for name, block in of_mail.items()}


def test_a_model_looks_at_a_lesson_as_at_its_mail() -> None:
    (found,) = sheet([Lesson(MAIL, "billing.refund")], shipped_lexicon()).found
    of_mail = shipped_model().look(read(MAIL, shipped_lexicon()))
    assert shipped_model().look(as_read(found)).scores == pytest.approx(of_mail.scores, abs=1e-4)


def test_its_features_stand_in_the_order_of_the_mail_sentence_by_sentence() -> None:
    found = names(Lesson(MAIL, "billing.refund"))
    assert found[:2] == ["s premiu", "s refund"] and found[2].startswith("t ")
    assert found.index("w overpa") < found.index("b we overpa") < found.index("w please") < found.index("w remove")
    blocks = [name[0] for name in found]
    assert blocks.index("p") > max(place for place, block in enumerate(blocks) if block in "wbc")
    assert blocks[blocks.index("d") :] == ["d"] + ["g"] * blocks.count("g")


def test_two_sheets_are_one_with_the_lessons_of_both() -> None:
    first, second = (
        sheet([Lesson(mail("", text), code)], shipped_lexicon()) for text, code in (("a", "x"), ("b", "y"))
    )
    together = joined(first, second)
    assert together.codes == ("x", "y")
    assert together.found == (*first.found, *second.found)
