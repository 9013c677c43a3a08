"""Learning: the same texts give the same model, and a worse model never replaces a better one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mailbot.classify.network import Network, bytes_of, shipped_lexicon, shipped_model
from mailbot.errors import UsageError
from mailbot.training import learning
from mailbot.training.composing import Amounts, Composer, Lesson
from mailbot.training.fitting import Practice, averaged, fit, temperature
from mailbot.training.learning import Learned, judged, kept_lessons, learn, write_model
from mailbot.training.phrases import shipped_phrases, shipped_remarks
from mailbot.training.sheets import as_read, sheet
from tests.unit.classify.mails import mail

FEW = list(Composer(shipped_phrases("billing"), shipped_remarks()).lessons(Amounts(en=12, es=2, zh=1)))


def small_model() -> Network:
    return fit(sheet(FEW, shipped_lexicon()), Practice(rounds=6))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Learn from the billing texts alone, so that a test takes a second."""
    monkeypatch.setattr(learning, "_lessons", lambda *_, **__: FEW)


def test_the_same_lessons_give_the_same_bytes() -> None:
    assert bytes_of(small_model()) == bytes_of(small_model())


def test_what_was_learned_is_known() -> None:
    assert judged(small_model(), FEW).top1 > 0.95


def test_the_shipped_model_gets_most_of_the_kept_mails_right() -> None:
    assert judged(shipped_model(), kept_lessons()).top1 > 0.7


def test_the_temperature_softens_a_model_that_is_too_sure() -> None:
    model = small_model()
    right = sheet(FEW, shipped_lexicon())
    wrong = sheet([Lesson(lesson.message, "billing.refund") for lesson in FEW], shipped_lexicon())
    assert temperature([(model, wrong)]) > 1 > temperature([(model, right)])


def test_the_mean_of_a_model_with_itself_says_what_the_model_says() -> None:
    once, twice = small_model(), averaged([small_model(), small_model()])
    for found in sheet(FEW[:9], shipped_lexicon()).found:
        assert twice.look(as_read(found)).scores == pytest.approx(once.look(as_read(found)).scores, abs=0.02)


def test_labelled_mail_is_learned(quick: None) -> None:
    taught = [
        Lesson(mail("parcel", f"thermometer parcel number {n} for the walking club"), "billing.refund")
        for n in range(30)
    ]
    learned = learn(taught, shipped_model())
    found = sheet([Lesson(mail("parcel", "the thermometer parcel"), "billing.refund")], shipped_lexicon())
    scores = learned.model.look(as_read(found.found[0])).scores
    assert learned.model.codes[int(np.argmax(scores))] == "billing.refund"


def test_a_model_that_does_worse_is_told(quick: None) -> None:
    learned = learn([], shipped_model())  # the billing texts alone know nothing of the other families
    assert learned.new.top1 < learned.old.top1
    assert not learned.better


def test_a_model_that_does_as_well_is_good_enough() -> None:
    score = judged(shipped_model(), kept_lessons()[:5])
    assert Learned(shipped_model(), score, score).better
    assert not Learned(shipped_model(), replace(score, top1=score.top1 - 0.1), score).better


def test_a_model_is_written_in_one_step(tmp_path: Path) -> None:
    write_model(small_model(), tmp_path / "categories.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["categories.npz"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--output"):
        write_model(small_model(), tmp_path / "missing" / "categories.npz")
