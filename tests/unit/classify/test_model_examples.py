"""A desk teaches the model by the examples of its playbook, without training: a 39th category."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.cases.rules import Playbook
from mailbot.classify.category import CategoryRanker
from mailbot.classify.playbook import load
from mailbot.classify.ranking import Ranking
from mailbot.mail import Message
from tests.unit.classify.mails import mail

RANKER = CategoryRanker()
GYM = "member.wellness"
EXAMPLES = (
    "please reimburse my gym membership under the wellness program",
    "how do I claim the fitness reward for my health club",
    "the wellness points for my gym visits are missing",
    "fitness center receipt for the wellness reimbursement",
)


def with_39th(*examples: str) -> Playbook:
    playbook = load()
    rules = replace(playbook.rules("other.general"), code=GYM, examples=examples)
    return replace(playbook, categories={**playbook.categories, GYM: rules})


def ranking(message: Message, playbook: Playbook) -> Ranking:
    return RANKER.rank(message, playbook)


@pytest.mark.parametrize(
    "text",
    [
        "Could you reimburse me for my gym under the wellness program? Receipt attached.",
        "My wellness points are missing for the gym visits in March.",
        "Where do I send the receipt from my fitness center for the wellness reward?",
    ],
)
def test_a_39th_category_is_recognised_from_its_examples_alone(text: str) -> None:
    ranked = ranking(mail("wellness", text), with_39th(*EXAMPLES)).ranked
    assert ranked[0][0] == GYM
    assert sum(probability for _, probability in ranked) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("eligibility.id_card", "I lost my ID card, please send me a new one"),
        ("billing.refund", "please refund the premium that we overpaid"),
        ("eligibility.address_change", "please update my mailing address, I have moved to 14 Elm Court"),
        ("eligibility.termination", "please terminate this employee, his last day was Friday"),
    ],
)
def test_the_39th_category_takes_nothing_from_the_others(code: str, text: str) -> None:
    assert ranking(mail("request", text), with_39th(*EXAMPLES)).ranked[0][0] == code


def test_the_reason_for_a_taught_category_is_its_example() -> None:
    because = ranking(mail("wellness", EXAMPLES[0]), with_39th(*EXAMPLES)).because
    assert because and GYM in because[0]


def test_a_category_without_examples_is_never_guessed() -> None:
    assert GYM not in dict(ranking(mail("gym", EXAMPLES[0]), with_39th()).ranked)


def test_an_example_makes_its_own_category_likelier() -> None:
    text = "the thermometer parcel for the walking club"
    playbook = load()
    rules = playbook.rules("eligibility.id_card")
    taught = replace(
        playbook,
        categories={**playbook.categories, rules.code: replace(rules, examples=(*rules.examples, text))},
    )
    before = dict(ranking(mail("parcel", text), playbook).ranked)[rules.code]
    after = dict(ranking(mail("parcel", text), taught).ranked)[rules.code]
    assert after > before
