"""Turn a message into weighted features: words, concepts, pairs of concepts and structural signs, block by block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


class Heard(NamedTuple):
    """What a mail says: the sentences of its subject, of its text with what they weigh, and of its files; its signs."""

    subject: list[Sentence]
    body: list[tuple[float, Sentence]]
    files: list[Sentence]
    desks: tuple[str, ...]
    signs: tuple[str, ...]


class Block(NamedTuple):
    """The features of one block, each once, the weightiest first.

    `steps` tell how many weigh how much, before `scale` makes the block as long as it should be.
    """

    features: tuple[Feature, ...]
    steps: tuple[tuple[int, float], ...]
    scale: float = 1.0

    def weighed(self) -> dict[Feature, float]:
        """The features with their weights."""
        weights = [repeat(weight * self.scale, number) for number, weight in self.steps]
        return dict(zip(self.features, chain.from_iterable(weights), strict=True))


Features = Mapping[str, Block]
NOTHING = Block((), ())


def read(message: Message, lexicon: Lexicon) -> Features:
    """The features of a message."""
    return features(hear(message, lexicon))


def read_text(text: str, lexicon: Lexicon) -> Features:
    """The features of a bare text, such as an example of the playbook: words and concepts, no signs."""
    return features(Heard([], _weighed(_read(fold(text), lexicon)), [], (), ()))


def hear(message: Message, lexicon: Lexicon) -> Heard:
    """What a message says, sentence by sentence."""
    typed = message.new_text.strip() or message.text
    asked, subject = fold(typed), fold(message.subject)
    below = _read(fold(_passed_on(message, typed)), lexicon)
    return Heard(
        subject=_read(subject, lexicon),
        body=[
            *_weighed(_read(asked, lexicon)),
            *_weighed(below, 1.0 if len(typed) < SHORT else PASSED_ON_WEIGHT),
        ],
        files=[sentence for file in message.attachments for sentence in _read(fold(_told_of(file)), lexicon)],
        desks=desks(message),
        signs=tuple(signs(message, subject, asked)),
    )


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


def features(heard: Heard) -> Features:
    """Each block at about its own length; one with few features stays shorter, as it tells less."""
    levels = _levels(heard.body)
    pairs = [pairs_of(sentence) for sentence in (*heard.subject, *[sentence for _, sentence in heard.body])]
    return {
        "s": _block("s", [(1.0, [sentence.stems for sentence in heard.subject])]),
        "t": _block("t", [(1.0, [sentence.concepts for sentence in heard.subject])]),
        "w": _block("w", [(weight, [sentence.stems for sentence in level]) for weight, level in levels]),
        "b": _block("b", [(weight, [pairwise(sentence.stems) for sentence in level]) for weight, level in levels]),
        "c": _block("c", [(weight, [sentence.concepts for sentence in level]) for weight, level in levels]),
        "p": _block("p", [(1.0, pairs)]),
        "a": _block("a", [(1.0, [sentence.concepts for sentence in heard.files])]),
        "d": _block("d", [(1.0, [heard.desks])]),
        "g": _block("g", [(1.0, [heard.signs])]),
    }


def _levels(body: list[tuple[float, Sentence]]) -> list[tuple[float, list[Sentence]]]:
    """The sentences by their weight, the weightiest first."""
    weights = sorted({weight for weight, _ in body}, reverse=True)
    return [(weight, [sentence for each, sentence in body if each == weight]) for weight in weights]


def pairs_of(sentence: Sentence) -> Iterable[tuple[str, str]]:
    """Concepts that stand in one sentence: "please" with "refund" is another matter than "without notice" with it."""
    concepts = sentence.concepts
    return combinations(sorted(concepts[:MOST_PAIRED]), 2) if len(concepts) > 1 and "ASIDE" not in concepts else ()


def _block(name: str, levels: Iterable[tuple[float, Iterable[Iterable[Feature]]]]) -> Block:
    """Each feature once, where it weighs most."""
    found: dict[Feature, None] = {}
    steps = []
    square = FEW
    for weight, met in levels:
        before = len(found)
        found.update(dict.fromkeys(chain.from_iterable(met)))
        number = len(found) - before
        steps.append((number, weight))
        square += number * weight * weight
    return Block(tuple(found), tuple(steps), BLOCKS[name] / sqrt(square))
