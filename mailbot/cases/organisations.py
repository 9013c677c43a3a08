"""Which domains belong to one owner, without a list of all registries."""

from __future__ import annotations

# Country-code registries sell names below these labels: nothing joins two names that only share such a parent.
_REGISTRY_LABELS = frozenset({"ac", "co", "com", "edu", "gob", "gov", "gouv", "ltd", "me", "mil", "net", "or", "org"})


def is_organisation(domain: str) -> bool:
    """Long enough to belong to one owner: "example.com" and "example.co.uk" are, "com" and "co.uk" are not."""
    labels = domain.split(".")
    if len(labels) < 2 or not all(labels):
        return False
    return len(labels) > 2 or len(labels[-1]) > 2 or labels[0] not in _REGISTRY_LABELS


def organisation(domain: str) -> str:
    """The shortest parent (in A-labels) that belongs to one owner; the domain itself where there is none."""
    labels = domain.split(".")
    parents = (".".join(labels[-length:]) for length in range(2, len(labels)))
    return next((parent for parent in parents if is_organisation(parent)), domain)
