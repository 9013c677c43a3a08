"""Features by name, as a model file has them, and out of their names again."""

from __future__ import annotations

import pytest

from mailbot.classify.naming import Feature, by_block, name_of
from mailbot.classify.network import shipped_model


@pytest.mark.parametrize(
    ("block", "feature", "name"),
    [
        ("w", "termin", "w termin"),
        ("b", ("new", "hire"), "b new hire"),
        ("c", "REFUND", "c REFUND"),
        ("p", ("MARRY", "NAMECH"), "p MARRY+NAMECH"),
        ("g", "files none", "g files none"),
        ("d", "to groups", "d to groups"),
    ],
)
def test_a_feature_has_one_name_and_the_name_one_feature(block: str, feature: Feature, name: str) -> None:
    assert name_of(block, feature) == name
    assert by_block([(name, 1)]) == {block: {feature: 1}}


def test_each_block_keeps_its_order_and_what_comes_with_its_features() -> None:
    found = by_block([("w new", 0.5), ("b new hire", 0.2), ("w hire", 0.1)])
    assert [(block, list(features.items())) for block, features in found.items()] == [
        ("w", [("new", 0.5), ("hire", 0.1)]),
        ("b", [(("new", "hire"), 0.2)]),
    ]


def test_a_block_without_features_is_not_there() -> None:
    assert by_block([]) == {}


def test_all_names_of_the_shipped_model_are_those_of_their_features() -> None:
    found = by_block((name, name) for name in shipped_model().names)
    named = {name_of(block, feature): name for block, features in found.items() for feature, name in features.items()}
    assert len(named) == len(shipped_model().names)
    assert all(name == given for name, given in named.items())
