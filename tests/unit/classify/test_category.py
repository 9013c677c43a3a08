"""The ranker over a model and a playbook: its reasons in words, and what it remembers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.cases.rules import Playbook
from mailbot.classify.category import REASONS, Categories, CategoryRanker
from mailbot.classify.network import Network, shipped_lexicon, shipped_model
from mailbot.classify.playbook import load
from tests.unit.classify.mails import mail

PLAYBOOK = load()


def rank(subject: str, text: str, to: str = "desk@plan.example", playbook: Playbook = PLAYBOOK) -> tuple[str, ...]:
    return CategoryRanker().rank(mail(subject, text, to), playbook).because


def only(*codes: str) -> Playbook:
    return replace(PLAYBOOK, categories={code: PLAYBOOK.categories[code] for code in codes})


def test_reasons_are_words_for_a_person_and_few() -> None:
    because = rank("premium refund", "We overpaid in May, please refund the premium.", "groups@plan.example")
    assert 0 < len(because) <= REASONS
    assert all(" " in reason and "+" not in reason and reason == reason.strip() for reason in because)


def test_the_desk_written_to_can_be_a_reason() -> None:
    because = rank("", "Where do we stand with our contract?", "providers@plan.example")
    assert "sign: to providers" in because


def test_the_subject_is_told_from_the_text() -> None:
    assert any(reason.startswith("subject") for reason in rank("1095-A missing", "hello", "exchange@plan.example"))


def test_a_category_taught_by_examples_says_so() -> None:
    rules = replace(
        PLAYBOOK.rules("other.general"), code="member.parcel", examples=("the walking club parcel is late",)
    )
    playbook = replace(PLAYBOOK, categories={**PLAYBOOK.categories, "member.parcel": rules})
    (reason,) = rank("parcel", "The parcel of the walking club is late.", playbook=playbook)
    assert reason.startswith("like an example of member.parcel (0.")


def test_no_value_of_the_mail_stands_in_the_reasons() -> None:
    because = rank("claim 26-44017-2", "Status of claim 26-44017-2 for Ann Roe, 1,862.40?", "providers@plan.example")
    assert not any("44017" in reason or "862" in reason for reason in because)


def test_a_playbook_with_two_categories_ranks_two() -> None:
    two = only("billing.refund", "billing.payment")
    ranked = CategoryRanker().rank(mail("refund", "please refund us"), two).ranked
    assert [code for code, _ in ranked] == ["billing.refund", "billing.payment"]
    assert sum(share for _, share in ranked) == pytest.approx(1, abs=1e-3)


def test_a_code_that_only_the_model_knows_is_never_a_reason_to_fail() -> None:
    model = shipped_model()
    renamed: Network = replace(model, codes=tuple(f"old.{code}" if "refund" in code else code for code in model.codes))
    ranked = Categories(renamed, shipped_lexicon(), PLAYBOOK).rank(mail("refund", "please refund us")).ranked
    assert "old.billing.refund" not in dict(ranked)
    assert "billing.refund" in dict(ranked), "its examples still know it"


def test_several_playbooks_are_kept_apart() -> None:
    ranker, message = CategoryRanker(), mail("refund", "please refund us", "groups@plan.example")
    playbooks = [only("billing.refund", "billing.payment"), only("billing.invoice", "group.setup"), PLAYBOOK]
    first = [ranker.rank(message, playbook) for playbook in playbooks]
    again = [ranker.rank(message, playbook) for playbook in reversed(playbooks)]
    assert first == again[::-1]
    assert [set(dict(ranking.ranked)) for ranking in first] == [set(playbook.categories) for playbook in playbooks]


def test_more_playbooks_than_are_remembered_do_no_harm() -> None:
    ranker, message = CategoryRanker(), mail("refund", "please refund us")
    codes = ["billing.refund", *list(PLAYBOOK.categories)[:7]]
    firsts = [ranker.rank(message, only(code)).ranked[0][0] for code in codes * 2]
    assert firsts == codes * 2
