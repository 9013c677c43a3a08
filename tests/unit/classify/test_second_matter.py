"""A second matter in one mail is noted for staff; what merely goes on about the first is none."""

from __future__ import annotations

import pytest

from mailbot.cases.rules import Playbook
from mailbot.classify.category import CategoryRanker, Ranking
from mailbot.classify.playbook import load
from mailbot.classify.second_matter import second_matter
from mailbot.classify.understand import understand
from mailbot.mail import Kind, Message
from tests.unit.classify.test_fields import SENT, mail

TERM = "Please terminate coverage for Tiffany Oyelaran, group 28850, as of 11/30/2026."
LOGIN = "my broker portal password does not work any more and I cannot log in. Please reset it."
RANKER = CategoryRanker()


def matters(text: str) -> tuple[str | None, str]:
    found = understand(mail("Dana <d@x.example>", "Request", text), Kind.INQUIRY, load(), SENT, RANKER)
    return found.category, found.also


INVOICE = "can you resend the October invoice for the group? We never received it."
BAJA = "Por favor den de baja a Ana Ruiz, grupo 40117, el 30 de noviembre."
FACTURA = "Además, necesitamos una copia de la factura de octubre del grupo."


@pytest.mark.parametrize(
    ("text", "other"),
    [
        (f"{TERM}\n\nAlso, {INVOICE}", "billing.invoice"),
        (f"{TERM}\n\nAlso, {LOGIN}", "producer.portal_access"),
        (f"{BAJA} {FACTURA}", "billing.invoice"),
    ],
)
def test_of_two_matters_one_decides_and_the_other_is_noted(text: str, other: str) -> None:
    assert set(matters(text)) == {"eligibility.termination", other}


@pytest.mark.parametrize(
    "more",
    [
        "",
        "Also, her last day of work was 11/20.",
        f"Also, I will write separately that {LOGIN}",
        "Also, thanks for the invoice that you sent us again.",
    ],
)
def test_a_matter_that_is_put_off_or_none_is_not_noted(more: str) -> None:
    assert matters(f"{TERM}\n\n{more}") == ("eligibility.termination", "")


class Certain:
    """A ranker that is sure of one category, and remembers what it was shown."""

    def __init__(self, code: str, share: float = 0.99) -> None:
        self.answer, self.shown = Ranking(((code, share),)), list[Message]()

    def rank(self, message: Message, playbook: Playbook) -> Ranking:
        self.shown.append(message)
        return self.answer


TWO = f"{TERM}\n\nAlso, {INVOICE}"


def noted(first: str, ranker: Certain, text: str = TWO) -> str:
    whole = mail("Dana <d@x.example>", "Request", text)
    return second_matter(whole, text, Ranking(((first, 0.9),)), load(), ranker)


@pytest.mark.parametrize(
    ("first", "second", "other"),
    [
        ("eligibility.termination", "billing.invoice", "billing.invoice"),
        ("eligibility.termination", "eligibility.id_card", "eligibility.id_card"),
        ("eligibility.termination", "eligibility.termination", ""),
        ("eligibility.termination", "other.general", ""),
        # Two kinds of the provider's or the producer's own mail are seldom two matters.
        ("provider.claim_question", "provider.preauth_documents", ""),
        ("producer.authorization", "producer.portal_access", ""),
        ("producer.portal_access", "provider.claim_question", "provider.claim_question"),
    ],
)
def test_another_matter_is_of_another_kind(first: str, second: str, other: str) -> None:
    assert noted(first, Certain(second)) == other


def test_a_guess_is_no_matter() -> None:
    assert noted("eligibility.termination", Certain("billing.invoice", 0.3)) == ""


def test_each_part_is_looked_at_for_itself() -> None:
    """Without the subject, a quote or a file, which are about the whole mail."""
    ranker = Certain("eligibility.termination")
    noted("eligibility.termination", ranker)
    assert len(ranker.shown) == 2
    for part in ranker.shown:
        assert (part.subject, part.quoted, part.attachments, part.forwarded) == ("", "", (), None)
        assert part.text == part.new_text
    assert TERM in ranker.shown[1].text and INVOICE not in ranker.shown[1].text


@pytest.mark.parametrize("text", [f"{TERM}\n\nAlso, hello.", f"Hi.\n\nAlso, {INVOICE}", TERM])
def test_few_words_are_no_second_matter(text: str) -> None:
    assert noted("eligibility.termination", Certain("billing.refund"), text) == ""


@pytest.mark.parametrize(
    "turn",
    [
        "\n\nALSO, ",
        " On another note, ",
        ".\u00a0Besides that, ",
        "\n  2) Additionally, ",
        "\n\nADEMÁS, ",
        ". También, ",
        "\n另外，",
    ],
)
def test_a_turn_is_seen_however_it_is_written(turn: str) -> None:
    ranker = Certain("billing.invoice")
    assert noted("eligibility.termination", ranker, f"{TERM}{turn}{INVOICE}") == "billing.invoice"
    assert INVOICE in ranker.shown[0].text and TERM not in ranker.shown[0].text


@pytest.mark.parametrize("said", [" we also ask: ", "\nAlsop Inc. asks: ", "\n\nThe other thing: ", " y aparte, "])
def test_a_word_within_a_sentence_is_no_turn(said: str) -> None:
    ranker = Certain("billing.invoice")
    assert noted("eligibility.termination", ranker, f"{TERM[:-1]},{said}{INVOICE}") == ""
    assert ranker.shown == []
