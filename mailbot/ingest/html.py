"""Turns HTML into the lines a person would see: lists, tables, links and line breaks kept, hidden text left out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from mailbot.ingest.layout import Writer
from mailbot.ingest.lines import Line, Mark
from mailbot.ingest.markup import Token, Tokens, attributes
from mailbot.ingest.styles import PLAIN, WHITE, Colour, Sheet, Style, alike, colour, read_sheet, read_style
from mailbot.ingest.words import pattern

HTML_CAP = 512 * 1024
"""Characters of HTML that are read; what is beyond is cut off and told as a defect."""

DEPTH_CAP = 200
LINK_CAP = 250
HIDDEN_TEXT = "hidden text in HTML"
TOO_DEEP = "HTML nested too deep"
CUT_OFF = "HTML cut off"

_VOID = frozenset(
    ("br", "hr", "img", "meta", "link", "input", "col", "base", "area", "wbr", "source", "param", "embed")
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
        "includetail",
    ]
)
_ROWS = frozenset(("table", "tbody", "thead", "tfoot", "tr"))
_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "blockquote"))
_CLOSED_BY = {
    "p": _BLOCKS | {"td", "th"},
    "li": frozenset(("li",)),
    "td": frozenset(("td", "th", "tr")),
    "th": frozenset(("td", "th", "tr")),
    "tr": frozenset(("tr",)),
    "dd": frozenset(("dd", "dt")),
    "dt": frozenset(("dd", "dt")),
    "option": frozenset(("option",)),
}
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_UNSEEN = re.compile("[\u200b\ufeff\u00ad\u034f\u2060\u180e]")
_WORD = re.compile(r"\w")
_QUOTE_NAMES = pattern("html", "quote")
_HISTORY_NAMES = pattern("html", "history")
_SIGNATURE_NAMES = pattern("html", "signature")
_PREFORMATS = re.compile(r"white-space\s?:\s?(?:pre|break-spaces)", re.IGNORECASE)
_OUTLOOK_RULE = re.compile(
    r"border:\s*none;\s*border-top:\s*solid\s+(?:#e1e1e1|#b5c4df|#b5c4f9|black|windowtext)", re.I
)


@dataclass(frozen=True, slots=True)
class HtmlText:
    """The lines of an HTML text with quote depth and marks, and what was odd about it."""

    lines: tuple[Line, ...]
    defects: tuple[str, ...] = ()


@dataclass(slots=True)
class _Frame:
    """What an open element means for the text inside it."""

    tag: str
    hidden: bool = False
    tiny: bool = False
    ink: Colour | None = None
    ground: Colour | None = WHITE
    depth: int = 0
    signature: bool = False
    preformatted: bool = False
    spaced: bool = False
    cells: int = 0
    number: int | None = None
    link: str = ""


def read_html(html: str) -> HtmlText:
    """The text of a mail's HTML. Linear in its length; never raises."""
    writer = Writer()
    tokens = Tokens(html[:HTML_CAP])
    layout = _Layout(tokens, writer)
    for token in tokens:
        layout.take(token)
    writer.close()
    defects = []
    if layout.hid:
        defects.append(HIDDEN_TEXT)
    if layout.overflow_seen:
        defects.append(TOO_DEEP)
    if len(html) > HTML_CAP:
        defects.append(CUT_OFF)
    return HtmlText(tuple(writer.lines), tuple(defects))


