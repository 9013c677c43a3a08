"""Words that tell names from other capitalised words, in English and Spanish, folded."""

from __future__ import annotations

from mailbot.classify.cues import words

PARTICLES = words("names.particles")
TITLES = words("names.titles")

ORGANISATION = words("names.organisation")

NOT_A_NAME = words("names.not_a_name")
