"""A second matter in one mail is noted for staff; what merely goes on about the first is none."""

from __future__ import annotations

import pytest

from mailbot.classify.category import CategoryRanker
from mailbot.classify.playbook import load
from mailbot.classify.understand import understand
from mailbot.mail import Kind
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
