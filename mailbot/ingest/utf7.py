"""UTF-7 is refused but for its letters: what could be markup stays as it was written (RFC 2152, ATTACKS A045)."""

from __future__ import annotations

import binascii
import re

_SHIFTED = re.compile(r"\+([A-Za-z0-9+/]{2,400})-?")
_PUNCTUATION = frozenset('!"#$%*;[]^_`{|}')


def is_utf_7(label: str) -> bool:
    """True for the names that mail programs gave this charset."""
    return "utf-7" in label.lower()[:60]


def letters_of_utf_7(raw: bytes) -> str:
    """The text with its shifted letters read, and nothing else.

    UTF-7 is dangerous because it can spell "<script>" without "<". A shifted sequence is read only when all in it
    lies outside ASCII or is plain punctuation, so no markup, no line end and no address can come out of it.
    """
    return _SHIFTED.sub(_letters, raw.decode("ascii", "replace"))


def _letters(match: re.Match[str]) -> str:
    encoded = match.group(1)
    try:
        pairs = binascii.a2b_base64(encoded + "=" * (-len(encoded) % 4))
        letters = pairs[: len(pairs) // 2 * 2].decode("utf-16-be")
    except (binascii.Error, UnicodeDecodeError):
        return match.group()
    harmless = letters and all(letter > "\x9f" or letter in _PUNCTUATION for letter in letters)
    return letters if harmless else match.group()
