"""What a file really is, by its content; and what is dangerous about it (ATTACKS A058-A060)."""

from __future__ import annotations

import filetype

from mailbot.ingest.filenames import extension_of
from mailbot.ingest.zips import read_directory

GENERIC = frozenset(
    {"", "application/octet-stream", "application/octetstream", "application/binary", "application/unknown"}
)


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


OLE = "application/x-ole-storage"
EXECUTABLE = "application/x-executable"

_MAGICS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (b"MZ", EXECUTABLE),
    (b"\x7fELF", EXECUTABLE),
    (b"\xcf\xfa\xed\xfe", EXECUTABLE),
    (b"\xca\xfe\xba\xbe", EXECUTABLE),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
    (b"{\\rtf", "application/rtf"),
    (b"ITSF", "application/vnd.ms-htmlhelp"),
    (b"-----BEGIN PGP MESSAGE", "application/pgp-encrypted"),
    (b"BEGIN:VCALENDAR", "text/calendar"),
    (b"BEGIN:VCARD", "text/vcard"),
)
_MARKUP: tuple[tuple[bytes, str], ...] = (
    (b"<!doctype html", "text/html"),
    (b"<html", "text/html"),
    (b"<script", "text/html"),
    (b"<svg", "image/svg+xml"),
    (b"<hta:", "application/hta"),
    (b"#!", "text/x-script"),
)
_BY_EXTENSION = {
    "txt": "text/plain",
    "csv": "text/csv",
    "htm": "text/html",
    "html": "text/html",
    "xml": "text/xml",
    "json": "application/json",
    "rtf": "application/rtf",
    "eml": "message/rfc822",
    "ics": "text/calendar",
    "doc": "application/msword",
    "dot": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "msg": "application/vnd.ms-outlook",
    "msi": EXECUTABLE,
}
_SAME = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "image/x-bmp": "image/bmp",
    "image/x-ms-bmp": "image/bmp",
    "image/tif": "image/tiff",
    "application/x-pdf": "application/pdf",
    "application/x-zip-compressed": "application/zip",
    "application/x-zip": "application/zip",
    "application/x-gzip": "application/gzip",
    "application/vnd.ms-tnef": "application/ms-tnef",
    "text/rtf": "application/rtf",
    "text/richtext": "application/rtf",
    "audio/x-wav": "audio/wav",
    "application/x-rar-compressed": "application/x-rar",
    "application/vnd.rar": "application/x-rar",
}
_EXECUTABLE_EXTENSIONS = _words(
    "exe com scr pif bat cmd vbs vbe js jse wsf wsh hta jar msi msp lnk ps1 psm1 cpl dll"
    " sys reg scf inf apk app appx msix gadget sh run bin elf url"
)
_ACTIVE_EXTENSIONS = _words("htm html shtml xhtml svg svgz mht mhtml xml chm")
_RUNNING = _EXECUTABLE_EXTENSIONS | _ACTIVE_EXTENSIONS
_IMAGE_EXTENSIONS = _words("iso img vhd vhdx dmg")
_MACRO_EXTENSIONS = _words("docm dotm xlsm xltm xlam pptm potm ppsm xlsb")
_ARCHIVES = frozenset(
    {"application/zip", "application/gzip", "application/x-7z-compressed", "application/x-rar", "application/x-tar"}
    | {"application/x-bzip2", "application/x-xz", "application/vnd.ms-cab-compressed", "application/x-lzip"}
)
_OOXML = "application/vnd.openxmlformats-officedocument."
_DOCUMENTS = _words("pdf doc docx xls xlsx ppt pptx txt rtf jpg jpeg png gif csv")


def content_type(content: bytes, declared: str, name: str) -> str:
    """The type that the content shows; the declared one, or the extension's, where the content shows none."""
    declared = _SAME.get(declared, declared)
    if declared.startswith(("message/", "multipart/")):
        return declared
    shown = _shown(content)
    extension = extension_of(name)
    if shown == OLE:
        by_name = _BY_EXTENSION.get(extension, "")
        return by_name if by_name.startswith("application/") else declared if _is_old_office(declared) else OLE
    if shown:
        return shown
    if declared in GENERIC and extension in _BY_EXTENSION and _is_text(content):
        return _BY_EXTENSION[extension]
    return declared or "application/octet-stream"


def _is_old_office(declared: str) -> bool:
    return declared.startswith(("application/msword", "application/vnd.ms-"))


def _shown(content: bytes) -> str:
    """The type by its first bytes, "" where they show none."""
    head = content[:1024]
    for magic, kind in _MAGICS:
        if head.startswith(magic):
            return kind
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for mark, kind in _MARKUP:
        if start.startswith(mark):
            return kind
    if start.startswith(b"<?xml"):
        return "image/svg+xml" if b"<svg" in start else ""
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(content)
    if head.isascii() and _is_text(head):
        return ""
    guessed = filetype.guess(content[:8192])
    return _SAME.get(guessed.mime, guessed.mime) if guessed else ""


