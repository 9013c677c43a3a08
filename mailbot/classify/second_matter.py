"""Notices a second matter in one mail: sentences of their own that surely are of another category."""

from __future__ import annotations

import re
from dataclasses import replace

from mailbot.cases.rules import Playbook
from mailbot.classify.linear import Linear
from mailbot.classify.ranking import Ranker, Ranking
from mailbot.mail import Message

#: The second matter is noted only where its own sentences are as good as certain.
_SURE = 0.75
_CAP = 4_000
_FEWEST_CHARACTERS = 25
# A sentence that begins like this turns to something else.
_TURN = Linear(
    r"(?i)(?:^|[.!?。！？][\s\p{Z}]|\n)[ \t]{0,4}(?:\d[.)] )?("
    r"(?:also|additionally|separately|second(?:ly)?|in addition|another (?:thing|matter|question|request)"
    r"|one (?:more|other) (?:thing|question|request)"
    r"|on (?:a|another) (?:(?:separate|different|unrelated) )?(?:note|matter)|while i have you|besides(?: that)?"
    r"|unrelated|adem[aá]s|tambi[eé]n|por otr[ao] (?:lado|parte)|otra cosa|aparte)\b|另外|此外|还有)"
)
# What is put off, done with or only mentioned is no matter of this mail.
_PUT_OFF = re.compile(
    r"\b(?:will (?:write|send|e-?mail|follow|call|be)|i'll|we'll|no need|nothing (?:to do|needed)|hold off|already"
    r"|later|next (?:week|month)|thank\w*|attached|please (?:note|find|see|call|cc|copy|confirm|let)"
    r"|let (?:me|us) know|gracias|escribir[eé]|m[aá]s tarde|ya (?:est[aá]|lo)|adjunt\w*)\b|谢谢|以后|稍后|已经|附件",
    re.IGNORECASE,
)


def second_matter(message: Message, typed: str, main: Ranking, playbook: Playbook, ranker: Ranker) -> str:
    """The code of a category that the mail may also be about, "" where nothing says so plainly."""
    first = main.ranked[0][0]
    for part in _parts(typed[:_CAP]):
        alone = replace(message, subject="", text=part, new_text=part, quoted="", forwarded=None, attachments=())
        code, share = ranker.rank(alone, playbook).ranked[0]
        if share >= _SURE and code not in (first, playbook.fallback) and not _near(code, first):
            return code
    return ""


def _parts(text: str) -> tuple[str, ...]:
    """The paragraph from the turn on and what stands before it; none where it says little or asks for nothing."""
    turn = _TURN.search(text)
    if turn is None:
        return ()
    before, rest = text[: turn.start(1)].strip(), text[turn.start(1) :].partition("\n\n")[0].strip()
    said = min(len(before), len(rest)) >= _FEWEST_CHARACTERS
    return (rest, before) if said and not _PUT_OFF.search(rest) else ()


def _near(code: str, first: str) -> bool:
    """Two kinds of the provider's or the producer's mail are seldom two matters."""
    family = code.partition(".")[0]
    return family == first.partition(".")[0] and family in ("provider", "producer")
