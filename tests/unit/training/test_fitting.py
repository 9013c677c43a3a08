"""Fitting a network: what is learned, from how few lessons, and that the same lessons give the same arrays."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np
import pytest

from mailbot.classify.network import Looked, Network, bytes_of, model_from
from mailbot.errors import UsageError
from mailbot.training import fitting
from mailbot.training.fitting import Practice, averaged, fit, temperature
from mailbot.training.scoring import score
from mailbot.training.sheets import Sheet, as_read

WORDS = {"billing.refund": "w refund", "billing.invoice": "w invoic", "eligibility.id_card": "w card"}


def lessons(each: int = 12, noise: int = 3) -> Sheet:
    """So many lessons of each category: its word, and others that all of them have."""
    found = [
        {word: 1.0, **{f"w other{(place + step) % 7}": 0.5 for step in range(noise)}}
        for word in WORDS.values()
        for place in range(each)
    ]
    return Sheet(tuple(found), tuple(code for code in WORDS for _ in range(each)))


def look(model: Network, found: dict[str, float]) -> Looked:
    return model.look(as_read(found))


def first_of(model: Network, found: dict[str, float]) -> str:
    return model.codes[int(np.argmax(look(model, found).scores))]


@pytest.mark.parametrize("each", [4, 12, 60])
def test_few_lessons_are_learned_as_well_as_many(each: int) -> None:
    assert score(fit(lessons(each)), lessons(each)).top1 == 1.0


def test_a_word_alone_is_enough_for_what_it_was_learned_for() -> None:
    model = fit(lessons())
    assert {code: first_of(model, {word: 1.0}) for code, word in WORDS.items()} == {code: code for code in WORDS}


def test_unknown_features_say_nothing() -> None:
    model = fit(lessons())
    assert look(model, {"w never": 5.0}).scores.tolist() == look(model, {}).scores.tolist()


def test_what_spoke_for_a_category_is_its_word() -> None:
    model = fit(lessons())
    looked = look(model, lessons().found[0])
    names = [model.names[row] for row in looked.rows]
    spoke = dict(zip(names, model.spoke(looked, "billing.refund").tolist(), strict=True))
    assert max(spoke, key=lambda name: spoke[name]) == "w refund"


def test_what_spoke_adds_up_to_the_score_above_the_mean() -> None:
    model = fit(lessons())
    looked = look(model, lessons().found[0])
    column = model.codes.index("billing.refund")
    without = looked.awake @ ((model.second[:, column] - model.second.mean(axis=1)) * model.unit_bias)
    above = looked.scores[column] - looked.scores.mean() - (model.bias[column] - model.bias.mean())
    assert model.spoke(looked, "billing.refund").sum() + without == pytest.approx(float(above), abs=1e-3)


def test_the_same_lessons_give_the_same_bytes_and_another_seed_others() -> None:
    assert bytes_of(fit(lessons())) == bytes_of(fit(lessons()))
    assert bytes_of(fit(lessons())) != bytes_of(fit(lessons(), Practice(seed=1)))


def test_a_model_is_the_same_before_and_after_it_is_stored() -> None:
    model = fit(lessons())
    again = model_from(bytes_of(model))
    assert look(again, lessons().found[3]).scores.tolist() == look(model, lessons().found[3]).scores.tolist()


def test_a_feature_that_is_seldom_seen_is_left_out() -> None:
    taught = lessons()
    rare = Sheet(({**taught.found[0], "w once": 1.0}, *taught.found[1:]), taught.codes)
    assert "w once" not in fit(rare).names


def test_a_common_feature_weighs_less_than_a_rare_one_and_a_sign_always_counts_in_full() -> None:
    taught = lessons()
    marked = Sheet(tuple({**found, "d to groups": 1.0, "w all": 1.0} for found in taught.found), taught.codes)
    model = fit(marked)
    rarity = dict(zip(model.names, model.idf.tolist(), strict=True))
    assert rarity["w all"] < rarity["w refund"]
    assert rarity["d to groups"] == 1.0


def test_the_mean_says_the_mean_of_what_its_parts_say() -> None:
    parts = [fit(lessons(), Practice(seed=seed)) for seed in range(3)]
    found = lessons().found[5]
    mean = np.mean([look(part, found).scores for part in parts], axis=0)
    assert look(averaged(parts), found).scores == pytest.approx(mean, abs=1e-2)


def test_parts_that_know_other_features_are_averaged_too() -> None:
    more = lessons()
    wider = Sheet(tuple({**found, "c REFUND": 1.0} for found in more.found), more.codes)
    model = averaged([fit(lessons()), fit(wider)])
    assert {"w refund", "c REFUND"} <= set(model.names)


def test_the_weakest_features_are_left_out_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    part = fit(lessons())
    monkeypatch.setattr(fitting, "FEATURES", 5)
    model = averaged([part, part])
    assert len(model.names) == 5
    assert set(WORDS.values()) <= set(model.names)


def test_a_model_that_is_wrong_gets_a_higher_temperature_than_one_that_is_right() -> None:
    model, right = fit(lessons()), lessons()
    wrong = Sheet(right.found, tuple(reversed(right.codes)))
    assert temperature([(model, wrong)]) > temperature([(model, right)])


def test_learning_without_scikit_learn_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    importing = builtins.__import__

    def without(name: str, *arguments: Any, **named: Any) -> Any:
        if name.startswith("sklearn"):
            raise ImportError(name)
        return importing(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=r"mailbot\[train\]"):
        fit(lessons())
