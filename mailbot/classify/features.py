"""Turn a message into weighted features: words, concepts, pairs of concepts and structural signs, block by block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, combinations, pairwise
from math import sqrt

from mailbot.classify.naming import Feature
from mailbot.classify.structure import desks, signs
from mailbot.classify.words import Lexicon, Sentence, fold, sentences
from mailbot.mail import Message

PASSED_ON_WEIGHT = 0.7
SHORT = 80
FEW = 2.0
LATER_WEIGHT = 0.7
ASIDE_WEIGHT = 0.25
EARLY = 3
MOST_PAIRED = 14
ASKING = frozenset({"PLEASE", "QUESTION"})
FORM_TITLE = 100

# How much each block of features weighs: each is scaled to this length, so that long mails do not outweigh short ones.
# Words, neighbouring words, words and concepts of the subject, concepts, pairs of them, concepts of files, signs; and
# the desk written to, a block of its own as it tells the family more surely than any other sign.
BLOCKS = {"w": 1.0, "b": 0.8, "s": 0.8, "t": 0.9, "c": 1.0, "p": 0.9, "a": 0.6, "g": 2.0, "d": 2.5}

#: Features that stand together, and what each of them weighs there.
Note = tuple[float, Sequence[Feature]]
#: The features of each block as they were met.
Noted = Mapping[str, Sequence[Note]]
#: The features of each block, and what each of them weighs.
Features = Mapping[str, Mapping[Feature, float]]


def read(message: Message, lexicon: Lexicon) -> Features:
    """The features of a message."""
    return scaled(note(message, lexicon))


def read_text(text: str, lexicon: Lexicon) -> Features:
    """The features of a bare text, such as an example of the playbook: words and concepts, no signs."""
    body = _read(text, lexicon)
    return scaled({**_text(_weighed(body)), "p": _pairs(body)})


def note(message: Message, lexicon: Lexicon) -> Noted:
    """The features of a message with each place where they stand; one that comes again is there again."""
    asked = message.new_text.strip() or message.text
    subject = _read(message.subject, lexicon)
    body = _read(asked, lexicon)
    below = _read(_passed_on(message, asked), lexicon)
    files = [_read(f"{a.filename.replace('_', ' ')}\n{a.text[:FORM_TITLE]}", lexicon) for a in message.attachments]
    return {
        "s": [(1.0, sentence.stems) for sentence in subject],
        "t": [(1.0, sentence.concepts) for sentence in subject],
        **_text([*_weighed(body), *_weighed(below, 1.0 if len(asked) < SHORT else PASSED_ON_WEIGHT)]),
        "p": _pairs([*subject, *body, *below]),
        "a": [(1.0, sentence.concepts) for sentence in chain.from_iterable(files)],
        "d": [(1.0, desks(message))],
        "g": [(1.0, tuple(signs(message, fold(asked))))],
    }


def _passed_on(message: Message, asked: str) -> str:
    """The text of a forwarded message below the sender's own; what a reply quotes says nothing new."""
    return message.quoted if message.forwarded and message.quoted not in asked else ""


def _read(text: str, lexicon: Lexicon) -> list[Sentence]:
    return [lexicon.read(tokens) for tokens in sentences(text)]


def _weighed(body: Iterable[Sentence], most: float = 1.0) -> list[tuple[float, Sentence]]:
    """What is asked, and what comes first, weighs most."""
    return [(most * _importance(place, sentence), sentence) for place, sentence in enumerate(body)]


def _importance(place: int, sentence: Sentence) -> float:
    """What is put off or mentioned in passing weighs little; what asks or comes early weighs most."""
    if "ASIDE" in sentence.concepts:
        return ASIDE_WEIGHT
    return 1.0 if place < EARLY or not ASKING.isdisjoint(sentence.concepts) else LATER_WEIGHT


def _text(body: list[tuple[float, Sentence]]) -> dict[str, list[Note]]:
    return {
        "w": [(weight, sentence.stems) for weight, sentence in body],
        "b": [(weight, tuple(pairwise(sentence.stems))) for weight, sentence in body],
        "c": [(weight, sentence.concepts) for weight, sentence in body],
    }


def _pairs(said: Iterable[Sentence]) -> list[Note]:
    """Concepts that stand in one sentence: "please" with "refund" is another matter than "without notice" with it."""
    return [
        (1.0, tuple(combinations(sorted(concepts[:MOST_PAIRED]), 2)))
        for _, concepts in said
        if len(concepts) > 1 and "ASIDE" not in concepts
    ]


def scaled(noted: Noted) -> Features:
    """Each block at about its own length; one with few features stays shorter, as it tells less."""
    found = {}
    for block, notes in noted.items():
        weights = _greatest(notes)
        factor = BLOCKS[block] / sqrt(sum([weight * weight for weight in weights.values()], FEW))
        found[block] = {feature: weight * factor for feature, weight in weights.items()}
    return found


def _greatest(notes: Sequence[Note]) -> dict[Feature, float]:
    """Each feature, in the order in which it was first met, with the greatest weight that it had."""
    least, *greater = sorted({weight for weight, _ in notes}) or [0.0]
    found = dict.fromkeys(chain.from_iterable(features for _, features in notes), least)
    for each in greater:
        found.update(dict.fromkeys(chain.from_iterable(features for weight, features in notes if weight == each), each))
    return found
