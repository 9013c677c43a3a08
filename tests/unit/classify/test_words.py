"""Words and concepts: how a text becomes sentences of stems and meanings."""

from __future__ import annotations

import unicodedata
from collections import Counter
from importlib import resources
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.classify.network import shipped_lexicon
from mailbot.classify.words import Lexicon, Sentence, fold, parse_lexicon, sentences, stem

LEXICON = Lexicon(
    parse_lexicon("# a remark\nLEAVE = quit, resign*, no longer work*, 离职\nREMOVE = take _ off\nMONEY = bank account")
)


def read(text: str) -> list[Sentence]:
    return [LEXICON.read(tokens) for tokens in sentences(fold(text))]


def concepts(text: str) -> set[str]:
    return {concept for sentence in read(text) for concept in sentence.concepts}


def test_accents_and_capitals_do_not_matter() -> None:
    assert fold("RENOVACIÓN Ñandú") == "renovacion nandu"


def test_a_word_a_beginning_and_a_phrase_are_found() -> None:
    assert concepts("He quit.") == concepts("She resigned") == concepts("no longer working here") == {"LEAVE"}


def test_a_phrase_may_have_up_to_two_words_between() -> None:
    assert concepts("take her off") == concepts("take the man off") == concepts("take off") == {"REMOVE"}
    assert not concepts("take all of these people off")


def test_a_phrase_does_not_reach_over_the_end_of_a_sentence() -> None:
    assert not concepts("our bank. account")


def test_chinese_is_found_as_a_part_of_the_text() -> None:
    assert concepts("该员工已离职，请处理") == {"LEAVE"}


def test_a_question_mark_stays_with_its_sentence() -> None:
    assert read("who quit? he did")[0].stems == ("who", "quit", "mark?")


def test_numbers_leave_only_years_and_form_numbers() -> None:
    assert read("form 1095 for 2025, id 771200456")[0].stems == ("form", "1095", "for", "year", "id")


def test_singular_and_plural_have_one_stem() -> None:
    assert stem("invoices") == stem("invoice") == "invoic"
    assert stem("ss") == "ss"


def test_every_entry_of_the_shipped_lexicon_means_something_to_someone() -> None:
    assert "REFUND" in shipped_lexicon().read(["quiero", "un", "reembolso"]).concepts
    assert "REFUND" in shipped_lexicon().read(["请退款"]).concepts


def test_reading_takes_time_in_proportion_to_the_text() -> None:
    lexicon = shipped_lexicon()

    def cost(words: int) -> float:
        text = " ".join(["take me off the plan and add my wife"] * words)
        begun = process_time()
        for _ in range(20):
            for tokens in sentences(fold(text)):
                lexicon.read(tokens)
        return process_time() - begun

    cost(50)
    assert cost(400) < 20 * max(cost(100), 0.001)


def test_no_concept_has_an_entry_twice() -> None:
    text = (resources.files("mailbot.classify") / "model" / "lexicon.txt").read_text(encoding="utf-8")
    twice = {
        name: [entry for entry, times in Counter(written).items() if times > 1]
        for name, written in parse_lexicon(text).items()
    }
    assert {name: entries for name, entries in twice.items() if entries} == {}


def test_every_concept_has_words_of_its_own() -> None:
    text = (resources.files("mailbot.classify") / "model" / "lexicon.txt").read_text(encoding="utf-8")
    assert [name for name, written in parse_lexicon(text).items() if len(written) < 2] == []


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Renovación de Núñez", "renovacion de nunez"),
        ("ﬁrm ⅷ", "firm viii"),
        ("שָׁלוֹם", "שלום"),
        ("हिन्दी", "हिनदी"),
        ("e\u0301\u0327\u0345", "e"),
        ("a\u034fb", "a\u034fb"),
        ("保险 über", "保险 uber"),
    ],
)
def test_marks_of_every_script_are_folded_away_and_letters_stay(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=60))
def test_folding_takes_out_what_combines_and_nothing_else(text: str) -> None:
    whole = unicodedata.normalize("NFKD", text.lower().replace("\u2019", "'"))
    assert fold(text) == "".join(letter for letter in whole if not unicodedata.combining(letter))


def test_of_phrases_with_one_beginning_each_that_is_there_is_found_in_its_order() -> None:
    lexicon = Lexicon(parse_lexicon("NOTYET = not yet\nNEG = not _ here\nSTILL = not yet here\nNONE = not any*"))
    assert lexicon.read(["not", "yet", "here"]).concepts == ("NOTYET", "NEG", "STILL")
    assert lexicon.read(["not", "really", "here"]).concepts == ("NEG",)
    assert lexicon.read(["not", "anything"]).concepts == ("NONE",)
    assert lexicon.read(["not"]).concepts == ()


def test_chinese_entries_are_found_wherever_they_begin_the_shorter_first() -> None:
    lexicon = Lexicon(parse_lexicon("REFUND = 退款\nBACK = 退\nMONEY = 款项\nLONG = 退款申请表格在哪里呢"))
    assert lexicon.read(["请退款项"]).concepts == ("BACK", "REFUND", "MONEY")
    assert lexicon.read(["退款申请表格在哪"]).concepts == ("BACK", "REFUND", "LONG"), "eight signs are enough"


def test_a_word_is_remembered_and_means_the_same_again() -> None:
    first = LEXICON.read(["money", "back", "refunded"])
    assert LEXICON.read(["money", "back", "refunded"]) == first
