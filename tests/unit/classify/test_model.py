"""The shipped category model: what it says of mail that it has not learned, why, and how it is stored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.classify.category import CategoryRanker
from mailbot.classify.features import Block
from mailbot.classify.network import bytes_of, load_model, model_from, shipped_model
from mailbot.classify.playbook import load
from mailbot.classify.ranking import Ranking
from mailbot.errors import ConfigurationError
from mailbot.mail import Message
from tests.unit.classify.mails import mail

PLAYBOOK = load()
RANKER = CategoryRanker()


def ranking(message: Message) -> Ranking:
    return RANKER.rank(message, PLAYBOOK)


def category(subject: str, text: str, to: str = "desk@plan.example") -> str:
    return ranking(mail(subject, text, to)).ranked[0][0]


ENROLLMENT, GROUPS, BROKERS = "enrollment@plan.example", "groups@plan.example", "brokers@plan.example"
PROVIDERS, EXCHANGE = "providers@plan.example", "exchange.desk@plan.example"

NEAR_MISSES = [
    ("eligibility.termination", ENROLLMENT, "Please end the coverage of Ann Roe, her last day was Friday."),
    ("enrollment.termination_issue", EXCHANGE, "My client's plan was cancelled in error, please reinstate it."),
    ("billing.refund", GROUPS, "We paid the premium twice and would like the second payment refunded."),
    ("billing.payment", GROUPS, "Our check cleared last week but the payment is not posted."),
    ("billing.delinquency", GROUPS, "We received a past due notice, please do not suspend our group."),
    ("billing.invoice", GROUPS, "Why did our invoice go up this month? The rate looks wrong."),
    ("billing.reconciliation", GROUPS, "Our records do not match your statement, see the adjustments."),
    ("group.web_access", GROUPS, "I am locked out of the employer portal, please reset my password."),
    ("producer.portal_access", BROKERS, "I am locked out of the producer portal, please reset my password."),
    ("eligibility.plan_change", ENROLLMENT, "Please move him from the HMO to the PPO plan."),
    ("enrollment.determination", EXCHANGE, "The exchange says she is not eligible for a tax credit."),
    ("eligibility.add_dependent", ENROLLMENT, "Please add my newborn daughter to my plan."),
    ("provider.grievance", PROVIDERS, "We disagree with the answer to our inquiry, file a grievance."),
    ("provider.claim_question", PROVIDERS, "What is the status of this claim? It is not paid yet."),
    ("provider.expedited_appeal", PROVIDERS, "Expedited appeal: a delay would jeopardize her life."),
    ("provider.corrected_claim", PROVIDERS, "Attached is a corrected claim, the modifier was left off."),
]  # fmt: skip


@pytest.mark.parametrize(("code", "to", "text"), NEAR_MISSES)
def test_a_near_miss_is_told_apart(code: str, to: str, text: str) -> None:
    assert category("question", text, to) == code


def test_spanish_and_chinese_are_understood() -> None:
    assert category("tarjeta", "Perdí mi tarjeta del seguro, necesito otra.") == "eligibility.id_card"
    assert category("退款", "我们多付了保费，请退款。", "groups@plan.example") == "billing.refund"


def test_the_probabilities_of_all_categories_add_up_to_one() -> None:
    ranked = ranking(mail("address", "I have moved, my new address is 12 Elm St")).ranked
    assert sum(probability for _, probability in ranked) == pytest.approx(1, abs=1e-3)
    assert {code for code, _ in ranked} == set(PLAYBOOK.categories)
    assert list(ranked) == sorted(ranked, key=lambda entry: -entry[1])


def test_a_mail_that_says_nothing_is_not_decided_with_confidence() -> None:
    assert ranking(mail("hello", "please see below", "groups@plan.example")).ranked[0][1] < 0.9


def test_the_reasons_name_words_and_signs_that_decided() -> None:
    because = ranking(mail("premium refund", "please refund the premium", "groups@plan.example")).because
    assert any("refund" in reason for reason in because)
    assert not any(character.isdigit() for reason in because for character in reason)


def test_the_same_mail_gets_the_same_answer() -> None:
    message = mail("cards", "we need new id cards")
    assert ranking(message) == CategoryRanker().rank(message, PLAYBOOK)


@pytest.mark.parametrize("text", ["", "\n\n", "?" * 5000, "好" * 9000, "\u0301" * 50, "a" * 9000, "$ % ?", "İ" * 99])
def test_odd_text_is_ranked_like_any_other(text: str) -> None:
    assert ranking(replace(mail(text, text), from_=(), to=())).ranked[0][0] in PLAYBOOK.categories


def test_a_category_that_the_playbook_leaves_out_is_never_given() -> None:
    fewer = replace(PLAYBOOK, categories={c: r for c, r in PLAYBOOK.categories.items() if c != "billing.refund"})
    ranked = RANKER.rank(mail("refund", "please refund us"), fewer).ranked
    assert "billing.refund" not in dict(ranked)


def test_a_stored_model_gives_the_same_bytes_and_scores_again() -> None:
    stored = bytes_of(shipped_model())
    again = model_from(stored)
    assert bytes_of(again) == stored
    looked = [model.look({"c": Block(("REFUND",), ((1, 1.0),))}) for model in (again, shipped_model())]
    assert looked[0].scores.tolist() == looked[1].scores.tolist()


def test_the_shipped_model_is_small() -> None:
    assert len(bytes_of(shipped_model())) < 3_000_000


def test_a_file_that_is_no_model_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "broken.npz").write_bytes(b"no model")
    with pytest.raises(ConfigurationError, match="mailbot train"):
        load_model(tmp_path / "broken.npz")
