"""Turn a message into weighted features: words, concepts, pairs of concepts and structural signs, block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations, pairwise, repeat
from math import sqrt
from typing import NamedTuple

from mailbot.classify.naming import Feature
from mailbot.classify.structure import desks, signs
from mailbot.classify.words import Lexicon, Sentence, fold, sentences
from mailbot.mail import Attachment, Message

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


class Block(NamedTuple):
    """The features of one block, each once, the weightiest first: so many weigh so much, then so many less."""

    features: tuple[Feature, ...]
    steps: tuple[tuple[int, float], ...]

    def weights(self) -> Iterator[float]:
        """The weight of each feature."""
        return chain.from_iterable([repeat(weight, number) for number, weight in self.steps])


Features = Mapping[str, Block]
NOTHING = Block((), ())


def read(message: Message, lexicon: Lexicon) -> Features:
    """The features of a message."""
    return scaled(note(message, lexicon))


def read_text(text: str, lexicon: Lexicon) -> Features:
    """The features of a bare text, such as an example of the playbook: words and concepts, no signs."""
    body = _read(fold(text), lexicon)
    return scaled({**_text(_weighed(body)), "p": _pairs(body)})


def note(message: Message, lexicon: Lexicon) -> Noted:
    """The features of a message with each place where they stand; one that comes again is there again."""
    typed = message.new_text.strip() or message.text
    asked, title = fold(typed), fold(message.subject)
    subject = _read(title, lexicon)
    body = _read(asked, lexicon)
    below = _read(fold(_passed_on(message, typed)), lexicon)
    files = [_read(fold(_told_of(file)), lexicon) for file in message.attachments]
    return {
        "s": [(1.0, sentence.stems) for sentence in subject],
        "t": [(1.0, sentence.concepts) for sentence in subject],
        **_text([*_weighed(body), *_weighed(below, 1.0 if len(typed) < SHORT else PASSED_ON_WEIGHT)]),
        "p": _pairs([*subject, *body, *below]),
        "a": [(1.0, sentence.concepts) for sentence in chain.from_iterable(files)],
        "d": [(1.0, desks(message))],
        "g": [(1.0, tuple(signs(message, title, asked)))],
    }


def _passed_on(message: Message, typed: str) -> str:
    """The text of a forwarded message below the sender's own; what a reply quotes says nothing new."""
    return message.quoted if message.forwarded and message.quoted not in typed else ""


def _told_of(file: Attachment) -> str:
    """The name of a file and the title of a form."""
    return f"{file.filename.replace('_', ' ')}\n{file.text[:FORM_TITLE]}"


def _read(folded: str, lexicon: Lexicon) -> list[Sentence]:
    return [lexicon.read(tokens) for tokens in sentences(folded)]


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
    return {block: _scaled(notes, BLOCKS[block]) for block, notes in noted.items()}


def _scaled(notes: Sequence[Note], length: float) -> Block:
    found: dict[Feature, None] = {}
    steps = []
    for weight in sorted({weight for weight, _ in notes}, reverse=True):
        before = len(found)
        # What is in it already weighs more, and keeps its place.
        found.update(dict.fromkeys(chain.from_iterable([features for each, features in notes if each == weight])))
        steps.append((len(found) - before, weight))
    factor = length / sqrt(FEW + sum([number * weight * weight for number, weight in steps]))
    return Block(tuple(found), tuple([(number, weight * factor) for number, weight in steps]))
