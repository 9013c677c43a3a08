"""Signed tokens: proof that whoever shows one has seen a letter of ours about that case.

A token is `key id, case number, MAC`, in a base32 that survives lower-casing mail servers and spells few words, and 34
letters long. The MAC is HMAC-SHA256, 100 bits, over purpose, key id and number, so that a token for one purpose
is none for another. A token is a claim to be weighed, not an identity (DESIGN section 5).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from enum import StrEnum

from mailbot.cases.number import check_digit

_ALPHABET = "0123456789bcdfghjklmnpqrstuvwxyz"
_VALUE = {letter: value for value, letter in enumerate(_ALPHABET)}
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_KEY_ID_LETTERS = 4
_NUMBER_LETTERS = 10
_MAC_LETTERS = 20
LENGTH = _KEY_ID_LETTERS + _NUMBER_LETTERS + _MAC_LETTERS


class Purpose(StrEnum):
    """Where a token stands; each place has a MAC of its own."""

    REPLY = "reply"
    REF = "ref"
    MESSAGE_ID = "message-id"
    BOUNCE = "bounce"
    LOOP = "loop"


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A key that signs tokens: two bytes of name and the secret."""

    key_id: bytes
    secret: bytes = field(repr=False)


def mint(key: TokenKey, purpose: Purpose, number: str) -> str:
    """The token of a case for one purpose: lower-case letters, digits and "_", LENGTH of them."""
    plain = _letters(int.from_bytes(key.key_id), _KEY_ID_LETTERS) + _letters(
        int(number.replace("-", "")), _NUMBER_LETTERS
    )
    return plain + _mac(key, purpose, plain)


def check(keys: tuple[TokenKey, ...], purpose: Purpose, token: str) -> str | None:
    """The case number that a genuine token names, else None. Takes the same time for every wrong MAC."""
    token = token.lower() if token.isascii() else ""
    if len(token) != LENGTH or any(letter not in _VALUE for letter in token):
        return None
    plain, mac = token[:-_MAC_LETTERS], token[-_MAC_LETTERS:]
    key_id = _number(plain[:_KEY_ID_LETTERS])
    key = next((key for key in keys if int.from_bytes(key.key_id) == key_id), None)
    if key is None or not hmac.compare_digest(_mac(key, purpose, plain), mac):
        return None
    digits = f"{_number(plain[_KEY_ID_LETTERS:]):013d}"
    return f"{digits[:6]}-{digits[6:]}" if len(digits) == 13 and check_digit(digits) == 0 else None


def _mac(key: TokenKey, purpose: Purpose, plain: str) -> str:
    digest = hmac.digest(key.secret, f"mailbot token 1|{purpose}|{plain}".encode(), "sha256")
    return _letters(int.from_bytes(digest) >> (len(digest) * 8 - _MAC_LETTERS * 5), _MAC_LETTERS)


def _letters(value: int, length: int) -> str:
    """The last `length` letters of a number, which is even: they are looked up two by two."""
    return "".join([_PAIRS[value >> shift & 1023] for shift in range((length - 2) * 5, -1, -10)])


def _number(letters: str) -> int:
    value = 0
    for letter in letters:
        value = value << 5 | _VALUE[letter]
    return value