class _Layout:
    """Follows the open elements and hands visible text to the writer."""

    def __init__(self, tokens: Tokens, writer: Writer) -> None:
        self.tokens = tokens
        self.writer = writer
        self.stack = [_Frame("")]
        self.hid = False
        self.overflow_seen = False
        self._overflow = 0
        self._sheet = Sheet({})
        self._sheets_read = 0
        self._styles: dict[str, Style] = {}

    def take(self, token: Token) -> None:
        if not token.tag:
            self._text(token.content)
        elif token.end:
            self._close(token.tag)
        else:
            self._open(token.tag, token.content)

    def _text(self, text: str) -> None:
        if "&" in text:
            text = unescaped(text)
        empty = False
        if not text.isascii():
            empty = "\xa0" in text and not text.strip()
            text = _UNSEEN.sub("", text).replace("\xa0", " ")
        frame = self.stack[-1]
        if frame.hidden or frame.tiny or _unreadable(frame):
            self.hid = self.hid or bool(_WORD.search(text))
            return
        mark = Mark.SIGNATURE if frame.signature else Mark.NONE
        if frame.ink is not None and not frame.link and _vivid(frame.ink):
            mark |= Mark.COLOURED
        if frame.preformatted:
            self._preformatted(text, frame.depth, mark)
            return
        if empty:
            self.writer.blank()
        text = _BLANKS.sub(" ", text)
        if text:
            self.writer.text(text, frame.depth, mark)

    def _preformatted(self, text: str, depth: int, mark: Mark) -> None:
        for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
            if number:
                self.writer.line_break()
            if line.strip():
                self.writer.text(line, depth, mark, indented=True)

    def _open(self, tag: str, content: str) -> None:
        if tag in _VOID:
            self._void(tag, content)
            return
        self._close_implied(tag)
        if len(self.stack) >= DEPTH_CAP:
            self._overflow += 1
            self.overflow_seen = True
            if tag in _BLOCKS:
                self.writer.block(blank=False)
            return
        said = attributes(content) if content else {}
        frame = self._frame(tag, said)
        self._layout_start(tag, said, frame)
        self.stack.append(frame)

    def _void(self, tag: str, content: str) -> None:
        if tag == "br":
            self.writer.line_break()
        elif tag == "hr":
            if content and _HISTORY_NAMES.found_in(content.lower()):
                self.writer.history()
            self.writer.block(blank=False)

    def _close_implied(self, tag: str) -> None:
        """Ends elements whose end tag may be left out (a new <li> ends the one before)."""
        for frame in reversed(self.stack[-6:]):
            closers = _CLOSED_BY.get(frame.tag)
            if closers and tag in closers:
                self._close(frame.tag)
                return
            if frame.tag in _BLOCKS or frame.tag in ("td", "th"):
                return

    def _close(self, tag: str) -> None:
        if self._overflow and tag not in _VOID:
            self._overflow -= 1
            return
        if tag == "br":
            self.writer.line_break()
            return
        for back in range(1, min(len(self.stack), 65)):
            if self.stack[-back].tag == tag:
                for frame in reversed(self.stack[-back:]):
                    self._layout_end(frame)
                del self.stack[-back:]
                return
            if self.stack[-back].tag in ("table", "td") and tag not in (
                "table",
                "td",
                "th",
                "tr",
                "tbody",
                "body",
                "html",
            ):
                return

    def _frame(self, tag: str, said: dict[str, str]) -> _Frame:
        above = self.stack[-1]
        style = self._style(tag, said)
        names = f"{said.get('class', '')} {said.get('id', '')}".lower() if "class" in said or "id" in said else ""
        ground = None if style.clear else style.ground or above.ground
        if self._sheet.unsure and ground == WHITE and style.ground is None:
            ground = None if tag in ("td", "a", "div", "th", "table") else ground
        signature = above.signature
        if names and _SIGNATURE_NAMES.found_in(names):
            signature = True
        return _Frame(
            tag=tag,
            hidden=above.hidden or style.hides or "hidden" in said,
            tiny=above.tiny if style.tiny is None else style.tiny,
            ink=style.ink or above.ink,
            ground=ground,
            depth=above.depth + self._quotes(tag, said, names),
            signature=signature,
            preformatted=above.preformatted or tag == "pre" or bool(_PREFORMATS.search(said.get("style", ""))),
            number=_list_start(tag, said),
            link=_link(tag, said),
        )

    def _style(self, tag: str, said: dict[str, str]) -> Style:
        """What the style attribute, the old presentational attributes and the style sheets say, in this order."""
        if len(self.tokens.sheets) > self._sheets_read:
            self._sheet = read_sheet(self.tokens.sheets)
            self._sheets_read = len(self.tokens.sheets)
        style = self._sheet.style(tag, said.get("class", ""), said.get("id", "")) if self._sheet.rules else PLAIN
        if declarations := said.get("style"):
            known = self._styles.get(declarations)
            if known is None:
                known = self._styles[declarations] = read_style(unescaped(declarations))
            style = known.over(style)
        if "bgcolor" in said or "color" in said or "background" in said or "text" in said:
            ink = said.get("color") if tag == "font" else said.get("text") if tag == "body" else None
            style = style.over(
                Style(
                    ink=colour(ink) if ink else None,
                    ground=colour(said.get("bgcolor", "")),
                    clear="background" in said,
                )
            )
        return style

    def _quotes(self, tag: str, said: dict[str, str], names: str) -> int:
        """1 when the element quotes its content; marks the start of quoted history on the way."""
        if tag == "blockquote":
            return int(_blockquote_quotes(said, names))
        if tag == "includetail" or (names and _QUOTE_NAMES.found_in(names)):
            return 1
        if (names and _HISTORY_NAMES.found_in(names)) or _OUTLOOK_RULE.match(said.get("style", "")):
            self.writer.history()
        return 0

    def _layout_start(self, tag: str, said: dict[str, str], frame: _Frame) -> None:
        if tag in ("td", "th"):
            row = next((f for f in reversed(self.stack[-8:]) if f.tag in ("tr", "table")), self.stack[-1])
            self.writer.cell(first=row.cells == 0)
            row.cells += 1
        elif tag in _ROWS:
            self.writer.row()
        elif tag in _BLOCKS:
            frame.spaced = tag in _PARAGRAPHS and not _tight(tag, said, self.stack)
            self.writer.block(blank=frame.spaced)
            if tag == "li" and not frame.hidden:
                self._bullet(frame)

    def _bullet(self, frame: _Frame) -> None:
        for above in reversed(self.stack[-6:]):
            if above.tag == "ol" and above.number is not None:
                self.writer.text(f"{above.number}. ", frame.depth, Mark.NONE)
                above.number += 1
                return
            if above.tag in ("ul", "menu", "dir"):
                break
        self.writer.text("- ", frame.depth, Mark.NONE)

    def _layout_end(self, frame: _Frame) -> None:
        if frame.tag in ("td", "th"):
            self.writer.cell_end()
        elif frame.tag == "a" and frame.link and not frame.hidden and not frame.tiny:
            self.writer.link(frame.link, frame.depth)
        elif frame.tag in _ROWS:
            self.writer.row()
        elif frame.tag in _BLOCKS:
            self.writer.block(blank=frame.spaced)


