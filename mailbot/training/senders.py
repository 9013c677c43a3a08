"""Invent who writes a training mail and to which of the desk's addresses."""

from __future__ import annotations

from random import Random

from mailbot.mail import Address
from mailbot.training.values import Values

_DESKS = {
    "enrollment": ("enrollment", "enrollments", "eligibility", "memberservices", "enroll"),
    "groups": ("groups", "billing", "groupbilling", "employers", "accounts"),
    "brokers": ("brokers", "producers", "agents", "producer.support", "brokerservices"),
    "providers": ("providers", "provider.relations", "claims", "providerservices", "provider"),
    "exchange": ("exchange.desk", "exchange", "marketplace", "individual", "exchange-escalations"),
}
_FREE = ("mail.example", "post.example", "correo.example", "inbox.example")
_ENDINGS = {
    role: tuple(endings.split())
    for role, endings in {
        "producer": "insurance agency benefits brokerage financial ins coverage healthplans seguros",
        "provider": "clinic medical ortho hospital pediatrics derm therapy surgery rcm cardiology",
        "employer": "roofing bakery schools construction farms trucking dental tool church foods",
        "navigator": "community navigators outreach healthconnector library",
    }.items()
}
PLAIN_DESK = 0.14
WRONG_DESK = 0.01


def desk_address(desk: str, chance: Random) -> Address:
    """Mostly the right desk's address; sometimes one that tells nothing, rarely another desk's."""
    luck = chance.random()
    if luck < PLAIN_DESK:
        return Address(f"{chance.choice(('desk', 'info', 'help', 'office', 'mailbox'))}@plan.example")
    if luck < PLAIN_DESK + WRONG_DESK:
        desk = chance.choice(tuple(_DESKS))
    local = _DESKS[desk][0] if chance.random() < 0.6 else chance.choice(_DESKS[desk])
    return Address(f"{local}@plan.example")


def sender_of(role: str, values: Values, chance: Random) -> Address:
    """A person of that role: consumers write from free mail, the others mostly from their organisation."""
    first, last = values["f"].lower(), values["l2"].lower()
    local = chance.choice((f"{first[0]}{last}", first, f"{first}.{last}", "office"))
    if role == "consumer" or chance.random() < 0.15:
        return Address(f"{local}@{chance.choice(_FREE)}", f"{values['f']} {values['l2']}")
    return Address(f"{local}@{last}{chance.choice(_ENDINGS[role])}.example", f"{values['f']} {values['l2']}")


def signature_of(role: str, sender: Address, title: str, chance: Random) -> str:
    """How the mail ends: with nothing, a name, or a name and a title."""
    luck = chance.random()
    if luck < 0.3:
        return ""
    return sender.name if luck < 0.65 or not title else f"{sender.name}\n{title}"
