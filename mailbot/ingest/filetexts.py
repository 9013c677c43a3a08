"""The text, form values and inner files of one file's content; to be run in a killable child only (ingest/contain.py).

These readers meet hostile files and lean on foreign code: they may raise anything, hang, or eat memory.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

MOST_TEXT = 200_000
MOST_PAGES = 60
MOST_FIELDS = 500
MOST_ROWS = 5_000
MOST_COLUMNS = 60
MOST_MEMBERS = 50  # of each kind: files in a message, headers and footers of a document

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TNEF = "application/ms-tnef"
MSG = "application/vnd.ms-outlook"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: its text, filled-in fields as (label, value), and the files inside it as (name, content)."""

    text: str = ""
    form: tuple[tuple[str, str], ...] = ()
    members: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    flags: tuple[str, ...] = ()


def read_file(content: bytes, content_type: str) -> Reading:
    """Read one file of a type in READERS."""
    return READERS[content_type](content)


def read_pdf(content: bytes) -> Reading:
    """Page texts, and what is filled into an AcroForm."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        return Reading(flags=("encrypted" if "password" in str(error).lower() else "unreadable",))
    try:
        document.init_forms()
        forms = document.formenv
        texts: list[str] = []
        fields: list[tuple[str, str]] = []
        for number in range(min(len(document), MOST_PAGES)):
            page = document[number]
            text = page.get_textpage().get_text_bounded()
            texts.append(text.replace("\r\n", "\n"))
            fields += _page_fields(forms, page) if forms is not None else ()
            page.close()
            if sum(map(len, texts)) > MOST_TEXT:
                break
        return Reading("\n".join(texts)[:MOST_TEXT], tuple(dict.fromkeys(fields))[:MOST_FIELDS])
    finally:
        document.close()


def _page_fields(forms: object, page: object) -> list[tuple[str, str]]:
    """The form fields on one page that have a value, by pdfium's own interface."""
    import pypdfium2.raw as pdfium

    found: list[tuple[str, str]] = []
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), MOST_FIELDS)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        label = _field_text(pdfium.FPDFAnnot_GetFormFieldAlternateName, forms, annotation)
        label = label or _field_text(pdfium.FPDFAnnot_GetFormFieldName, forms, annotation)
        kind = pdfium.FPDFAnnot_GetFormFieldType(forms, annotation)
        value = _field_text(pdfium.FPDFAnnot_GetFormFieldValue, forms, annotation)
        if kind in (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON):
            value = (value or "Yes") if pdfium.FPDFAnnot_IsChecked(forms, annotation) else ""
        if label.strip() and value.strip() and kind != pdfium.FPDF_FORMFIELD_PUSHBUTTON:
            found.append((label.strip(), value.strip()))
        pdfium.FPDFPage_CloseAnnot(annotation)
    return found


def _field_text(read: Callable[..., int], forms: object, annotation: object) -> str:
    """A UTF-16 string that pdfium writes into a buffer of its own asking."""
    import ctypes

    import pypdfium2.raw as pdfium

    length = read(forms, annotation, None, 0)
    if length <= 2:
        return ""
    buffer = ctypes.create_string_buffer(min(length, 20_000))
    read(forms, annotation, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), len(buffer))
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\x00")


_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read_docx(content: bytes) -> Reading:
    """All text in its order, tables cell by cell, headers and footers, and content controls as form fields."""
    import docx

    document = docx.Document(io.BytesIO(content))
    body = document.element.body
    around = [
        relation.target_part.element
        for relation in document.part.rels.values()
        if relation.reltype.endswith(("/header", "/footer")) and not relation.is_external
    ]
    text = "\n".join("".join(_docx_pieces(element)).strip() for element in (body, *around[:MOST_MEMBERS]))
    return Reading(text[:MOST_TEXT].strip(), tuple(_docx_fields(body))[:MOST_FIELDS])


def _docx_pieces(body: object) -> Iterator[str]:
    from lxml import etree

    breaks = {f"{_WORD}tab": "\t", f"{_WORD}br": "\n", f"{_WORD}cr": "\n"}
    walk = etree.iterwalk(body, events=("start", "end"))
    for event, element in walk:
        if event == "start" and element.tag == _FALLBACK:
            walk.skip_subtree()  # what older programs show instead of the same text box
            continue
        if event == "start" and element.tag == f"{_WORD}t":
            yield element.text or ""
        elif event == "start" and element.tag in breaks:
            yield breaks[element.tag]
        elif event == "end" and element.tag == f"{_WORD}p":
            yield "\t" if _is_cell(element.getparent()) else "\n"
        elif event == "end" and element.tag == f"{_WORD}tr":
            yield "\n"


