"""The shipped model comes into memory with the first message that is ranked, and says what it would have said."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mailbot.classify.category import CategoryRanker
from mailbot.classify.playbook import load
from mailbot.classify.shipped import ShippedRanker
from tests.unit.classify.mails import mail

PLAYBOOK = load()


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("premium refund", "We overpaid in May, please refund the premium."),
        ("Nueva dependiente", "Por favor agreguen a mi hija al grupo 123456."),
        ("", ""),
    ],
)
def test_it_ranks_as_the_model_does(subject: str, text: str) -> None:
    message = mail(subject, text)
    assert ShippedRanker().rank(message, PLAYBOOK) == CategoryRanker().rank(message, PLAYBOOK)


def test_it_is_loaded_once() -> None:
    ranker = ShippedRanker()
    ranker.rank(mail("refund", "please refund us"), PLAYBOOK)
    first = ranker._ranker
    ranker.rank(mail("refund", "please refund us again"), PLAYBOOK)
    assert ranker._ranker is first


def test_whoever_ranks_nothing_does_not_pay_for_it() -> None:
    run = (
        "import sys; from mailbot.classify.shipped import ShippedRanker; ShippedRanker(); "
        "assert not {'numpy', 'mailbot.classify.network'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
