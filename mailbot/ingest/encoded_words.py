"""RFC 2047 encoded words to text, also the broken ones that mail programs really write."""

from __future__ import annotations

import binascii
import re

from mailbot.ingest.charsets import decode
from mailbot.ingest.transfer import base64_bytes

_OPENING = re.compile(r"=\?([^?\s]{0,60})\?([bBqQ])\?")


def decode_words(text: str) -> str:
    """The value with every encoded word decoded; text that holds none comes back as it is.

    White space between two words is dropped (RFC 2047 section 6.2), and adjacent words of one charset are
    joined as bytes first, because many programs split a letter between two words.
    """
    if "=?" not in text:
        return text
    output: list[str] = []
    waiting = _Waiting(output)
    position = 0
    while (opening := _next_opening(text, position)) is not None:
        end = text.find("?=", opening.end())
        if end < 0:
            break
        between = text[position : opening.start()]
        if between.strip() or not waiting.pieces:
            waiting.flush()
            output.append(between)
        waiting.add(opening.group(1), opening.group(2), text[opening.end() : end])
        position = end + 2
    waiting.flush()
    output.append(_unclosed(text[position:]))
    return "".join(output)


def _next_opening(text: str, position: int) -> re.Match[str] | None:
    return _OPENING.search(text, position)


def _unclosed(rest: str) -> str:
    """A last word that lost its "?=" is decoded when nothing but its own text follows."""
    opening = _OPENING.search(rest)
    if opening is None or " " in rest[opening.end() :]:
        return rest
    raw = _word_bytes(opening.group(2), rest[opening.end() :])
    return rest[: opening.start()] + decode(raw, _charset(opening.group(1)))[0]


def _charset(label: str) -> str:
    """The charset without the language that RFC 2231 section 5 allows after it."""
    return label.partition("*")[0]


class _Waiting:
    """Bytes of adjacent words that are decoded together as long as they share their charset."""

    def __init__(self, output: list[str]) -> None:
        self.pieces: list[bytes] = []
        self._label = ""
        self._output = output

    def add(self, label: str, encoding: str, encoded: str) -> None:
        label = _charset(label).lower()
        if self.pieces and (label != self._label or (label.startswith("iso-2022") and not self._is_shifted())):
            self.flush()
        self._label = label
        self.pieces.append(_word_bytes(encoding, encoded))

    def _is_shifted(self) -> bool:
        """True when the last word of ISO-2022 broke off inside a double-byte stretch that the next one goes on with."""
        last = self.pieces[-1]
        return last.rfind(b"\x1b$") > last.rfind(b"\x1b(")

    def flush(self) -> None:
        if self.pieces:
            self._output.append(decode(b"".join(self.pieces), self._label)[0])
            self.pieces = []


def _word_bytes(encoding: str, encoded: str) -> bytes:
    raw = encoded.encode("utf-8", "replace")
    if encoding in "bB":
        return base64_bytes(raw)[0]
    return binascii.a2b_qp(raw.replace(b" ", b"_"), header=True)
