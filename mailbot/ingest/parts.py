"""The MIME tree of a mail, cut out of its bytes without recursion and within caps (RFC 2045, 2046)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbot.ingest import defects
from mailbot.ingest.defects import Defects
from mailbot.ingest.headers import HEADER_BYTES, HeaderBlock, read_block, read_root, value_text
from mailbot.ingest.parameters import Valued, parse_valued
from mailbot.ingest.transfer import decode, encoding_name, whole_base64

MOST_PARTS = 1000
MOST_DEPTH = 24

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,120}")
_GUESSED_BOUNDARY = re.compile(rb"(?:^|\n)--([^\s-][^\r\n]{4,200}|-{2,}[^\r\n]{4,200})[ \t]*\r?\n[A-Za-z-]{3,40}:")


@dataclass(slots=True)
class Part:
    """One node of the tree: its headers, where its body lies in the raw bytes, and its children."""

    path: str
    raw: bytes = field(repr=False)
    block: HeaderBlock
    end: int
    type: Valued
    content_type: str
    children: list[Part] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        """The bytes after the headers, still transfer-encoded."""
        return self.raw[self.block.body : self.end]

    @property
    def is_ambiguous(self) -> bool:
        """Two types or two encodings: another program may read this part differently (ATTACKS A029)."""
        return self.block.count("content-type") > 1 or self.block.count("content-transfer-encoding") > 1

    def disposition(self) -> Valued:
        return parse_valued(self.block.text("content-disposition"))

    def content(self, found: Defects) -> bytes:
        """The body with its transfer encoding undone."""
        encoding = encoding_name(self.block.text("content-transfer-encoding"))
        text = self.content_type.startswith("text/")
        whole = (
            whole_base64(memoryview(self.raw)[self.block.body : self.end])
            if encoding == "base64" and not text
            else None
        )
        if whole is not None:
            return whole
        content, intact = decode(self.body, encoding, text=text)
        if not intact:
            found.add(defects.BAD_TRANSFER)
        return content

    def leaves(self) -> Iterator[Part]:
        """Every part without children, in the order of the mail."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            if part.children:
                waiting.extend(reversed(part.children))
            else:
                yield part


def read_tree(raw: bytes, found: Defects) -> Part:
    """The tree of a whole mail. Never raises; what passes a cap stays one unread leaf, with a defect."""
    block = read_root(raw, found)
    root = _part("", raw, block, len(raw), default="text/plain", found=found)
    waiting = [(root, 1)]
    count = 1
    while waiting:
        part, depth = waiting.pop()
        if not part.content_type.startswith("multipart/"):
            continue
        if depth > MOST_DEPTH:
            found.add(defects.TOO_DEEP)
            continue
        children = _children(part, MOST_PARTS - count, found)
        if not children:
            # Nothing marks its parts off, so what stands in it is all there is to show (RFC 2046 section 5.1).
            part.content_type = "text/plain"
        count += len(children)
        part.children = children
        waiting.extend((child, depth + 1) for child in reversed(children))
    if not root.children:
        root.path = "1"
    return root


def _part(path: str, raw: bytes, block: HeaderBlock, end: int, *, default: str, found: Defects) -> Part:
    declared = _declared_type(path, block)
    part = Part(path, raw, block, end, declared, content_type_of(declared.value, default))
    if part.is_ambiguous:
        found.add(defects.AMBIGUOUS_PART)
    return part


def _declared_type(path: str, block: HeaderBlock) -> Valued:
    """The first type that a part declares; the last where that is a text, which shows all that the other would skip.

    A whole mail is read by its first one: relays add a second below it.
    """
    values = [value for key, value in block.fields if key == "content-type"]
    first = parse_valued(block.text("content-type"))
    if not path or len(values) < 2 or not first.value.startswith("multipart/"):
        return first
    last = parse_valued(value_text(values[-1]))
    return last if last.value.startswith("text/") else first


def content_type_of(declared: str, default: str) -> str:
    """The declared type if it is one (RFC 2045 section 5.2: text/plain otherwise)."""
    if _TYPE.fullmatch(declared):
        return declared
    return {"text": "text/plain", "html": "text/html", "multipart": "multipart/mixed"}.get(declared, default)


