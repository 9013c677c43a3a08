"""How alike a message is to the examples of a playbook."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from mailbot.classify.features import NOTHING, Block, Features, read_text
from mailbot.classify.neighbours import NEAREST, Examples
from mailbot.classify.network import shipped_lexicon


def features(text: str) -> Features:
    return read_text(text, shipped_lexicon())


def alike(text: str, **written: tuple[str, ...]) -> dict[str, float]:
    """How alike a text is to categories named by one word each; all words are equally rare."""
    return likeness(Examples(written, features, {}), features(text), written)


def likeness(examples: Examples, found: Features, codes: Iterable[str]) -> dict[str, float]:
    return dict(zip(codes, examples.similarities(found).tolist(), strict=True))


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


def test_a_category_without_examples_is_like_nothing() -> None:
    found = alike(PARCEL, silent=(), parcels=(PARCEL,))
    assert found == {"silent": 0.0, "parcels": pytest.approx(1.0)}


def test_without_any_examples_nothing_is_alike() -> None:
    assert alike(PARCEL, silent=()) == {"silent": 0.0}


def test_the_subject_counts_like_the_text() -> None:
    found = {"w": NOTHING, "c": NOTHING, "s": features("parcel")["w"]}
    assert likeness(Examples({"parcels": (PARCEL,)}, features, {}), found, ["parcels"])["parcels"] > 0.1


def test_a_word_of_subject_and_text_counts_once_as_where_it_weighs_most() -> None:
    examples = Examples({"parcels": ("parcel club",)}, features, {})
    apart = {"w": Block(("club", "parcel"), ((1, 0.6), (1, 0.2))), "s": Block(("parcel",), ((1, 0.6),)), "c": NOTHING}
    alone = {"w": Block(("club", "parcel"), ((2, 0.6),)), "c": NOTHING}
    assert examples.similarities(apart).tolist() == examples.similarities(alone).tolist()


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    judged = Examples({"parcels": ("parcel the",)}, features, {"w": {"parcel": 3.0, "the": 0.2}})
    assert judged.similarities(features("parcel")) > judged.similarities(features("the"))


def test_a_word_that_no_example_has_takes_away_the_more_the_rarer_it_is() -> None:
    judged = Examples({"parcels": (PARCEL,)}, features, {"w": {"violin": 9.0, "tomorrow": 0.1}})
    rare, common = (judged.similarities(features(f"{PARCEL} {word}")) for word in ("violin", "tomorrow"))
    assert rare < common < 1.0