def _is_cell(element: object) -> bool:
    return getattr(element, "tag", "") == f"{_WORD}tc"


def _docx_fields(body: object) -> Iterator[tuple[str, str]]:
    """Content controls that have a title or a tag and a text that is not their placeholder."""
    for control in body.iter(f"{_WORD}sdt"):  # type: ignore[attr-defined]
        properties = control.find(f"{_WORD}sdtPr")
        value = "".join(piece.text or "" for piece in control.iter(f"{_WORD}t")).strip()
        if properties is None or not value or properties.find(f"{_WORD}showingPlcHdr") is not None:
            continue
        for name in ("alias", "tag"):
            element = properties.find(f"{_WORD}{name}")
            if element is not None and element.get(f"{_WORD}val"):
                yield element.get(f"{_WORD}val"), value
                break


def read_xlsx(content: bytes) -> Reading:
    """The cells of every sheet, a line for each row, tabs between them."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    lines: list[str] = []
    size = 0
    for sheet in book.worksheets[:20]:
        for row in sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True):
            line = "\t".join("" if cell is None else _cell_text(cell) for cell in row).rstrip("\t")
            if line:
                lines.append(line)
                size += len(line) + 1
            if size > MOST_TEXT:
                break
    return Reading("\n".join(lines)[:MOST_TEXT])


def _cell_text(cell: object) -> str:
    """A date at midnight is a date; a whole number that Excel keeps as 42.0 is 42."""
    import datetime

    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def read_tnef(content: bytes) -> Reading:
    """Outlook's winmail.dat: its body and the files in it."""
    import tnefparse

    opened = tnefparse.TNEF(content, do_checksum=False)
    members = tuple(
        (str(file.long_filename() or file.name), bytes(file.data)) for file in opened.attachments[:MOST_MEMBERS]
    )
    body = opened.body or b""
    text = body if isinstance(body, str) else body.decode("cp1252", "replace")
    return Reading((text or _text_of(opened.htmlbody))[:MOST_TEXT], members=members)


def read_msg(content: bytes) -> Reading:
    """A message saved by Outlook (MS-OXMSG): subject, sender, text, and the files in it."""
    import olefile

    with olefile.OleFileIO(io.BytesIO(content)) as storage:
        lines = [
            f"{label}: {value}"
            for label, tags in (("From", ("5D01", "0C1F", "0C1A")), ("To", ("0E04",)), ("Subject", ("0037",)))
            if (value := next((found for tag in tags if (found := _msg_text(storage, "", tag))), ""))
        ]
        text = "\n".join([*lines, "", _msg_text(storage, "", "1000") or _msg_html(storage)])
        folders = sorted({entry[0] for entry in storage.listdir() if entry[0].startswith("__attach")})
        members = []
        for folder in folders[:MOST_MEMBERS]:
            stream = f"{folder}/__substg1.0_37010102"
            if storage.exists(stream):
                name = _msg_text(storage, f"{folder}/", "3707") or _msg_text(storage, f"{folder}/", "3704")
                members.append((name, storage.openstream(stream).read()))
    return Reading(text[:MOST_TEXT], members=tuple(members))


def _msg_text(storage: object, folder: str, tag: str) -> str:
    """One text property: as Unicode (001F) or in the sender's code page (001E)."""
    for kind, codec in (("001F", "utf-16-le"), ("001E", "cp1252")):
        stream = f"{folder}__substg1.0_{tag}{kind}"
        if storage.exists(stream):  # type: ignore[attr-defined]
            raw: bytes = storage.openstream(stream).read()  # type: ignore[attr-defined]
            return raw.decode(codec, "replace").rstrip("\x00").replace("\r\n", "\n")
    return ""


def _msg_html(storage: object) -> str:
    """The text of a message that was saved with its HTML only."""
    stream = "__substg1.0_10130102"
    if not storage.exists(stream):  # type: ignore[attr-defined]
        return ""
    raw: bytes = storage.openstream(stream).read()  # type: ignore[attr-defined]
    return _text_of(raw.rstrip(b"\x00"))


def _text_of(html: str | bytes | None) -> str:
    from mailbot.ingest.body import views
    from mailbot.ingest.charsets import decode_unlabelled

    if not html:
        return ""
    return views(None, html if isinstance(html, str) else decode_unlabelled(html)).text


READERS: dict[str, Callable[[bytes], Reading]] = {
    PDF: read_pdf,
    DOCX: read_docx,
    XLSX: read_xlsx,
    TNEF: read_tnef,
    MSG: read_msg,
}
