"""Words that tell names from other capitalised words, in English and Spanish, folded."""

from __future__ import annotations

from collections.abc import Sequence

from mailbot.classify.cues import words
from mailbot.classify.folding import fold

PARTICLES = words("names.particles")
TITLES = words("names.titles")
ORGANISATION = words("names.organisation")
FIRST_KINDS = words("names.first_kinds")
NOT_A_NAME = words("names.not_a_name")
GIVEN = words("given.names")
ALSO_SURNAMES = words("names.also_surnames")


def is_firm(name: Sequence[str]) -> bool:
    """Whether the words name a business: a word behind the first says of what kind; "John Hall" is a person."""
    for at in range(1, len(name)):
        word = fold(name[at]).strip(".,")
        if word in ORGANISATION and not (word in ALSO_SURNAMES and fold(name[at - 1]).strip(".,") in GIVEN):
            return True
    return False
