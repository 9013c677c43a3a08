"""Cuts HTML into text and tags in linear time, whatever the HTML is: nothing is searched for twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

RAW_TEXT = frozenset(("script", "style", "title", "xmp", "noembed", "noframes", "template", "svg", "math"))
"""Elements whose content is no text for people; everything up to their end tag is one piece."""

_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:_-]{0,30})")
_TAG_END = re.compile(r"""[^>"']*+(?:"[^"]*+"[^>"']*+|'[^']*+'[^>"']*+)*+>""")
_TAG_WINDOW = 2048
_ATTRIBUTE = re.compile(r"""(?<![-\w:."'])([a-zA-Z][-\w:.]*+)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++)))?""")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of HTML: text (`tag` is ""), start tag or end tag; `content` is the text, or what follows the name."""

    tag: str
    content: str
    end: bool = False


def attributes(content: str) -> dict[str, str]:
    """The attributes of a start tag, names in lower case; only the first 2048 characters are looked at."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(content[:_TAG_WINDOW]):
        found.setdefault(match[1].lower(), match[2] or match[3] or match[4] or "")
    return found


class Tokens:
    """Walks through one HTML text; `sheets` collects the content of its style elements."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.sheets: list[str] = []
        self._unfound: set[str] = set()

    def __iter__(self) -> Iterator[Token]:
        html, at = self.html, 0
        while (start := html.find("<", at)) >= 0:
            if start > at:
                yield Token("", html[at:start])
            name = _NAME.match(html, start)
            if name is None:
                at = self._beyond_declaration(start)
                if at == start + 1:
                    yield Token("", "<")
                continue
            at = self._tag_end(name.end())
            if at < 0:  # a tag that never ends is text
                yield Token("", html[start : name.end()])
                at = name.end()
                continue
            tag = name[1].lower()
            end = html[start + 1] == "/"
            if tag in RAW_TEXT and not end:
                at = self._beyond_raw_text(tag, at, html[name.end() : at - 1])
                continue
            yield Token(tag, html[name.end() : at - 1], end)
        if at < len(html):
            yield Token("", html[at:])

    def _tag_end(self, at: int) -> int:
        """Where the tag ends: quotes are honoured for tags of usual length."""
        if ">" in self._unfound:
            return -1
        match = _TAG_END.match(self.html, at, at + _TAG_WINDOW)
        return match.end() if match else self._after(">", at)

    def _after(self, what: str, at: int) -> int:
        """The place behind the next `what`, or -1; what was not found once is never searched for again."""
        if what in self._unfound:
            return -1
        found = self.html.find(what, at)
        if found < 0:
            self._unfound.add(what)
            return -1
        return found + len(what)

    def _beyond_declaration(self, start: int) -> int:
        """Skips a comment, doctype or processing instruction; a lone `<` is text."""
        following = self.html[start + 1 : start + 4]
        if following == "!--":
            end = self._after("-->", start + 2)
            return end if end > 0 else start + 4
        if following[:1] in ("!", "?", "/"):
            end = self._after(">", start)
            return end if end > 0 else start + 2
        return start + 1

    def _beyond_raw_text(self, tag: str, at: int, attributes_text: str) -> int:
        """Skips what stands between the tags; without an end tag only the start tag, so that no text is lost."""
        if attributes_text.endswith("/"):
            return at
        end = at if f"</{tag}" in self._unfound else self._raw_text_end(tag, at)
        if tag == "style" and end > at:
            self.sheets.append(self.html[at:end])
        return end

    def _raw_text_end(self, tag: str, at: int) -> int:
        match = _RAW_ENDS[tag].search(self.html, at)
        if match is None:
            self._unfound.add(f"</{tag}")
            return at
        end = self.html.find(">", match.end())
        return end + 1 if end >= 0 else len(self.html)


_RAW_ENDS = {tag: re.compile(f"</{tag}", re.IGNORECASE) for tag in RAW_TEXT}
