"""How alike a message is to the examples of a playbook."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.cases.rules import Playbook
from mailbot.classify.features import read_text
from mailbot.classify.neighbours import NEAREST, Examples
from mailbot.classify.network import shipped_lexicon
from mailbot.classify.playbook import load

RULES = load().rules("other.general")


def examples(**written: tuple[str, ...]) -> Examples:
    """The examples of categories named by one word each; all words are equally rare."""
    categories = {code: replace(RULES, code=code, examples=texts) for code, texts in written.items()}
    return Examples(Playbook(categories, fallback=next(iter(categories))), features, {})


def features(text: str) -> dict[str, float]:
    return read_text(text, shipped_lexicon())


def alike(text: str, **written: tuple[str, ...]) -> dict[str, float]:
    return examples(**written).similarities(features(text))


PARCEL = "the walking club parcel is late"


def test_a_message_is_wholly_alike_to_a_category_of_its_own_text() -> None:
    assert alike(PARCEL, parcels=(PARCEL,))["parcels"] == pytest.approx(1.0)
    assert alike(PARCEL, parcels=(PARCEL,) * 5)["parcels"] == pytest.approx(1.0)


def test_a_message_without_a_word_in_common_is_not_alike() -> None:
    assert alike("quarterly violin lessons", parcels=(PARCEL,)) == {"parcels": 0.0}
    assert alike("", parcels=(PARCEL,)) == {"parcels": 0.0}


def test_several_examples_that_are_alike_say_more_than_one() -> None:
    other = "violin lessons every quarter"
    one = alike(PARCEL, parcels=(PARCEL, other, other))["parcels"]
    two = alike(PARCEL, parcels=(PARCEL, PARCEL, other))["parcels"]
    assert one == pytest.approx(NEAREST[0], abs=0.01) and two == pytest.approx(NEAREST[0] + NEAREST[1], abs=0.01)


def test_further_examples_of_something_else_take_nothing_away() -> None:
    other = ("violin lessons every quarter",)
    assert alike(PARCEL, parcels=(PARCEL,) * 3)["parcels"] == pytest.approx(
        alike(PARCEL, parcels=(PARCEL,) * 3 + other * 4)["parcels"]
    )


def test_a_category_with_few_examples_is_not_put_back() -> None:
    few = alike(PARCEL, parcels=(PARCEL,), many=("violin lessons",) * 6)
    assert few["parcels"] == pytest.approx(1.0)
    assert few["many"] == 0.0


def test_a_category_without_examples_is_not_compared() -> None:
    assert set(alike(PARCEL, parcels=(PARCEL,), silent=())) == {"parcels"}


def test_the_subject_counts_like_the_text() -> None:
    found = {name.replace("w ", "s ", 1): value for name, value in features("parcel").items()}
    assert examples(parcels=(PARCEL,)).similarities(found)["parcels"] > 0.1


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    categories = {"parcels": replace(RULES, code="parcels", examples=("parcel the",))}
    judged = Examples(Playbook(categories, fallback="parcels"), features, {"w parcel": 3.0, "w the": 0.2})
    assert judged.similarities(features("parcel"))["parcels"] > judged.similarities(features("the"))["parcels"]
