"""The seals: every value that came from mail is encrypted before the database sees it.

AES-256-GCM with a key per table, derived by HKDF (RFC 5869) from the key file. A sealed value names its key and
is bound by its associated data to its table, row and column, so that it opens nowhere else. Look-ups by address
or message id go through a keyed digest (blind index). The only door to `cryptography` beside replies/secure.py.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR, GCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mailbot.config import read_private
from mailbot.errors import ConfigurationError, KeyUnusable, Tampered

VERSION = b"\x01"
KEY_BYTES = 32
NONCE_BYTES = 12
BLIND_BYTES = 16
_TAG_BYTES = 16
_COUNTER_BYTES = 16
_PIECE = 256 * 1024
_HEADER = len(VERSION) + 2 + NONCE_BYTES


@dataclass(frozen=True)
class MasterKey:
    """One key of the key file; `key_id` is derived from it, so that two files never disagree about a name."""

    secret: bytes = field(repr=False)

    @cached_property
    def key_id(self) -> bytes:
        return hashlib.sha256(b"mailbot key id" + self.secret).digest()[:2]

    def derive(self, purpose: str) -> bytes:
        """A 256-bit key for one purpose and no other."""
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"mailbot {purpose}".encode()).derive(
            self.secret
        )


def new_key_file(path: Path) -> None:
    """Write a fresh key, readable by the owner only. FileExistsError when there is one: a key is never replaced."""
    line = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    text = (
        f"# The key of mailbot's database. Without it no mail in it can be read: keep a copy in a safe place.\n{line}\n"
    )
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read_key_file(path: Path) -> tuple[MasterKey, ...]:
    """The keys of the file: the first seals, all open. KeyUnusable says what to do when they cannot be used."""
    if not path.exists():
        raise KeyUnusable(
            f"the key file {path} is missing: put back your copy of it; `mailbot init` writes one for a new desk only"
        )
    try:
        lines = read_private(path).decode("ascii", "replace").splitlines()
    except ConfigurationError as error:
        raise KeyUnusable(f"the key file cannot be used: {error}") from error
    keys = tuple(MasterKey(_decoded(line, path)) for line in lines if line.strip() and not line.startswith("#"))
    if not keys:
        raise KeyUnusable(f"the key file {path} holds no key: put back your copy of it")
    return keys


def _decoded(line: str, path: Path) -> bytes:
    try:
        secret = base64.b64decode(line.strip(), validate=True)
    except ValueError:  # what is not base64, or not even ASCII
        secret = b""
    if len(secret) != KEY_BYTES:
        raise KeyUnusable(f"the key file {path} is damaged: each line is one key in base64; put back your copy of it")
    return secret


class Sealer:
    """Seals and opens values, and makes the keyed digests; safe to share between threads."""

    def __init__(self, keys: tuple[MasterKey, ...]) -> None:
        self._keys = {key.key_id: key for key in keys}
        self._active = keys[0]
        self._blind_root = keys[-1]  # the oldest, so that digests outlive a change of keys
        self._ciphers: dict[tuple[bytes, str], AESGCM] = {}
        self._blind_keys: dict[str, bytes] = {}

    @property
    def active_key(self) -> MasterKey:
        return self._active

    def seal(self, table: str, row: int, column: str, plain: bytes) -> bytes:
        """Encrypt one value for one place."""
        key_id, nonce = self._active.key_id, os.urandom(NONCE_BYTES)
        sealed = self._cipher(key_id, table).encrypt(nonce, plain, _place(table, row, column, key_id))
        return b"".join((VERSION, key_id, nonce, sealed))

    def seal_large(self, table: str, row: int, column: str, plain: bytes) -> bytearray:
        """As `seal`, without a second copy of what may be as large as the memory that is left."""
        key_id, nonce = self._active.key_id, os.urandom(NONCE_BYTES)
        sealed = bytearray(_HEADER + len(plain) + _TAG_BYTES)
        sealed[:_HEADER] = VERSION + key_id + nonce
        place = _place(table, row, column, key_id)
        self._cipher(key_id, table).encrypt_into(nonce, plain, place, memoryview(sealed)[_HEADER:])
        return sealed

    def seal_in_pieces(self, table: str, row: int, column: str, plain: bytes) -> Iterator[bytes]:
        """As `seal`, a piece at a time, `sealed_size` octets in all: what is sealed is nowhere in one piece."""
        key_id, nonce = self._active.key_id, os.urandom(NONCE_BYTES)
        encryptor = Cipher(AES(self._key(key_id, table)), GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(_place(table, row, column, key_id))
        yield VERSION + key_id + nonce
        with memoryview(plain) as view:
            for begin in range(0, len(view), _PIECE):
                yield encryptor.update(view[begin : begin + _PIECE])
        yield encryptor.finalize() + encryptor.tag

    def open_in_pieces(self, table: str, row: int, column: str, pieces: Iterable[bytes]) -> bytes:
        """As `open`, of a value that comes in pieces, the first of them no shorter than what stands before the mail."""
        coming = iter(pieces)
        first = next(coming, b"")
        key_id, nonce = self._header(table, row, column, first)
        whole = io.BytesIO()
        try:
            decryptor = Cipher(AES(self._key(key_id, table)), GCM(nonce)).decryptor()
            decryptor.authenticate_additional_data(_place(table, row, column, key_id))
            held = first[_HEADER:]
            for piece in coming:
                whole.write(decryptor.update(held[:-_TAG_BYTES]))
                held = held[-_TAG_BYTES:] + piece
            whole.write(decryptor.update(held[:-_TAG_BYTES]))
            decryptor.finalize_with_tag(held[-_TAG_BYTES:])
        except (InvalidTag, ValueError) as error:
            raise _changed(table, row, column) from error
        return whole.getvalue()

    def seal_text(self, table: str, row: int, column: str, text: str) -> bytes:
        return self.seal(table, row, column, text.encode("utf-8", "replace"))

    def open(self, table: str, row: int, column: str, sealed: bytes) -> bytes:
        """The value that was sealed for this very place. Tampered when it does not open."""
        key_id, nonce = self._header(table, row, column, sealed)
        try:
            content = memoryview(sealed)[_HEADER:]
            return self._cipher(key_id, table).decrypt(nonce, content, _place(table, row, column, key_id))
        except (InvalidTag, ValueError) as error:  # ValueError: too short to hold a nonce
            raise _changed(table, row, column) from error

    def open_text(self, table: str, row: int, column: str, sealed: bytes) -> str:
        return self.open(table, row, column, sealed).decode("utf-8")

    def blind(self, purpose: str, value: str | bytes) -> bytes:
        """A keyed digest to look a value up by; equal values have equal digests, and no key, no guess."""
        if purpose not in self._blind_keys:
            self._blind_keys[purpose] = self._blind_root.derive(f"blind {purpose}")
        content = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        return hmac.digest(self._blind_keys[purpose], content, "sha256")[:BLIND_BYTES]

    def _header(self, table: str, row: int, column: str, sealed: bytes) -> tuple[bytes, bytes]:
        """The key's name and the nonce at the beginning of a sealed value."""
        key_id = sealed[1:3]
        if sealed[:1] != VERSION or key_id not in self._keys:
            raise Tampered(f"{table}.{column} of row {row} was sealed by a key that the key file does not hold")
        return key_id, sealed[3:_HEADER]

    def _key(self, key_id: bytes, table: str) -> bytes:
        return self._keys[key_id].derive(f"seal {table}")

    def _cipher(self, key_id: bytes, table: str) -> AESGCM:
        cipher = self._ciphers.get((key_id, table))
        if cipher is None:
            cipher = self._ciphers[key_id, table] = AESGCM(self._key(key_id, table))
        return cipher


class Scratch:
    """Bytes put aside while they come in: a file without a name, under a key that only this process ever has (C04)."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 closed by the caller
        self._cipher = Cipher(AES(os.urandom(KEY_BYTES)), CTR(os.urandom(_COUNTER_BYTES)))
        self._encryptor = self._cipher.encryptor()

    def write(self, piece: bytes | bytearray) -> None:
        """Add to the end. OSError when the disk is full."""
        self._file.write(self._encryptor.update(piece))

    def read(self) -> bytes:
        """All that was written."""
        whole, decryptor = io.BytesIO(), self._cipher.decryptor()
        self._file.seek(0)
        while piece := self._file.read(_PIECE):
            whole.write(decryptor.update(piece))
        return whole.getvalue()

    def close(self) -> None:
        self._file.close()


def sealed_size(plain: bytes) -> int:
    """How long a value is once it is sealed."""
    return _HEADER + len(plain) + _TAG_BYTES


def _changed(table: str, row: int, column: str) -> Tampered:
    return Tampered(f"{table}.{column} of row {row} does not open: it was changed or moved")


def _place(table: str, row: int, column: str, key_id: bytes) -> bytes:
    return b"%s|%d|%s|%s" % (table.encode(), row, column.encode(), key_id)
