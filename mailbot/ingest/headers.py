"""Header blocks from bytes: found, mended and cut to size, so that no mail is lost to them (RFC 5322 section 2.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from mailbot.ingest import defects
from mailbot.ingest.charsets import decode_unlabelled
from mailbot.ingest.defects import Defects

BLOCK_BYTES = 64 * 1024
HEADER_BYTES = 8 * 1024
# Headers beyond this many raw bytes are not even looked at.
_SCANNED_BYTES = 1024 * 1024

# Blocks up to this size are read at once when they are well formed; no cap can be passed within it.
_READ_AT_ONCE = BLOCK_BYTES // 2

_BLANK_LINE = re.compile(rb"\n\r?\n|\r\r")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|\Z)")
# No name is longer than a line may be (RFC 5322 section 2.1.1), but some programs that count differ.
_FIELD = re.compile(rb"([!-9;-~]{1,2000})[ \t]*:")
_KNOWN_FIELD = re.compile(
    rb"[\r\n](?:from|to|cc|subject|date|message-id|received|mime-version|content-(?:type|transfer-encoding|disposition|id)|reply-to"
    rb"|in-reply-to|references|return-path|sender|x-mailer)[ \t]*:",
    re.IGNORECASE,
)
_NAME = re.compile(rb"([!-9;-~]{1,2000})[ \t]*")
_MBOX = re.compile(rb">?From [^\r\n]*(?:\r\n|\n|\r)")


@dataclass(slots=True)
class HeaderBlock:
    """The fields of one block as (lower-case name, unfolded raw value), and where the body begins."""

    fields: list[tuple[str, bytes]] = field(default_factory=list)
    body: int = 0

    def get(self, name: str) -> bytes | None:
        return next((value for key, value in self.fields if key == name), None)

    def text(self, name: str, hint: str = "") -> str:
        """The first value of a field as text, "" when there is none."""
        value = self.get(name)
        return "" if value is None else value_text(value, hint)

    def count(self, name: str) -> int:
        return [key for key, _ in self.fields].count(name)


def value_text(value: bytes, hint: str = "") -> str:
    """A raw header value as text: ASCII as it should be, else UTF-8, the mail's own charset, or a guess."""
    if value.isascii() and b"\x1b" not in value:
        return value.decode("ascii")
    if b"\x1b$" in value:
        return decode_unlabelled(value, "iso-2022-jp") if not value.isascii() else _japanese(value)
    return decode_unlabelled(value, hint)


def _japanese(value: bytes) -> str:
    """Raw ISO-2022-JP, which is seven-bit and shows by its escape sequences."""
    try:
        return value.decode("iso2022_jp_ext")
    except UnicodeError:
        return value.decode("ascii")


def read_root(raw: bytes, found: Defects) -> HeaderBlock:
    """The header block of a whole mail: an mbox line, blank lines or a junk line before it are passed over."""
    start = _first_header(raw, found)
    block = read_block(raw, start, len(raw), found)
    if not block.fields:
        found.add(defects.NO_HEADERS)
        block.body = 0
    return block


def _first_header(raw: bytes, found: Defects) -> int:
    start = 0
    while start < len(raw) and start < HEADER_BYTES and raw[start] in b"\r\n \t\xef\xbb\xbf\x00":
        start += 1
    if start:
        found.add(defects.JUNK_BEFORE_HEADERS)
    mbox = _MBOX.match(raw, start)
    if mbox:
        return mbox.end()
    return start


def read_block(raw: bytes, start: int, end: int, found: Defects) -> HeaderBlock:
    """The header block that begins at `start`; without one, no fields and the body at `start`."""
    if raw.startswith((b"\r\n", b"\n"), start):
        return HeaderBlock(body=start + (2 if raw[start] == 13 else 1))
    blank = _BLANK_LINE.search(raw, start, end)
    block_end = blank.start() if blank else end
    if blank and block_end > start and raw.startswith(b"\r\n", block_end - 1):
        block_end -= 1
    fields = _well_formed(raw[start:block_end]) if block_end - start <= _READ_AT_ONCE else None
    if fields is not None:
        return HeaderBlock(fields, blank.end() if blank else end)
    scan_end = min(block_end, start + _SCANNED_BYTES)
    if scan_end < block_end:
        found.add(defects.BLOCK_CUT)
    fields, stopped = _Reader(raw, start, scan_end, found).read()
    if stopped is not None:
        return HeaderBlock(fields, stopped)
    return HeaderBlock(fields, blank.end() if blank else end)


