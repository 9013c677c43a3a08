"""The category of a message: the network's view and the playbook's examples, with probabilities and reasons."""

from __future__ import annotations

import numpy as np

from mailbot.cases.rules import Playbook
from mailbot.classify.features import read, read_text
from mailbot.classify.naming import by_block
from mailbot.classify.neighbours import COMPARED, Examples
from mailbot.classify.network import Floats, Looked, Network, shipped_lexicon, shipped_model
from mailbot.classify.ranking import Ranking
from mailbot.classify.words import Lexicon
from mailbot.mail import Message

REASONS = 6
_BLOCK_WORDS = {"w": "word", "b": "words", "s": "subject word", "t": "subject about", "c": "about", "p": "about",
                "a": "file about", "g": "sign:", "d": "sign:"}  # fmt: skip


class Categories:
    """Ranks the categories of one playbook; build it once per playbook."""

    def __init__(self, model: Network, lexicon: Lexicon, playbook: Playbook) -> None:
        self._model = model
        self._lexicon = lexicon
        columns = {code: column for column, code in enumerate(model.codes) if code in playbook.categories}
        self._known = frozenset(columns)
        self._columns = np.array(list(columns.values()), dtype=np.intp)
        taught = [code for code, rules in playbook.categories.items() if code not in columns and rules.examples]
        self._codes = (*columns, *taught)
        self._fallback = playbook.fallback
        self._examples = Examples(
            {code: playbook.categories[code].examples for code in self._codes},
            lambda text: read_text(text, lexicon),
            by_block(each for each in zip(model.names, model.idf.tolist(), strict=True) if each[0][0] in COMPARED),
        )

    def rank(self, message: Message) -> Ranking:
        """All categories that the model or the playbook's examples know, likeliest first."""
        if not self._codes:
            return Ranking(((self._fallback, 0.0),))
        found = read(message, self._lexicon)
        looked = self._model.look(found)
        alike = self._examples.similarities(found)
        ranked = self._model.calibration.ranked(self._codes, looked.scores[self._columns], alike)
        return Ranking(ranked, self._reasons(ranked[0][0], looked, alike))

    def _reasons(self, first: str, looked: Looked, alike: Floats) -> tuple[str, ...]:
        """The features that spoke most for the first category."""
        if first not in self._known:
            return (f"like an example of {first} ({alike[self._codes.index(first)]:.2f})",)
        spoke = self._model.spoke(looked, first)
        most = spoke.argsort()[: -1 - REASONS : -1]
        rows = looked.rows[most[spoke[most] > 0]].tolist()
        return tuple([_in_words(self._model.names[row]) for row in rows])


def _in_words(name: str) -> str:
    """A feature for a person to read."""
    return f"{_BLOCK_WORDS[name[0]]} {name[2:].replace('+', ' with ').lower()}"


class CategoryRanker:
    """A ranker over a model, the shipped one unless told; remembers the last few playbooks by identity."""

    def __init__(self, model: Network | None = None) -> None:
        self._model = model or shipped_model()
        self._latest: list[tuple[Playbook, Categories]] = []

    def rank(self, message: Message, playbook: Playbook) -> Ranking:
        """All categories for the message, likeliest first; never raises on odd mail."""
        return self._over(playbook).rank(message)

    def _over(self, playbook: Playbook) -> Categories:
        for seen, categories in self._latest:
            if seen is playbook:
                return categories
        categories = Categories(self._model, shipped_lexicon(), playbook)
        self._latest = [(playbook, categories), *self._latest[:3]]
        return categories