def _children(part: Part, room: int, found: Defects) -> list[Part]:
    """The parts between the delimiters of a multipart; none when it has no usable boundary."""
    # A blank at its end is none of it (RFC 2046 section 5.1.1), whatever the header says.
    boundary = part.type.get("boundary").rstrip().encode("utf-8", "replace")
    spans = _spans(part, boundary, found) if boundary else []
    if not spans:
        found.add(defects.NO_BOUNDARY)
        spans = _spans_by_guess(part, boundary, found)
    if len(spans) > room:
        found.add(defects.TOO_MANY_PARTS)
        spans = spans[: max(room, 0)]
    default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    prefix = f"{part.path}." if part.path else ""
    return [
        _part(f"{prefix}{number}", part.raw, read_block(part.raw, start, end, found), end, default=default, found=found)
        for number, (start, end) in enumerate(spans, 1)
    ]


def _spans_by_guess(part: Part, boundary: bytes, found: Defects) -> list[tuple[int, int]]:
    """The parts of a multipart whose boundary does not fit: a delimiter with more on its line, or another boundary."""
    spans = _spans(part, boundary, found, loose=True) if boundary else []
    if spans:
        return spans
    guessed = _GUESSED_BOUNDARY.search(part.raw, part.block.body, min(part.end, part.block.body + 65536))
    return _spans(part, guessed.group(1).rstrip(), found) if guessed else []


def _spans(part: Part, boundary: bytes, found: Defects, *, loose: bool = False) -> list[tuple[int, int]]:
    """Where the parts lie: from behind one delimiter line to before the line end ahead of the next.

    `loose` takes a line that only begins with the delimiter, as the note in RFC 2046 section 5.1.1 allows.
    """
    spans: list[tuple[int, int]] = []
    opened: int | None = None
    nested = False
    for at, next_line, closes in _delimiters(part, boundary, loose=loose):
        if opened is not None:
            # Asked once for each part: what it costs must not grow with the lines that look like this.
            nested = nested or (closes and _declared_within(part.raw, opened, at, boundary))
            if nested and closes:
                continue
            spans.append((opened, max(opened, _before_line_end(part.raw, at, opened))))
        opened, nested = (None if closes else next_line), False
        if closes or len(spans) > MOST_PARTS:
            return spans
    if opened is not None:
        found.add(defects.NOT_CLOSED)
        spans.append((opened, part.end))
    return spans


def _delimiters(part: Part, boundary: bytes, *, loose: bool) -> Iterator[tuple[int, int, bool]]:
    """Where each delimiter line begins, where the line below it does, and whether it is the last one."""
    raw, start, end = part.raw, part.block.body, part.end
    delimiter = b"--" + boundary
    position = start
    while (at := raw.find(delimiter, position, end)) >= 0:
        position = at + len(delimiter)
        line = _delimiter_line(raw, at, position, start, end)
        if line is None and loose and at in (start, raw.rfind(b"\n", start, at) + 1):
            line = _loose_line(raw, position, end)
        if line is not None:
            position, closes = line
            yield at, position, closes


def _declared_within(raw: bytes, start: int, end: int, boundary: bytes) -> bool:
    """True when the headers of the open part declare our boundary with two dashes more: that line opens its parts."""
    head = raw[start : min(end, start + HEADER_BYTES)].replace(b'"', b"")
    return b"boundary=" + boundary + b"--" in head


def _delimiter_line(raw: bytes, at: int, after: int, start: int, end: int) -> tuple[int, bool] | None:
    """Where the line after this delimiter begins and whether it is the last one; None when it is no delimiter."""
    if at > start and raw[at - 1] not in b"\r\n":
        return None
    closes = raw.startswith(b"--", after)
    tail = after + 2 if closes else after
    while tail < end and raw[tail] in b" \t":
        tail += 1
    if tail >= end:
        return end, closes
    if raw.startswith(b"\r\n", tail):
        return tail + 2, closes
    if raw[tail] in b"\r\n":
        return tail + 1, closes
    return None


def _loose_line(raw: bytes, after: int, end: int) -> tuple[int, bool] | None:
    closes = raw.startswith(b"--", after)
    tail = after + 2 if closes else after
    if not raw[tail : tail + 1].isspace():
        return None
    line_end = raw.find(b"\n", tail, end)
    return (end if line_end < 0 else line_end + 1), closes


def _before_line_end(raw: bytes, at: int, floor: int) -> int:
    """The line end before a delimiter belongs to the delimiter (RFC 2046 section 5.1.1)."""
    if at - 2 >= floor and raw[at - 2 : at] == b"\r\n":
        return at - 2
    return at - 1 if at - 1 >= floor else at
