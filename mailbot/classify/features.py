"""Turn a message into weighted features: words, concepts, pairs of concepts and structural signs, block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, combinations, pairwise
from math import sqrt

from mailbot.classify.structure import signs
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

#: Names of features, and what each of them weighs where they stand.
Noted = tuple[float, list[str]]

# How much each block of features weighs: each is scaled to this length, so that long mails do not outweigh short ones.
BLOCKS = {"w": 1.0, "b": 0.8, "s": 0.8, "t": 0.9, "c": 1.0, "p": 0.9, "a": 0.6, "g": 2.0, "d": 2.5}


def read(message: Message, lexicon: Lexicon) -> dict[str, float]:
    """The features of a message by name ("w termin", "c REFUND", "p MARRY+NAMECH", "g to groups")."""
    asked = message.new_text.strip() or message.text
    passed_on = _passed_on(message, asked)
    subject = _read(message.subject, lexicon)
    body = _read(asked, lexicon)
    files = [_read(f"{a.filename.replace('_', ' ')}\n{a.text[:FORM_TITLE]}", lexicon) for a in message.attachments]
    below = _read(passed_on, lexicon)
    noted = [
        *_words(subject, ("s", "t")),
        *_body(body),
        *_body(below, 1.0 if len(asked) < SHORT else PASSED_ON_WEIGHT),
        *_pairs([*subject, *body, *below]),
        *((1.0, [f"a {concept}" for concept in sentence.concepts]) for file in files for sentence in file),
        (1.0, [_as_feature(sign) for sign in signs(message, fold(asked))]),
    ]
    return scaled(_greatest(noted))


def _as_feature(sign: str) -> str:
    """The desk written to is a block of its own: it tells the family more surely than any other sign."""
    return f"d {sign}" if sign.startswith("to ") else f"g {sign}"


def _passed_on(message: Message, asked: str) -> str:
    """The text of a forwarded message below the sender's own; what a reply quotes says nothing new."""
    return message.quoted if message.forwarded and message.quoted not in asked else ""


def _read(text: str, lexicon: Lexicon) -> list[Sentence]:
    return [lexicon.read(tokens) for tokens in sentences(text)]


def _words(read_: Iterable[Sentence], blocks: tuple[str, str]) -> Iterator[Noted]:
    words, concepts = blocks
    for stems, meant in read_:
        yield 1.0, [*[f"{words} {word}" for word in stems], *[f"{concepts} {concept}" for concept in meant]]


def _body(body: list[Sentence], most: float = 1.0) -> Iterator[Noted]:
    """Words, neighbouring words and concepts; what is asked, and what comes first, weighs most."""
    for place, sentence in enumerate(body):
        stems = sentence.stems
        names = [f"w {word}" for word in stems]
        names += [f"b {first} {second}" for first, second in pairwise(stems)]
        names += [f"c {concept}" for concept in sentence.concepts]
        yield most * _importance(place, sentence), names


def _importance(place: int, sentence: Sentence) -> float:
    """What is put off or mentioned in passing weighs little; what asks or comes early weighs most."""
    if "ASIDE" in sentence.concepts:
        return ASIDE_WEIGHT
    return 1.0 if place < EARLY or ASKING & set(sentence.concepts) else LATER_WEIGHT


def _pairs(read_: Iterable[Sentence]) -> Iterator[Noted]:
    """Concepts that stand in one sentence: "please" with "refund" is another matter than "without notice" with it."""
    for sentence in read_:
        if len(sentence.concepts) > 1 and "ASIDE" not in sentence.concepts:
            names = sorted(sentence.concepts[:MOST_PAIRED])
            yield 1.0, [f"p {first}+{second}" for first, second in combinations(names, 2)]


def _greatest(noted: list[Noted]) -> dict[str, float]:
    """Each name, in the order in which it was first noted, with the greatest weight that it had."""
    found = dict.fromkeys(chain.from_iterable(names for _, names in noted), 0.0)
    for weight in sorted({weight for weight, _ in noted}):
        found.update(dict.fromkeys(chain.from_iterable(names for each, names in noted if each == weight), weight))
    return found


def scaled(found: dict[str, float]) -> dict[str, float]:
    """Each block at about its own length; one with few features stays shorter, as it tells less."""
    squares = dict.fromkeys(BLOCKS, FEW)
    for name, value in found.items():
        squares[name[0]] += value * value
    factors = {block: BLOCKS[block] / sqrt(total) for block, total in squares.items()}
    return {name: value * factors[name[0]] for name, value in found.items()}


def read_text(text: str, lexicon: Lexicon) -> dict[str, float]:
    """The features of a bare text, such as an example of the playbook: words and concepts, no signs."""
    body = _read(text, lexicon)
    return scaled(_greatest([*_body(body), *_pairs(body)]))
