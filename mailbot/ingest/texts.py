"""Which parts of a mail are its text, and that text, plain and HTML, over all parts (RFC 2046 section 5.1)."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from mailbot.ingest import defects
from mailbot.ingest.charsets import codec_for, decode
from mailbot.ingest.cleaning import clean_text
from mailbot.ingest.defects import Defects
from mailbot.ingest.flowed import join_flowed
from mailbot.ingest.parts import Part
from mailbot.ingest.transfer import uuencoded_lines

MOST_TEXT = 1024 * 1024

_TEXT_TYPES = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext", "application/xhtml+xml"})
# Kinds of text that are files to a person, not words.
_FILE_TYPES = frozenset(
    {"text/calendar", "text/csv", "text/vcard", "text/x-vcard", "text/directory", "text/rtf", "text/xml"}
    | {"text/rfc822-headers", "text/css", "text/javascript"}
)
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_UU_FILE = re.compile(r"^begin [0-7]{3,4} (\S[^\n]{0,250})\n(?=[!-`])", re.MULTILINE)
_DECLARED_IN_HTML = re.compile(rb"<meta[^>]{0,200}charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)


@dataclass(slots=True)
class Texts:
    """One stretch of the mail's text, in the forms that it has."""

    plain: str | None = None
    html: str | None = None


@dataclass(slots=True)
class Encoded:
    """A file that stood uuencoded in the text of a part."""

    part: Part
    name: str
    content: bytes


@dataclass(slots=True)
class TextReader:
    """Walks the tree once; afterwards `used` holds the paths of the parts that are text."""

    found: Defects
    used: set[str] = field(default_factory=set)
    encoded: list[Encoded] = field(default_factory=list)
    _chosen: set[str] = field(default_factory=set)
    _files_too: set[str] = field(default_factory=set)

    def read(self, root: Part) -> Texts:
        """The text of the whole mail; the parts that it came from are in `used`."""
        self._chosen = {part.path for part in _text_leaves(root)}
        if not self._chosen:
            self._chosen = self._files_too = {part.path for part in _named_texts(root)[:1]}
        if not self._chosen:
            self._chosen = {part.path for part in _texts_of_unknown_type(root)[:1]}
        return self._texts(root)

    def _texts(self, part: Part) -> Texts:
        # The tree's depth is capped, so this recursion is too.
        if not part.children:
            return self._leaf(part) if part.path in self._chosen else Texts()
        stretches = [texts for child in part.children if (texts := self._texts(child)) != Texts()]
        if len(stretches) < 2:
            return stretches[0] if stretches else Texts()
        return _alternative(stretches) if part.content_type == "multipart/alternative" else _in_sequence(stretches)

    def _leaf(self, part: Part) -> Texts:
        if part.path not in self._files_too:
            self.used.add(part.path)
        content = part.content(self.found)
        if len(content) > MOST_TEXT:
            self.found.add(defects.TEXT_CUT)
            content = content[:MOST_TEXT]
        text = self._decoded(part, content)
        if part.content_type in _HTML_TYPES:
            return Texts(html=text)
        if part.type.get("format").lower() == "flowed":
            text = join_flowed(text, delete_space=part.type.get("delsp").lower() == "yes")
        return Texts(plain=self._without_files(part, text))

    def _decoded(self, part: Part, content: bytes) -> str:
        label = part.type.get("charset")
        if not label and part.content_type in _HTML_TYPES:
            declared = _DECLARED_IN_HTML.search(content, 0, 2048)
            label = declared.group(1).decode("ascii") if declared else ""
        text, fits = decode(content, label)
        if not fits:
            self.found.add(defects.REFUSED_CHARSET if codec_for(label) is None else defects.BAD_CHARSET)
        return clean_text(text)

    def _without_files(self, part: Part, text: str) -> str:
        """Take uuencoded files out of the text; each becomes an attachment of its part."""
        if "begin " not in text:
            return text
        kept: list[str] = []
        position = 0
        while (begin := _UU_FILE.search(text, position)) is not None:
            raw = text[begin.end() :].encode("latin-1", "replace")
            content, length = uuencoded_lines(raw, 0)
            if not content:
                kept.append(text[position : begin.end()])
                position = begin.end()
                continue
            self.found.add(defects.UUENCODED)
            self.encoded.append(Encoded(part, begin.group(1).strip(), content))
            kept.append(text[position : begin.start()])
            position = begin.end() + length
        return "".join([*kept, text[position:]])


def _text_leaves(root: Part) -> list[Part]:
    """The leaves that are the text of the mail and no files."""
    texts = [leaf for leaf in root.leaves() if leaf.content_type in _TEXT_TYPES]
    return [leaf for leaf in texts if not _is_file(leaf, alone=leaf is root)]


def _named_texts(root: Part) -> list[Part]:
    """Texts with a file name that are to be shown inline: the body of a mail that has no other (PAINS 27)."""
    texts = [leaf for leaf in root.leaves() if leaf.content_type in _TEXT_TYPES]
    return [leaf for leaf in texts if leaf.disposition().value != "attachment"]


def _texts_of_unknown_type(root: Part) -> list[Part]:
    """Other kinds of text are shown as they stand where nothing else is (RFC 2046 section 4.1.4)."""
    texts = [leaf for leaf in root.leaves() if leaf.content_type.startswith("text/")]
    return [leaf for leaf in texts if leaf.content_type not in _FILE_TYPES and not _is_file(leaf, alone=leaf is root)]


def _is_file(leaf: Part, *, alone: bool) -> bool:
    """Marked as an attachment, or named; a name on the only part of a mail makes it no file."""
    disposition = leaf.disposition()
    if disposition.value == "attachment":
        return True
    return not alone and bool(disposition.get("filename") or leaf.type.get("name"))


def _alternative(stretches: list[Texts]) -> Texts:
    """The same text in several forms: all plain ones that differ, and the richest HTML."""
    plains = list(dict.fromkeys(s.plain for s in stretches if s.plain and s.plain.strip()))
    htmls = [s.html for s in stretches if s.html and s.html.strip()]
    return Texts("\n".join(plains) if plains else None, htmls[-1] if htmls else None)


def _in_sequence(stretches: list[Texts]) -> Texts:
    """One stretch after the other; a form is kept only when every stretch has it or can be put into it."""
    plain = None
    if all(s.plain is not None for s in stretches):
        plain = "\n".join(s.plain or "" for s in stretches)
    markup = None
    if any(s.html is not None for s in stretches):
        markup = "\n".join(s.html if s.html is not None else _as_html(s.plain or "") for s in stretches)
    return Texts(plain, markup)


def _as_html(plain: str) -> str:
    return f'<div style="white-space: pre-wrap">{html.escape(plain)}</div>'
