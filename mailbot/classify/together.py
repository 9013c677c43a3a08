"""Tells which of several expressions occur in a text in one pass over it, so that only those need be searched for."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import re2

#: Bytes for the automaton; it is built as texts need it, and starts anew when this is full.
_MEMORY = 64 << 20


class Together:
    """Expressions (RE2) that are looked for at once, in time linear in the text."""

    def __init__(self, patterns: Iterable[str]) -> None:
        options = re2.Options()
        options.max_mem = _MEMORY
        asked = re2.Set.SearchSet(options)
        for pattern in patterns:
            asked.Add(pattern)
        asked.Compile()
        self._match: Callable[[bytes], list[int]] = asked._set.Match  # below the wrapper, as in linear.py

    def present(self, text: str) -> list[int]:
        """The places of the expressions that match somewhere in the text, in their order."""
        return sorted(self._match(text.encode("utf-8", "replace")))