def _well_formed(head: bytes) -> list[tuple[str, bytes]] | None:
    """The fields of a block in which every line is one or goes on with one, as in nearly all mail; None for others."""
    unix = head.replace(b"\r\n", b"\n")
    if b"\r" in unix or b"\0" in unix:
        return None
    fields = []
    # A NUL marks where a line goes on: before the colon it makes the name none.
    for line in unix.replace(b"\n ", b"\0 ").replace(b"\n\t", b"\0\t").rstrip(b"\n").split(b"\n"):
        written, colon, value = line.partition(b":")
        name = _name_of(written)
        if not name or not colon or len(value) > HEADER_BYTES:
            return None
        fields.append((name, value.replace(b"\0", b"").strip()))
    return fields


@lru_cache(maxsize=1024)
def _name_of(written: bytes) -> str:
    """A field name in lower case, "" for what is none; remembered, as all mail has the same few."""
    name = _NAME.fullmatch(written)
    return name[1].decode("ascii").lower() if name else ""


class _Reader:
    """Reads the lines of one block into fields, within the caps."""

    def __init__(self, raw: bytes, start: int, end: int, found: Defects) -> None:
        self._raw, self._start, self._end, self._found = raw, start, end, found
        self._fields: list[tuple[str, bytes]] = []
        self._pieces: list[bytes] = []
        self._name = ""
        self._size = 0
        self._total = 0
        self._last_known: int | None = None

    def read(self) -> tuple[list[tuple[str, bytes]], int | None]:
        """The fields, and where the body begins if the block broke off before its blank line."""
        lines = self._lines()
        for position, line in lines:
            if self._total > BLOCK_BYTES:
                self._found.add(defects.BLOCK_CUT)
                break
            if line[:1] in (b" ", b"\t") and self._name:
                self._add(line)
            elif match := _FIELD.match(line):
                self._close()
                self._name = match.group(1).decode("ascii").lower()
                self._add(line[match.end() :])
            elif not self._mend(position, line):
                self._close()
                return self._fields, position
        self._close()
        return self._fields, None

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        position = self._start
        while position < self._end:
            match = _LINE.match(self._raw, position, self._end)
            if match is None or match.end() == position:
                return
            yield position, match.group().rstrip(b"\r\n")
            position = match.end()

    def _mend(self, position: int, line: bytes) -> bool:
        """A line that is no header: passed over where more headers follow, else the body begins with it."""
        if position >= self._last_known_field():
            if self._fields or self._name:
                self._found.add(defects.NO_BLANK_LINE)
            return False
        if not self._name:
            self._found.add(defects.JUNK_BEFORE_HEADERS)
            return True
        if not _MBOX.match(line + b"\n"):
            self._add(b" " + line)
        self._found.add(defects.BAD_HEADER_LINE)
        return True

    def _last_known_field(self) -> int:
        """Where the last header of this block that every mail program knows begins, -1 without one."""
        if self._last_known is None:
            ends = [match.start() for match in _KNOWN_FIELD.finditer(self._raw, self._start, self._end)]
            self._last_known = ends[-1] if ends else -1
        return self._last_known

    def _add(self, piece: bytes) -> None:
        room = HEADER_BYTES - self._size
        if len(piece) > room:
            self._found.add(defects.HEADER_CUT)
            piece = piece[: max(room, 0)]
        self._size += len(piece)
        self._total += len(piece) + 1
        if piece:
            self._pieces.append(piece)

    def _close(self) -> None:
        if self._name:
            self._fields.append((self._name, b"".join(self._pieces).strip()))
            self._total += len(self._name)
        self._name, self._pieces, self._size = "", [], 0
