"""Small files made on the spot: PDF with a form, Word, Excel, winmail.dat, an Outlook message."""

from __future__ import annotations

import io
import struct

import docx
import openpyxl
from lxml import etree


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


def word_of(body: str, header: str = "") -> bytes:
    """A Word file with this XML in its body, and a line of text in its header."""
    document = docx.Document()
    namespaces = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    )
    for number, element in enumerate(etree.fromstring(f"<root {namespaces}>{body}</root>")):
        document.element.body.insert(number, element)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def workbook(sheets: dict[str, list[list[object]]], hidden: str = "") -> bytes:
    """A workbook with several sheets, one of them hidden."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        sheet.sheet_state = "hidden" if title == hidden else "visible"
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
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


NONE = 0xFFFFFFFF
END = 0xFFFFFFFE


class Compound:
    """Writes a compound file (MS-CFB). Each stream is filled up with NUL to 4096 bytes, so no mini stream is needed."""

    def __init__(self) -> None:
        self.sectors: list[bytes] = []
        self.chains: list[tuple[int, int]] = []
        self.directory = b""

    def store(self, value: bytes) -> int:
        """The first sector of a value."""
        start = len(self.sectors)
        self.sectors += [value[at : at + 512].ljust(512, b"\0") for at in range(0, len(value), 512)]
        self.chains.append((start, len(self.sectors)))
        return start

    def entry(self, name: str, kind: int, right: int, child: int, value: bytes = b"") -> None:
        value = value.ljust(4096, b"\0") if kind == STREAM else b""
        start = self.store(value) if value else END
        self.directory += (
            name.encode("utf-16-le").ljust(64, b"\0")
            + struct.pack("<HBBLLL", len(name) * 2 + 2, kind, 1, NONE, right, child)
            + b"\0" * 36
            + struct.pack("<LQ", start, len(value))
        )

    def written(self) -> bytes:
        directory = self.store(self.directory)
        count = (len(self.sectors) + 127) // 127
        first = len(self.sectors)
        fat = [NONE] * (count * 128)
        for start, end in self.chains:
            fat[start:end] = [*range(start + 1, end), END]
        fat[first : first + count] = [0xFFFFFFFD] * count
        table = [*range(first, first + count), *([NONE] * (109 - count))]
        header = (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + b"\0" * 16
            + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
            + struct.pack("<9L", 0, count, directory, 0, 4096, END, 0, END, 0)
            + struct.pack("<109L", *table)
        )
        return header + b"".join(self.sectors) + struct.pack(f"<{len(fat)}L", *fat)


STORAGE, STREAM, ROOT = 1, 2, 5


def outlook(texts: dict[str, str], attached: tuple[str, bytes], html: str = "") -> bytes:
    """A message as Outlook saves it (MS-OXMSG): text properties by their tag, its HTML, and one attachment."""
    name, content = attached
    compound = Compound()
    compound.entry("Root Entry", ROOT, NONE, 1)
    for number, (tag, text) in enumerate(texts.items(), 1):
        compound.entry(f"__substg1.0_{tag}001F", STREAM, number + 1, NONE, text.encode("utf-16-le"))
    folder = len(texts) + 1
    if html:
        folder += 1
        compound.entry("__substg1.0_10130102", STREAM, folder, NONE, html.encode())
    compound.entry("__attach_version1.0_#00000000", STORAGE, NONE, folder + 1)
    compound.entry("__substg1.0_3707001F", STREAM, folder + 2, NONE, name.encode("utf-16-le"))
    compound.entry("__substg1.0_37010102", STREAM, NONE, NONE, content)
    return compound.written()
