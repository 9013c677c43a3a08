"""Bytes to text by a chain that never raises: the declared charset or its superset, UTF-8, then a guess."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from mailbot.ingest.guessing import from_iso_2022_jp, guess
from mailbot.ingest.utf7 import is_utf_7, letters_of_utf_7

# What the label says -> the Python codec that reads everything such mail really contains.
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "cp950",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso2022_jp": "iso2022_jp_ext",
    "iso2022_jp_1": "iso2022_jp_ext",
    "iso2022_jp_2": "iso2022_jp_2",
    "utf-8-sig": "utf-8",
}
# Other members of a family, to try when the first does not fit.
_RELATIVES = {
    "cp950": ("big5hkscs", "gb18030"),
    "gb18030": ("cp950",),
    "cp932": ("shift_jis_2004", "euc_jp"),
    "euc_jp": ("euc_jis_2004", "cp932"),
    "iso2022_jp_ext": ("iso2022_jp_2", "iso2022_jp_2004"),
    "cp949": ("johab",),
}
# Labels seen in mail that Python's registry does not know.
_LABELS = {
    "unknown-8bit": "",
    "x-unknown": "",
    "x-user-defined": "",
    "default": "",
    "default_charset": "",
    "8bit": "",
    "binary": "",
    "unicode": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "ansi": "cp1252",
    "ansi_x3.110-1983": "cp1252",
    "x-ansi": "cp1252",
    "x-cp1252": "cp1252",
    "x-iso-8859-1": "cp1252",
    "x-mac-roman": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-6-i": "iso8859-6",
    "logical": "iso8859-8",
    "windows-874": "cp874",
    "dos-874": "cp874",
    "windows-936": "gb18030",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "csgb2312": "gb18030",
    "windows-949": "cp949",
    "ks_c_5601": "cp949",
    "korean": "cp949",
    "x-euc-kr": "cp949",
    "x-sjis": "cp932",
    "x-ms-cp932": "cp932",
    "windows-31j": "cp932",
    "cp943": "cp932",
    "cp943c": "cp932",
    "x-euc-jp": "euc_jp",
    "x-big5": "cp950",
    "x-x-big5": "cp950",
    "big5-eten": "cp950",
    "windows-950": "cp950",
    "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
    "cp50222": "iso2022_jp_ext",
    "cp-850": "cp850",
    "x-koi8-r": "koi8-r",
    "x-windows-1251": "cp1251",
    "x-cp1251": "cp1251",
    "x-windows-949": "cp949",
    "visual": "iso8859-8",
}
_SINGLE_BYTE = frozenset(
    {f"iso8859-{n}" for n in (*range(2, 11), 13, 14, 15, 16)}
    | {f"cp{n}" for n in (*range(1250, 1259), 437, 720, 737, 775, *range(850, 859), *range(860, 867), 869, 874)}
    | {"koi8-r", "koi8-u", "koi8-t", "kz1048", "ptcp154", "hp-roman8"}
    | {f"mac-{n}" for n in ("roman", "cyrillic", "greek", "iceland", "latin2", "turkish", "croatian", "romanian")}
)
_MULTI_BYTE = frozenset(
    {"utf-8", "gb18030", "cp950", "big5hkscs", "cp932", "cp949", "johab", "hz", "iso2022_kr"}
    | {"euc_jp", "euc_jis_2004", "euc_jisx0213", "shift_jis_2004", "shift_jisx0213"}
    | {"iso2022_jp_ext", "iso2022_jp_2", "iso2022_jp_3", "iso2022_jp_2004"}
    | {f"utf-{n}{e}" for n in (16, 32) for e in ("", "-le", "-be")}
)
_SAMPLE = 16 * 1024
_ALLOWED = _SINGLE_BYTE | _MULTI_BYTE
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]*")


@lru_cache(maxsize=256)
def codec_for(label: str) -> str | None:
    """The codec to use for a declared charset: "" where the label says nothing, None where it is refused or unknown.

    Only codecs of an allow-list are ever used: "unicode_escape", "utf-7", "idna", "rot13" and their
    like turn harmless bytes into something else (ATTACKS A045).
    """
    match = _LABEL.search(label[:80])
    if match is None:
        return ""
    name = match.group().lower()
    name = _LABELS.get(name, name)
    if not name:
        return ""
    try:
        name = codecs.lookup(name).name
    except LookupError:
        return None
    name = _SUPERSETS.get(name, name)
    return name if name in _ALLOWED else None


def decode(raw: bytes, label: str = "") -> tuple[str, bool]:
    """Read bytes as text; the flag is False where they did not fit what was declared.

    Never raises and never drops a letter: a byte that no charset explains is read as Windows-1252.
    """
    codec = codec_for(label)
    if codec is None and is_utf_7(label) and raw.isascii():
        return letters_of_utf_7(raw), False
    if raw.isascii() and (not codec or codec in _SINGLE_BYTE or codec == "utf-8"):
        return _ascii(raw, codec)
    if not codec:
        return decode_unlabelled(raw), codec is not None
    if codec in _SINGLE_BYTE:
        return _single_byte(raw, codec)
    try:
        return raw.decode(codec), True
    except (UnicodeError, ValueError):
        return _unfit(raw, codec), False


def _ascii(raw: bytes, codec: str | None) -> tuple[str, bool]:
    """Seven-bit bytes; ISO-2022-JP without its label shows by its escape sequences."""
    if b"\x1b$" in raw or b"\x1b(" in raw:
        try:
            return raw.decode("iso2022_jp_ext"), True
        except UnicodeError:
            pass
    return raw.decode("ascii"), codec is not None


def _single_byte(raw: bytes, codec: str) -> tuple[str, bool]:
    """UTF-8 under a wrong label is far likelier than a text that is valid UTF-8 by chance."""
    try:
        return raw.decode("utf-8"), False
    except UnicodeDecodeError:
        pass
    if codec == "cp1252":
        return raw.decode("cp1252", _WINDOWS), True
    try:
        return raw.decode(codec), True
    except (UnicodeError, ValueError):
        return raw.decode(codec, _WINDOWS), False


def decode_unlabelled(raw: bytes, hint: str = "") -> str:
    """Read bytes that declare nothing: UTF-8, the charset that the rest of the mail uses, or a guess."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    codec = codec_for(hint)
    if codec and codec not in ("utf-8", "cp1252"):
        try:
            return raw.decode(codec)
        except (UnicodeError, ValueError):
            pass
    return _unfit(raw, "utf-8")


