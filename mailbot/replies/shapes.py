"""Letters that say the same but for their case are rendered once: what differs is put into the words afterwards."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

#: Shapes that are remembered at once; each is as long as its letter, some twelve thousand characters.
MOST = 300
#: What each letter has of its own, and what stands for it in a shape: letters that no text may hold (private use).
HOLES = {"case_number": "\ue000\ue001", "ref": "\ue000\ue002"}

#: Renders a letter's parts from its variables.
Render = Callable[[Mapping[str, object]], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Shape:
    """The parts with holes in them; None where a template does more with the number than to show it."""

    parts: tuple[str, ...] | None


class Shapes:
    """Remembers shapes; safe to share among threads."""

    def __init__(self) -> None:
        self._known: dict[Hashable, _Shape] = {}

    def rendered(self, of: Hashable, variables: Mapping[str, object], render: Render) -> tuple[str, ...]:
        """What `render` gives for these variables; `of` says which templates it uses.

        Raises what `render` raises.
        """
        own = {name: value for name in HOLES if isinstance(value := variables[name], str)}
        if not all(value.replace("-", "").isalnum() and value.isascii() for value in own.values() if value):
            return render(variables)
        open_ = _with_holes(variables, own)
        key = (of, tuple((name, value) for name, value in open_.items() if not isinstance(value, Mapping)))
        shape = self._known.get(key)
        if shape is None:
            parts = render(variables)
            self._keep(key, _shape(render(open_), own, parts))
            return parts
        return render(variables) if shape.parts is None else _closed(shape.parts, own)

    def _keep(self, key: Hashable, shape: _Shape) -> None:
        if len(self._known) >= MOST:
            self._known.clear()  # what is still written comes back with the next letter
        self._known[key] = shape


def _with_holes(variables: Mapping[str, object], own: Mapping[str, str]) -> dict[str, object]:
    """The variables with holes for what is this letter's own; what it does not have stays empty."""
    number = own["case_number"]
    facts = variables["facts"]
    assert isinstance(facts, tuple)
    return {
        **variables,
        **{name: HOLES[name] for name, value in own.items() if value},
        "facts": tuple((label, HOLES["case_number"] if value == number else value) for label, value in facts),
    }


def _shape(parts: tuple[str, ...], own: Mapping[str, str], meant: tuple[str, ...]) -> _Shape:
    """A shape is used only if it gives, filled in, what rendering gave."""
    return _Shape(parts if _closed(parts, own) == meant else None)


def _closed(parts: tuple[str, ...], own: Mapping[str, str]) -> tuple[str, ...]:
    filled = []
    for part in parts:
        for name, value in own.items():
            part = part.replace(HOLES[name], value) if value else part
        filled.append(part)
    return tuple(filled)