def unescaped(text: str) -> str:
    """The text with its character references replaced; as it is where one of them is absurd."""
    try:
        return unescape(text)
    except (ValueError, OverflowError):  # a character number of thousands of digits
        return text


def _unreadable(frame: _Frame) -> bool:
    """Text in the colour of its background."""
    return frame.ground is not None and frame.ink is not None and alike(frame.ink, frame.ground)


def _vivid(ink: Colour) -> bool:
    """A colour that stands out among black and grey text."""
    return max(ink) - min(ink) >= 90


def _tight(tag: str, said: dict[str, str], stack: list[_Frame]) -> bool:
    """Blocks that stand close together: Outlook's paragraphs, lists in lists, and all inside table cells."""
    if tag == "p" and ("mso" in said.get("class", "").lower() or "margin:0" in said.get("style", "").replace(" ", "")):
        return True
    return any(frame.tag in ("li", "td", "th") for frame in stack[-4:])


def _blockquote_quotes(said: dict[str, str], names: str) -> bool:
    """A blockquote that only indents is none."""
    if said.get("type", "").lower() == "cite" or "cite" in said or "quote" in names or "cite" in names:
        return True
    style = said.get("style", "").replace(" ", "").lower()
    return "border-left" in style and "border-left:none" not in style


def _list_start(tag: str, said: dict[str, str]) -> int | None:
    if tag != "ol":
        return None
    start = said.get("start", "1")[:6]
    return int(start) if start.isascii() and start.isdigit() else 1


def _link(tag: str, said: dict[str, str]) -> str:
    """The web or mail address that an <a> leads to; one of excessive length loses its query."""
    target = said.get("href", "").strip() if tag == "a" else ""
    if target[:7].lower() == "mailto:":
        return target[7:].partition("?")[0][:LINK_CAP]
    if target[:7].lower() != "http://" and target[:8].lower() != "https://":
        return ""
    return (target if len(target) <= LINK_CAP else target.partition("?")[0])[:LINK_CAP]
