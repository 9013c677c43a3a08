"""What a zip archive says of itself, read from its directory only: nothing is ever unpacked here."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MOST_ENTRIES = 2000
MOST_UNPACKED = 50 * 1024 * 1024
MOST_RATIO = 100

_END = b"PK\x05\x06"
_ENTRY = struct.Struct("<4s6H3L5H2L")


@dataclass(frozen=True, slots=True)
class ZipDirectory:
    """Sums over the directory. `names` are as written, at most MOST_ENTRIES."""

    names: tuple[str, ...]
    unpacked: int
    packed: int
    encrypted: bool
    overlapping: bool
    too_many: bool

    @property
    def is_bomb(self) -> bool:
        """More than a reader should ever unpack, or entries that share their bytes."""
        heavy = self.unpacked > MOST_UNPACKED and self.unpacked > MOST_RATIO * max(self.packed, 1)
        return heavy or self.too_many or self.overlapping or self.unpacked > 40 * MOST_UNPACKED

    @property
    def safe_to_read(self) -> bool:
        """Small enough to be unpacked by the reading of DOCX and XLSX."""
        lean = self.unpacked <= MOST_UNPACKED and self.unpacked <= max(MOST_RATIO * self.packed, 1024 * 1024)
        return lean and not (self.is_bomb or self.encrypted)


def read_directory(content: bytes) -> ZipDirectory | None:
    """The directory, or None where the bytes are no readable zip archive."""
    end = content.rfind(_END, max(0, len(content) - 66000))
    if end < 0 or end + 22 > len(content):
        return None
    count, _, offset = struct.unpack_from("<HLL", content, end + 10)
    entries = list(_entries(content, offset, end))
    if not entries:
        return None if count else ZipDirectory((), 0, 0, encrypted=False, overlapping=False, too_many=False)
    spans = sorted((entry.offset, entry.packed) for entry in entries)
    return ZipDirectory(
        names=tuple(entry.name for entry in entries),
        unpacked=sum(entry.unpacked for entry in entries),
        packed=min(sum(entry.packed for entry in entries), len(content)),
        encrypted=any(entry.encrypted for entry in entries),
        overlapping=any(a + size > b for (a, size), (b, _) in zip(spans, spans[1:], strict=False)),
        too_many=count > MOST_ENTRIES or len(entries) >= MOST_ENTRIES,
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    packed: int
    unpacked: int
    offset: int
    encrypted: bool


def _entries(content: bytes, offset: int, end: int) -> Iterator[_Entry]:
    """The entries of the central directory, up to the cap."""
    if content[offset : offset + 4] != b"PK\x01\x02":
        # Something stands before the archive (a self-extractor): the offsets are off by its length.
        offset = content.find(b"PK\x01\x02")
    for _ in range(MOST_ENTRIES):
        if offset < 0 or offset + _ENTRY.size > end:
            return
        fields = _ENTRY.unpack_from(content, offset)
        if fields[0] != b"PK\x01\x02":
            return
        flags, packed, unpacked = fields[3], fields[8], fields[9]
        name_length, extra, comment = fields[10], fields[11], fields[12]
        name = content[offset + _ENTRY.size : offset + _ENTRY.size + name_length].decode("utf-8", "replace")
        yield _Entry(name, packed, unpacked, fields[16], bool(flags & 1))
        offset += _ENTRY.size + name_length + extra + comment
