"""Which mail is ranked: an inquiry by all means, a reply only where it may be about something else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.cases.rules import Playbook
from mailbot.cases.understanding import Understanding
from mailbot.classify.category import CategoryRanker
from mailbot.classify.playbook import load
from mailbot.classify.ranking import Ranking
from mailbot.classify.understand import understand
from mailbot.mail import Kind, Message
from tests.unit.classify.mails import mail
from tests.unit.classify.test_fields import SENT

PLAYBOOK = load()
REFUND = "billing.refund"


class Counting:
    """A ranker that is sure of one category, as far as `share` says, and counts the mails that it is asked about."""

    def __init__(self, share: float = 0.97) -> None:
        self.asked = 0
        self.share = share

    def rank(self, message: Message, playbook: Playbook) -> Ranking:
        self.asked += 1
        return Ranking(((REFUND, self.share),), ("word refund",))


def understood(message: Message, kind: Kind, ranker: Counting) -> Understanding:
    return understand(message, kind, PLAYBOOK, SENT, ranker)


def test_a_playbook_of_which_the_model_knows_nothing_leaves_all_to_its_fallback() -> None:
    own = replace(PLAYBOOK.categories[PLAYBOOK.fallback], code="desk.own", examples=())
    bare = replace(PLAYBOOK, categories={"desk.own": own}, fallback="desk.own")
    found = understand(mail("Refund", "Where is my refund?"), Kind.INQUIRY, bare, SENT, CategoryRanker())
    assert (found.category, found.confidence, found.alternatives) == ("desk.own", 0.0, ())


def test_an_inquiry_is_ranked() -> None:
    ranker = Counting()
    found = understood(mail("refund", "We overpaid in May."), Kind.INQUIRY, ranker)
    assert (found.category, found.confidence, found.because) == (REFUND, 0.97, ("word refund",))
    assert ranker.asked == 1


@pytest.mark.parametrize("subject", ["Re: refund", "AW: refund", "Re: [Case 261121-0000428] refund"])
def test_a_reply_about_its_own_case_is_not_ranked(subject: str) -> None:
    ranker = Counting()
    found = understood(mail(subject, "The amount was 120.40, paid on May 3."), Kind.REPLY, ranker)
    assert found.category is None and not ranker.asked


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Refund for May", "We overpaid in May."),
        ("Re: id card", "On a different matter: we overpaid in May."),
    ],
)
def test_pain_14_a_reply_that_turns_elsewhere_is_ranked(subject: str, text: str) -> None:
    sure, unsure = Counting(), Counting(share=0.6)
    assert understood(mail(subject, text), Kind.REPLY, sure).category == REFUND
    assert understood(mail(subject, text), Kind.REPLY, unsure).category is None
    assert (sure.asked, unsure.asked) == (1, 1)


@pytest.mark.parametrize("kind", [Kind.AUTO_REPLY, Kind.BOUNCE, Kind.BULK])
def test_mail_of_machines_is_not_ranked(kind: Kind) -> None:
    ranker = Counting()
    assert understood(mail("refund", "We overpaid in May."), kind, ranker).category is None
    assert not ranker.asked
