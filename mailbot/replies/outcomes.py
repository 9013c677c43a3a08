"""What can come of one try to deliver one letter, and who tries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from mailbot.mail import Letter

LONGEST_ANSWER = 300
SHORTEST_LOCAL_PART = 4  # a shorter one stands inside too many innocent words


@dataclass(frozen=True, slots=True)
class Sent:
    """The receiving server took the letter: from now on it is answerable."""

    answer: str


@dataclass(frozen=True, slots=True)
class Later:
    """It did not work and may work later: a 4xx answer, no connection, a login that failed."""

    answer: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The server will never take this letter for this address: a 5xx answer, with its code."""

    code: int
    answer: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The whole letter went out and no answer came back (RFC 5321 section 4.5.3.2.6): it may have arrived."""

    answer: str


Outcome = Sent | Later | Refused | Unknown


class Courier(Protocol):
    """Delivers letters, one address each."""

    def deliver(self, letters: Iterable[Letter]) -> Iterator[Outcome]:
        """One outcome a letter, in their order; the next letter is asked for when the outcome was taken.

        Nothing is raised for what a server or a network does. Closing the iterator ends the connection.
        """
        ...

    def trouble(self) -> str | None:
        """Why no letter could be delivered now, in a sentence; None when one could."""
        ...


def scrubbed(answer: bytes | str, letter: Letter | None = None) -> str:
    """A server's answer in printable ASCII on one line, without mail addresses, fit to be stored and shown."""
    text = answer if isinstance(answer, str) else answer.decode("ascii", "replace")
    words = ["[address]" if _tells_an_address(word, letter) else word for word in text.split()]
    plain = "".join(c if c.isascii() and c.isprintable() else "?" for c in " ".join(words))
    return plain[:LONGEST_ANSWER]


def _tells_an_address(word: str, letter: Letter | None) -> bool:
    """Servers repeat the address in many forms; its local part alone tells it too."""
    lowered = word.lower()
    if "@" in lowered or "%40" in lowered:
        return True
    local = letter.to.key.rpartition("@")[0] if letter else ""
    if len(local) >= SHORTEST_LOCAL_PART:
        return local in lowered
    return bool(local) and local == lowered.strip("<>\"'().,:;")
