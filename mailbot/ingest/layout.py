"""Lays pieces of text out in lines, as blocks, line breaks and table cells ask for."""

from __future__ import annotations

from mailbot.ingest.lines import Line, Mark


class Writer:
    """Collects text into lines; breaks wait until text follows, the strongest one wins."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._pieces: list[str] = []
        self._breaks = 0
        self._tabs = 0
        self._space = False
        self._hollow = False
        self._depth = 0
        self._mark = Mark.NONE
        self._next_mark = Mark.NONE

    def text(self, text: str, depth: int, mark: Mark, *, indented: bool = False) -> None:
        """Adds text with its blanks collapsed; leading and trailing blanks become one at most, unless `indented`."""
        if text == " ":
            self._space = True
            return
        if self._breaks:
            self._flush_breaks()
        self._hollow = False
        if not self._pieces:
            self._depth = depth
            self._mark |= mark | self._next_mark
            self._next_mark = Mark.NONE
            text = text if indented else text.lstrip(" ")
        elif self._tabs:
            self._pieces.append("\t" * self._tabs)
            text = text.lstrip(" ")
        elif self._space and text[:1] != " ":
            self._pieces.append(" ")
        self._mark |= mark & Mark.COLOURED
        self._tabs = 0
        self._space = text.endswith(" ")
        self._pieces.append(text.rstrip(" ") if self._space else text)

    def line_break(self) -> None:
        """A <br>: breaks add up; at the start of a table cell they do not count."""
        if not self._tabs:
            self._breaks += 1

    def blank(self) -> None:
        """A line that holds nothing but a hard blank, as programs leave one out between paragraphs."""
        self._hollow = bool(self._breaks) and not self._tabs

    def block(self, *, blank: bool) -> None:
        """The border of a block: at least a new line, and with `blank` a blank line before what follows."""
        if not self._tabs and (self._pieces or self.lines):
            self._breaks = max(self._breaks, 2 if blank or self._hollow else 1)
            self._hollow = False

    def row(self) -> None:
        """A table or a row of it begins or ends."""
        self._tabs = 0
        self.block(blank=False)

    def cell(self, *, first: bool) -> None:
        """A table cell begins."""
        if not first:
            self._breaks = 0
            self._tabs += 1

    def cell_end(self) -> None:
        """Breaks at the end of a cell are no line breaks."""
        self._breaks = 0

    def link(self, target: str, depth: int) -> None:
        """Where the text just written leads to, unless the text itself says so, or a picture was all of it."""
        if not self._pieces or self._breaks or self._tabs:
            return
        shown = self._pieces[-1].strip().lower()
        goal = target.lower().partition("://")[2].removeprefix("www.").rstrip("/") or target.lower()
        if shown and goal not in shown and shown.partition("://")[2].rstrip("/") not in (goal, f"www.{goal}"):
            self.text(f" <{target}>", depth, Mark.NONE)

    def history(self) -> None:
        """Marks the next line with text as the start of quoted history."""
        self._next_mark |= Mark.HISTORY

    def close(self) -> None:
        self._breaks = 1
        self._flush_breaks()

    def _flush_breaks(self) -> None:
        if self._pieces:
            text = "".join(self._pieces).rstrip()
            self.lines.append(Line(text, self._depth, text.strip(), self._mark))
        if self.lines:
            self.lines.extend([Line("", self._depth)] * min(self._breaks - 1, 2))
        self._pieces, self._breaks, self._space, self._mark, self._tabs = [], 0, False, Mark.NONE, 0
