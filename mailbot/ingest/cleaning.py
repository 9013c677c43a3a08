"""Takes out of decoded text what no person sees and no database takes: controls, lone surrogates, bidi overrides."""

from __future__ import annotations

import re

# Lone surrogates cannot be stored (ATTACKS A046); C0 and C1 controls move cursors and split header lines (A040, A049).
_UNSAFE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufff9-\ufffb]")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_ONE_LINE_END = re.compile("[\n\r\x0b\x0c\x85\u2028\u2029]+")
_ONE_LINE = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_INVISIBLE = re.compile("[\ud800-\udfff\ufeff\ufff9-\ufffb\u202a-\u202e\u2066-\u2069]")


def clean_value(text: str) -> str:
    """A raw header value without what cannot be stored or printed; its encoded words stay as they are."""
    if text.isascii() and (text.isprintable() or text.replace("\t", "").isprintable()):
        return text  # folded with tabs, as many are
    return _UNSAFE.sub("", _ONE_LINE_END.sub(" ", text))


def clean_text(text: str) -> str:
    """Text of several lines with "\\n" line ends, without controls and lone surrogates."""
    if "\r" in text or not text.isascii():
        text = _LINE_ENDS.sub("\n", text)
    text = text.replace("\x0c", "\n")
    return _UNSAFE.sub("", text)


def clean_line(text: str) -> str:
    """One line for a subject, a name or a file name: runs of blanks and controls become one space.

    Embeddings, overrides and isolates that turn the reading direction round are taken out (ATTACKS A043, A057).
    """
    if not text.isascii():
        text = _INVISIBLE.sub("", text)
    return _ONE_LINE.sub(" ", text).strip()
