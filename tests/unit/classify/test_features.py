"""The features of a message: what weighs, block by block, and what is left out."""

from __future__ import annotations

from dataclasses import replace
from math import isclose, sqrt

import pytest

from mailbot.classify.features import (
    ASIDE_WEIGHT,
    BLOCKS,
    FEW,
    LATER_WEIGHT,
    PASSED_ON_WEIGHT,
    Features,
    read,
    read_text,
)
from mailbot.classify.naming import name_of
from mailbot.classify.words import Lexicon, parse_lexicon
from mailbot.mail import Address, ForwardedHeader, Message
from tests.unit.classify.mails import mail

LEXICON = Lexicon(
    parse_lexicon(
        "REFUND = refund*, money back\nPLEASE = please\nINVOICE = invoice*\nASIDE = by the way\nCLINICAL = chart"
    )
)


def features(message: Message) -> dict[str, float]:
    return named(read(message, LEXICON))


def named(found: Features) -> dict[str, float]:
    return {
        name_of(name, feature): weight for name, block in found.items() for feature, weight in block.weighed().items()
    }


def block(found: dict[str, float], name: str) -> set[str]:
    return {feature[2:] for feature in found if feature[0] == name}


def test_words_of_the_subject_are_told_from_words_of_the_text() -> None:
    found = features(mail("refund", "the invoice"))
    assert block(found, "s") == {"refund"} and block(found, "t") == {"REFUND"}
    assert block(found, "w") == {"the", "invoic"} and block(found, "c") == {"INVOICE"}


def test_concepts_of_one_sentence_are_paired_and_those_of_two_are_not() -> None:
    assert "INVOICE+REFUND" in block(features(mail("", "refund the invoice")), "p")
    assert not block(features(mail("", "refund us. the invoice came")), "p")


def test_neighbouring_words_are_kept_in_their_order() -> None:
    assert block(features(mail("", "money back now")), "b") == {"money back", "back now"}


def test_the_desk_is_a_block_of_its_own() -> None:
    found = features(mail("", "hello", to="groups@plan.example"))
    assert block(found, "d") == {"to groups"}
    assert not any("to groups" in name for name in block(found, "g"))
    assert "files none" in block(found, "g")


@pytest.mark.parametrize("text", ["refund", "refund " * 400, "refund the invoice we paid in error " * 50])
def test_a_block_is_about_as_long_whatever_the_length_of_the_mail(text: str) -> None:
    squares: dict[str, float] = {}
    for name, value in features(mail("refund", text)).items():
        squares[name[0]] = squares.get(name[0], 0.0) + value * value
    assert all(sqrt(total) <= BLOCKS[name] for name, total in squares.items())


def test_a_block_with_few_features_stays_shorter() -> None:
    alone, beside = (named(read_text(text, LEXICON))["w one"] for text in ("one", "one two"))
    assert isclose(alone, BLOCKS["w"] / sqrt(1 + FEW))
    assert alone > beside


def test_what_is_said_in_passing_weighs_little_and_is_not_paired() -> None:
    found = features(mail("", "please refund us. by the way the invoice came"))
    assert isclose(found["c INVOICE"] / found["c REFUND"], ASIDE_WEIGHT)
    assert "ASIDE+INVOICE" not in block(found, "p")


def test_what_comes_late_weighs_less_unless_it_asks() -> None:
    late = "one.\ntwo.\nthree.\nfour refund.\nplease send the invoice."
    found = features(mail("", late))
    assert isclose(found["c REFUND"] / found["c INVOICE"], LATER_WEIGHT)


def test_a_forwarded_mail_counts_below_what_its_sender_wrote() -> None:
    told = "Dear desk, " + "my client asks the following, see what she wrote to me this morning about it " * 2
    forwarded = replace(
        mail("FW: hello", told + "invoice"), quoted="refund", forwarded=ForwardedHeader(Address("a@b.example"))
    )
    found = features(forwarded)
    assert isclose(found["c REFUND"] / found["c INVOICE"], PASSED_ON_WEIGHT)


def test_a_forwarded_mail_with_hardly_a_word_above_counts_in_full() -> None:
    forwarded = replace(mail("FW: x", "please"), quoted="refund", forwarded=ForwardedHeader(Address("a@b.example")))
    found = features(forwarded)
    assert isclose(found["c REFUND"], found["c PLEASE"])


def test_what_a_reply_quotes_says_nothing_new() -> None:
    assert "REFUND" not in block(features(replace(mail("", "thanks"), quoted="please refund us")), "c")


def test_the_name_of_a_file_tells_what_it_is_about() -> None:
    assert block(features(mail("", "see attached", files=("patient_chart.pdf",))), "a") == {"CLINICAL"}


def test_a_bare_text_has_words_and_concepts_and_no_signs() -> None:
    found = named(read_text("please refund the invoice", LEXICON))
    assert {name[0] for name in found} == {"w", "b", "c", "p"}


def test_no_value_of_an_id_becomes_a_feature() -> None:
    found = features(mail("claim 26-44017-2", "member HSP 661 029 884 paid 1,862.40"))
    assert not any("44017" in name or "661" in name or "862" in name for name in found)


def test_a_word_that_comes_again_weighs_as_where_it_weighs_most() -> None:
    found = features(mail("", "by the way the refund.\ntwo.\nthree.\nfour.\nrefund later.\nplease refund."))
    assert found["w refund"] == found["w please"], "what asks weighs most"
    assert found["w later"] < found["w please"] and found["w way"] < found["w later"]


def test_what_weighs_most_stands_first_then_what_the_mail_has_first() -> None:
    found = read(mail("refund", "one.\ntwo.\nby the way the refund.\nthe invoice now.\nplease refund."), LEXICON)
    words = ("one", "two", "please", "refund", "the", "invoic", "now", "by", "way")
    assert found["w"].features == words
    assert found["c"].features == ("PLEASE", "REFUND", "INVOICE", "ASIDE")
    assert [number for number, _ in found["w"].steps] == [4, 3, 2]


def test_each_feature_of_a_block_stands_in_it_once() -> None:
    found = read(mail("refund refund", "refund the invoice. please refund the invoice. refund"), LEXICON)
    for block in found.values():
        assert len(block.weighed()) == len(block.features) == sum(number for number, _ in block.steps)


def test_a_mail_without_a_word_has_signs_all_the_same() -> None:
    found = read(mail("", ""), LEXICON)
    assert found["g"].features and found["d"].features
    assert not any(found[name].features for name in "wbstcpa")
