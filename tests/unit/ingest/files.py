"""Small files made on the spot: PDF with a form, Word, Excel, winmail.dat, an Outlook message."""

from __future__ import annotations

import io
import struct

import docx
import openpyxl


def pdf(lines: list[str], fields: dict[str, str] | None = None) -> bytes:
    """A one-page PDF with these lines and, where given, an AcroForm with these filled-in text fields."""
    fields = fields or {}
    shown = " ".join(f"({line}) Tj T*" for line in lines)
    stream = f"BT /F1 12 Tf 14 TL 72 720 Td {shown} ET".encode()
    kids = " ".join(f"{6 + number} 0 R" for number in range(len(fields)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [{kids}] /DR << >> >> >>".encode(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Annots [{kids}] "
        "/Resources << /Font << /F1 5 0 R >> >> >>".encode(),
        b"<< /Length %d >> stream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *(
            f"<< /Type /Annot /Subtype /Widget /FT /Tx /T ({label}) /V ({value}) /Rect [72 {500 - 20 * n} 300 "
            f"{515 - 20 * n}] /P 3 0 R >>".encode()
            for n, (label, value) in enumerate(fields.items())
        ),
    ]
    return _with_table(objects)


def _with_table(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def word(paragraphs: list[str], rows: list[list[str]]) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, values in zip(table.rows, rows, strict=True):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def excel(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def winmail(name: str, content: bytes) -> bytes:
    """A TNEF stream with one attachment (MS-OXTNEF section 2.1)."""

    def attribute(level: int, identifier: int, value: bytes) -> bytes:
        return struct.pack("<BLL", level, identifier, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)

    return (
        struct.pack("<LH", 0x223E9F78, 1)
        + attribute(1, 0x00089006, struct.pack("<L", 0x00010000))
        + attribute(2, 0x00069002, struct.pack("<HLLL", 1, 0xFFFFFFFF, 0, 0) + b"\0" * 4)
        + attribute(2, 0x00018010, name.encode("cp1252") + b"\0")
        + attribute(2, 0x0006800F, content)
    )


def outlook(texts: dict[str, str], attached: tuple[str, bytes]) -> bytes:
    """A compound file (MS-CFB) with the text properties and one attachment of an Outlook message.

    Each stream is filled up with NUL to 4096 bytes, so that no mini stream is needed.
    """
    name, content = attached
    streams = {f"__substg1.0_{tag}001F": value.encode("utf-16-le") for tag, value in texts.items()}
    inner = {"__substg1.0_3707001F": name.encode("utf-16-le"), "__substg1.0_37010102": content}
    sectors: list[bytes] = []
    entries: list[tuple[str, int, int, int, int]] = []

    def store(value: bytes) -> tuple[int, int]:
        value = value.ljust(4096, b"\0")
        start = len(sectors)
        sectors.extend(value[at : at + 512].ljust(512, b"\0") for at in range(0, len(value), 512))
        return start, len(value)

    chains: list[tuple[int, int]] = []

    def add(entry: str, kind: int, right: int, child: int, value: bytes = b"") -> None:
        start, size = store(value) if kind == 2 else (0xFFFFFFFE, 0)
        if kind == 2:
            chains.append((start, len(sectors)))
        entries.append((entry, kind, right, child, start if kind == 2 else start))
        sizes.append(size)

    sizes: list[int] = []
    none = 0xFFFFFFFF
    outer = [*streams]
    add("Root Entry", 5, none, 1)
    for number, entry in enumerate(outer, 1):
        add(entry, 2, number + 1, none, streams[entry])
    folder = len(outer) + 1
    add("__attach_version1.0_#00000000", 1, none, folder + 1)
    for number, (entry, value) in enumerate(inner.items(), folder + 1):
        add(entry, 2, number + 1 if number == folder + 1 else none, none, value)
    directory = b"".join(
        entry.encode("utf-16-le").ljust(64, b"\0")
        + struct.pack("<HBBLLL", len(entry) * 2 + 2, kind, 1, none, right, child)
        + b"\0" * 36
        + struct.pack("<LQ", start, size)
        for (entry, kind, right, child, start), size in zip(entries, sizes, strict=True)
    )
    directory_start = len(sectors)
    sectors.extend(directory[at : at + 512].ljust(512, b"\0") for at in range(0, len(directory), 512))
    chains.append((directory_start, len(sectors)))
    fat_count = (len(sectors) + 127) // 127
    fat = [none] * (fat_count * 128)
    for start, end in chains:
        for sector in range(start, end):
            fat[sector] = sector + 1 if sector + 1 < end else 0xFFFFFFFE
    fat_start = len(sectors)
    for sector in range(fat_start, fat_start + fat_count):
        fat[sector] = 0xFFFFFFFD
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 16
        + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
        + struct.pack("<LLLLLLLLL", 0, fat_count, directory_start, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
        + struct.pack("<109L", *(range(fat_start, fat_start + fat_count)), *([none] * (109 - fat_count)))
    )
    return header + b"".join(sectors) + struct.pack(f"<{len(fat)}L", *fat)
