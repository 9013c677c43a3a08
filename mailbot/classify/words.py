"""Turn the text of a mail into sentences of tokens: word stems, and the concepts that the lexicon knows.

All work is linear in the text, which `MAX_CHARACTERS` bounds; no pattern here can backtrack.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MAX_CHARACTERS = 6000
MAX_TOKENS_IN_SENTENCE = 120
STEM = 6
LONGEST_CHINESE_ENTRY = 8
_MEMO_LIMIT = 60_000

_TOKEN = re.compile(r"[a-z]+|\d+|[\u4e00-\u9fff]+|[?$%]")
_SENTENCE_END = re.compile(r"[.!;](?=\s)|[\n\r。！；]")
_MARKS = {"?": "mark?", "$": "mark$", "%": "mark%"}
_KEPT_NUMBERS = frozenset(
    {"834", "999", "1095", "1500", "8962", "404", "500", "503", "72", "837", "277", "835", "7", "8"}
)


def fold(text: str) -> str:
    """Lower case without accents, so that "Renovación" and "renovacion" are one word."""
    lowered = text[:MAX_CHARACTERS].lower().replace("\u2019", "'")
    if lowered.isascii():
        return lowered
    parts = unicodedata.normalize("NFKD", lowered)
    return "".join(c for c in parts if not unicodedata.combining(c))


def sentences(text: str) -> list[list[str]]:
    """The sentences of a folded text as raw tokens; runs of Chinese stay one token each."""
    flat = fold(text).replace("'", "")
    found = (
        _TOKEN.findall(piece)[:MAX_TOKENS_IN_SENTENCE] for piece in _SENTENCE_END.sub("\n", _asking(flat)).split("\n")
    )
    return [tokens for tokens in found if tokens]


def _asking(text: str) -> str:
    """Keep the question mark as a token of the sentence that it ends."""
    return text.replace("?", " ?\n").replace("？", " ?\n") if "?" in text or "？" in text else text


def stem(word: str) -> str:
    """A crude stem that serves English and Spanish alike: the plural goes, then the first letters stay."""
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    return word[:STEM]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as stems (None where a token has none) and the concepts that occur in it, in order."""

    stems: tuple[str, ...]
    concepts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Word:
    """What is known of one word: its stem, its concepts, and the phrases that may begin with it.

    Of each phrase its second word (None where that is open), its words after the first, and its concept.
    """

    stem: str
    concepts: tuple[str, ...]
    phrases: tuple[tuple[str | None, tuple[str, ...], str], ...]


class Lexicon:
    """Concepts by word, by beginning, by phrase and by part of Chinese text."""

    def __init__(self, entries: Mapping[str, Sequence[str]]) -> None:
        self._exact: dict[str, list[str]] = {}
        self._beginnings: dict[str, list[str]] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._phrase_beginnings: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._chinese: dict[str, list[str]] = {}
        self._memo: dict[str, _Word] = {}
        for concept, written in entries.items():
            for entry in written:
                self._learn(concept, fold(entry).replace("'", ""))

    def _learn(self, concept: str, entry: str) -> None:
        if not entry.isascii() and not entry[0].isascii():
            self._chinese.setdefault(entry[:LONGEST_CHINESE_ENTRY], []).append(concept)
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
        for place, token in enumerate(tokens):
            if token[0] >= "\u4e00":
                self._read_chinese(token, stems, concepts)
                continue
            word = self._memo.get(token) or self._look_up(token)
            concepts.extend(word.concepts)
            if word.phrases:
                after = tokens[place + 1] if place + 1 < len(tokens) else ""
                for second, rest, concept in word.phrases:
                    if (second is None or second == after) and _follows(tokens, place + 1, rest):
                        concepts.append(concept)
            if word.stem:
                stems.append(word.stem)
        return Sentence(tuple(stems), tuple(dict.fromkeys(concepts)))

    def _look_up(self, token: str) -> _Word:
        """What is known of a word; remembered, as mail repeats itself."""
        if len(self._memo) > _MEMO_LIMIT:
            self._memo.clear()
        known = list(self._exact.get(token, ()))
        phrases = list(self._phrases.get(token, ()))
        for length in range(2, len(token) + 1):
            known.extend(self._beginnings.get(token[:length], ()))
            phrases.extend(self._phrase_beginnings.get(token[:length], ()))
        told = tuple((_second(rest), rest, concept) for rest, concept in phrases)
        word = self._memo[token] = _Word(_shown(token), tuple(dict.fromkeys(known)), told)
        return word

    def _read_chinese(self, run: str, stems: list[str], concepts: list[str]) -> None:
        """All entries that occur in a run of Chinese, and its pairs of characters as stems."""
        stems.extend(run[i : i + 2] for i in range(len(run) - 1))
        for i in range(len(run)):
            for length in range(1, LONGEST_CHINESE_ENTRY + 1):
                concepts.extend(self._chinese.get(run[i : i + length], ()))


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
