"""Turn the text of a mail into sentences of tokens: word stems, and the concepts that the lexicon knows.

All work is linear in the text, which `MAX_CHARACTERS` bounds; no pattern here can backtrack.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

MAX_CHARACTERS = 6000
MAX_TOKENS_IN_SENTENCE = 120
STEM = 6
LONGEST_CHINESE_ENTRY = 8
_MEMO_LIMIT = 60_000

_TOKEN = re.compile(r"[a-z]+|\d+|[\u4e00-\u9fff]+|[?$%]")
# That it begins with one set of characters makes it four times as fast as two alternatives.
_SENTENCE_END = re.compile(r"[.!;\n\r。！；](?:(?<=[\n\r。！；])|(?=\s))")
_FIRST_CHINESE = "\u4e00"
_LATIN_MARKS = re.compile("[\u0300-\u034e\u0350-\u036f]+")
_MARKS = {"?": "mark?", "$": "mark$", "%": "mark%"}
_KEPT_NUMBERS = frozenset(
    {"834", "999", "1095", "1500", "8962", "404", "500", "503", "72", "837", "277", "835", "7", "8"}
)


def fold(text: str) -> str:
    """Lower case without accents, so that "Renovación" and "renovacion" are one word."""
    lowered = text[:MAX_CHARACTERS].lower().replace("\u2019", "'")
    if lowered.isascii():
        return lowered
    parts = _LATIN_MARKS.sub("", unicodedata.normalize("NFKD", lowered))
    if any(map(unicodedata.combining, set(parts))):  # as in no language of the desk
        return "".join(c for c in parts if not unicodedata.combining(c))
    return parts


def sentences(text: str) -> list[list[str]]:
    """The sentences of a folded text as raw tokens; runs of Chinese stay one token each."""
    pieces = _SENTENCE_END.split(_asking(text.replace("'", "")))
    found = [_TOKEN.findall(piece)[:MAX_TOKENS_IN_SENTENCE] for piece in pieces]
    return [tokens for tokens in found if tokens]


def _asking(text: str) -> str:
    """Keep the question mark as a token of the sentence that it ends."""
    return text.replace("?", " ?\n").replace("？", " ?\n") if "?" in text or "？" in text else text


def stem(word: str) -> str:
    """A crude stem that serves English and Spanish alike: the plural goes, then the first letters stay."""
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    return word[:STEM]


class Sentence(NamedTuple):
    """One sentence as the stems of its words, without those that have none, and the concepts that occur in it."""

    stems: tuple[str, ...]
    concepts: tuple[str, ...]


#: The words of a phrase after its first, and its concept.
_Phrase = tuple[tuple[str, ...], str]


class _Meaning(NamedTuple):
    """The concepts of a word, and the phrases that may begin with it.

    `before` has the phrases that may begin where a certain word follows, `open` those where any other does.
    """

    concepts: tuple[str, ...]
    before: Mapping[str, tuple[_Phrase, ...]]
    open: tuple[_Phrase, ...]


#: The stems of a token, one or none, of a run of Chinese its pairs of characters; and what it means: most mean nothing.
_Word = tuple[tuple[str, ...], _Meaning | None]


class _Words(dict[str, _Word]):
    """What is known of words, looked up where they are first met, and remembered, as mail repeats itself."""

    def __init__(self, look_up: Callable[[str], _Word]) -> None:
        self._look_up = look_up

    def __missing__(self, token: str) -> _Word:
        word = self._look_up(token)
        if token[0] < _FIRST_CHINESE:
            if len(self) > _MEMO_LIMIT:
                self.clear()
            self[token] = word
        return word


class Lexicon:
    """Concepts by word, by beginning, by phrase and by part of Chinese text."""

    def __init__(self, entries: Mapping[str, Sequence[str]]) -> None:
        self._exact: dict[str, list[str]] = {}
        self._beginnings: dict[str, list[str]] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._phrase_beginnings: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._chinese: dict[str, list[tuple[str, str]]] = {}
        self._words = _Words(self._look_up)
        for concept, written in entries.items():
            for entry in written:
                self._learn(concept, fold(entry).replace("'", ""))
        for known in self._chinese.values():
            known.sort(key=lambda entry: len(entry[0]))

    def _learn(self, concept: str, entry: str) -> None:
        if not entry.isascii() and not entry[0].isascii():
            self._chinese.setdefault(entry[0], []).append((entry[:LONGEST_CHINESE_ENTRY], concept))
            return
        first, *rest = entry.split()
        if rest:
            table = self._phrase_beginnings if first.endswith("*") else self._phrases
            table.setdefault(first.rstrip("*"), []).append((tuple(rest), concept))
        elif first.endswith("*"):
            self._beginnings.setdefault(first[:-1], []).append(concept)
        else:
            self._exact.setdefault(first, []).append(concept)

    def read(self, tokens: Sequence[str]) -> Sentence:
        """The stems and concepts of one sentence."""
        stems: list[str] = []
        concepts: list[str] = []
        for place, (shown, meaning) in enumerate(map(self._words.__getitem__, tokens), 1):
            stems += shown
            if meaning:
                known, before, unbound = meaning
                concepts += known
                for rest, concept in before.get(tokens[place], unbound) if place < len(tokens) else ():
                    if _follows(tokens, place, rest):
                        concepts.append(concept)
        return Sentence(tuple(stems), tuple(dict.fromkeys(concepts)) if concepts else ())

    def _look_up(self, token: str) -> _Word:
        if token[0] >= _FIRST_CHINESE:
            return self._look_up_chinese(token)
        known = list(self._exact.get(token, ()))
        phrases = list(self._phrases.get(token, ()))
        for length in range(2, len(token) + 1):
            known.extend(self._beginnings.get(token[:length], ()))
            phrases.extend(self._phrase_beginnings.get(token[:length], ()))
        seconds = {_second(rest) for rest, _ in phrases}
        before = {
            second: tuple(phrase for phrase in phrases if _second(phrase[0]) in (None, second))
            for second in seconds
            if second is not None
        }
        unbound = tuple(phrase for phrase in phrases if _second(phrase[0]) is None)
        shown = _shown(token)
        meaning = _Meaning(tuple(dict.fromkeys(known)), before, unbound) if known or phrases else None
        return (shown,) if shown else (), meaning

    def _look_up_chinese(self, run: str) -> _Word:
        """All entries that occur in a run of Chinese, and its pairs of characters."""
        concepts = [
            concept
            for place, character in enumerate(run)
            for entry, concept in self._chinese.get(character, ())
            if run.startswith(entry, place)
        ]
        pairs = tuple([run[place : place + 2] for place in range(len(run) - 1)])
        return pairs, _Meaning(tuple(concepts), {}, ()) if concepts else None


def _second(rest: Sequence[str]) -> str | None:
    """The word that must come next, where it is one word and no other."""
    return None if rest[0] == "_" or rest[0].endswith("*") else rest[0]


def _follows(tokens: Sequence[str], place: int, rest: Sequence[str]) -> bool:
    """True where the tokens from `place` on are the rest of a phrase; "_" passes over at most two."""
    for index, wanted in enumerate(rest):
        if wanted == "_":
            after = rest[index + 1 :]
            return any(_follows(tokens, place + gap, after) for gap in (1, 2, 0))
        if place >= len(tokens):
            return False
        token = tokens[place]
        if not (token.startswith(wanted[:-1]) if wanted.endswith("*") else token == wanted):
            return False
        place += 1
    return True


def _shown(token: str) -> str:
    """The stem of a token, a kept number, the year or length of another number, or a mark."""
    if token in _MARKS:
        return _MARKS[token]
    if not token.isdigit():
        return stem(token)
    if token in _KEPT_NUMBERS:
        return token
    return "year" if len(token) == 4 and token.startswith("20") else ""


def parse_lexicon(text: str) -> dict[str, list[str]]:
    """Read "NAME = entry, entry" lines; lines that begin with # are remarks."""
    entries: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, equals, written = line.partition("=")
        if equals and not line.startswith("#"):
            entries.setdefault(name.strip(), []).extend(e.strip() for e in written.split(",") if e.strip())
    return entries