def _zip_kind(content: bytes) -> str:
    """A zip archive or the Office document that it is, told by the names in its directory."""
    directory = read_directory(content)
    for name in directory.names if directory else ():
        for prefix, kind in (("word/", "wordprocessingml.document"), ("xl/", "spreadsheetml.sheet")):
            if name.startswith(prefix):
                return _OOXML + kind
        if name.startswith("ppt/"):
            return _OOXML + "presentationml.presentation"
    return "application/zip"


def _is_text(content: bytes) -> bool:
    return not content[:1024].translate(None, _TEXT_BYTES)


_TEXT_BYTES = bytes({7, 8, 9, 10, 12, 13, 27} | set(range(0x20, 0x100)))


def flags(content: bytes, declared: str, shown: str, name: str) -> tuple[str, ...]:
    """What staff should know before they open the file, in fixed words."""
    extension = extension_of(name)
    checks = (
        ("type_mismatch", _mismatch(shown, _SAME.get(declared, declared), extension)),
        (
            "executable",
            shown in (EXECUTABLE, "application/x-ms-shortcut", "text/x-script") or extension in _EXECUTABLE_EXTENSIONS,
        ),
        ("active", shown in ("text/html", "image/svg+xml", "application/hta") or extension in _ACTIVE_EXTENSIONS),
        ("disk_image", extension in _IMAGE_EXTENSIONS),
        ("double_extension", _has_two_extensions(name)),
        ("archive", shown in _ARCHIVES),
        *_inside(content, shown, extension),
    )
    return tuple(word for word, holds in checks if holds)


def _inside(content: bytes, shown: str, extension: str) -> tuple[tuple[str, bool], ...]:
    """Signs that lie deeper in the content: directory entries, marks of encryption, macros."""
    if content.startswith(b"PK"):
        directory = read_directory(content)
        macro = directory is not None and any(n.endswith("vbaProject.bin") for n in directory.names)
        return (
            ("macro", macro or extension in _MACRO_EXTENSIONS),
            ("encrypted", directory is not None and directory.encrypted),
            ("zip_bomb", directory is not None and directory.is_bomb),
        )
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        macro = b"_\x00V\x00B\x00A\x00_\x00P\x00R\x00O\x00J\x00E\x00C\x00T\x00" in content
        sealed = b"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00" in content
        return (("macro", macro or extension in _MACRO_EXTENSIONS), ("encrypted", sealed))
    if shown == "application/pdf":
        return (("encrypted", b"/Encrypt" in content), ("active", b"/JavaScript" in content or b"/Launch" in content))
    if shown == "application/gzip" and len(content) > 18:
        unpacked = int.from_bytes(content[-4:], "little")
        return (("zip_bomb", unpacked > 1 << 26 and unpacked > 100 * len(content)),)
    sealed_mail = shown in ("application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")
    return (("encrypted", sealed_mail), ("macro", extension in _MACRO_EXTENSIONS))


def _mismatch(shown: str, declared: str, extension: str) -> bool:
    """The content is of another kind than the header or the name promises."""
    if declared not in GENERIC and not _agree(shown, declared):
        return True
    promised = _PROMISES.get(extension)
    return promised is not None and not _agree(shown, promised)


_PROMISES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "docx": _OOXML + "wordprocessingml.document",
    "xlsx": _OOXML + "spreadsheetml.sheet",
    "zip": "application/zip",
}


def _agree(shown: str, promised: str) -> bool:
    if shown == promised:
        return True
    if promised.startswith("text/") or promised.startswith("application/x-"):
        return not shown.startswith(("image/", "application/pdf", EXECUTABLE)) or shown == "image/svg+xml"
    zipped = (_OOXML, "application/zip", "application/vnd.oasis", "application/epub", "application/java-archive")
    if shown.startswith(zipped):
        return promised.startswith((*zipped, "application/vnd.ms-", "application/msword"))
    if shown in (OLE, *(_BY_EXTENSION[e] for e in ("doc", "xls", "ppt", "msg"))):
        return _is_old_office(promised) or promised == OLE
    family = shown.partition("/")[0]
    return family == promised.partition("/")[0] and family in ("audio", "video")


def _has_two_extensions(name: str) -> bool:
    """A document's extension followed by one that runs, as in "invoice.pdf.exe"."""
    words = name.lower().split(".")
    return len(words) > 2 and words[-2].strip() in _DOCUMENTS and words[-1] in _RUNNING