def _unfit(raw: bytes, codec: str) -> str:
    """The declared codec failed: keep it where few bytes are bad, guess otherwise."""
    if codec.startswith(("utf_16", "utf_32", "utf-16", "utf-32")):
        return raw.decode(codec, "replace") if b"\x00" in raw else decode_unlabelled(raw)
    for relative in (*(() if raw.isascii() else ("utf-8",)), *_RELATIVES.get(codec, ())):
        try:
            return raw.decode(relative)
        except UnicodeError:
            continue
    if codec.startswith("iso2022_jp"):
        return from_iso_2022_jp(raw)
    if _mostly_fits(raw[:_SAMPLE], codec):
        return raw.decode(codec, _WINDOWS)
    guessed = guess(raw)
    try:
        return raw.decode(guessed, _WINDOWS)
    except (UnicodeError, ValueError):
        return raw.decode("cp1252", _WINDOWS)


def _mostly_fits(sample: bytes, codec: str) -> bool:
    """At least three of four letters outside ASCII can be read in this charset."""
    replaced = sample.decode(codec, "replace")
    high = sum(1 for character in replaced if character > "\x7f")
    return 0 < high >= 4 * replaced.count("\ufffd")


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Read each undecodable byte as Windows-1252, its holes as Latin-1, so that no letter is lost."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(_WINDOWS_LETTERS.get(byte) or chr(byte) for byte in bad), error.end


def _windows_letters() -> dict[int, str]:
    letters = {}
    for byte in range(0x80, 0x100):
        try:
            letters[byte] = bytes((byte,)).decode("cp1252")
        except UnicodeDecodeError:
            letters[byte] = chr(byte)
    return letters


_WINDOWS_LETTERS = _windows_letters()
_WINDOWS = "mailbot.windows"
codecs.register_error(_WINDOWS, _as_windows)
