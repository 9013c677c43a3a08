"""The views of a body: all its text, what the sender typed now, what is quoted, the signature, a forwarded header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import re2

from mailbot.ingest.html import HIDDEN_TEXT, read_html, unescaped
from mailbot.ingest.lines import Line, joined, plain_lines, squeezed
from mailbot.ingest.quotes import Division, divide
from mailbot.ingest.signature import Author, signature_start
from mailbot.ingest.words import pattern
from mailbot.mail import Address, ForwardedHeader

TEXT_CAP = 1_000_000
"""Characters of a text that are read; what is beyond is cut off and told as a defect."""

TEXT_CUT_OFF = "text cut off"
_BLANK = r"[\s\v\x{1c}-\x{1f}\x{85}\pZ]"
# RE2 looks at each character once, whatever the number of alternatives: this is asked of all HTML.
_MAY_HIDE = re2.compile(
    r"(?i)display_:_none|visibility_:_hidden|font-size_:_[01](?:[^\d.]|$)|opacity_[:(]_(?:0(?:[^.\d]|$)|0?\.0)|"
    r"mso-hide|clip-path|scale[xy]?\(0|rgba\(|hsla?\(|/[*]|\\[0-9a-f]|margin-(?:left|top)_:_-\d{3}|max-height_:_0|"
    r"(?:^|[^-\w])color_[:=]_[\"']?(?:#f{3,6}\b|white|transparent|rgb\(255)|text-indent_:_-|:_-\d{4}".replace(
        "_", f"{_BLANK}?"
    )
    + f"|{_BLANK}hidden(?:{_BLANK}|>)"
)
_STUB = pattern("letters", "stub")
_GREETING = pattern("letters", "greeting")
_UNSEEN = re.compile(
    r"<(?:style|script|head|title)\b[^<]*+(?:<(?!/(?:style|script|head|title)\b)[^<]*+)*+", re.IGNORECASE
)
_MARKUP = re.compile(r"<[^<>]*+>?")
_WORDS = re.compile(r"[^\W\d_]{4,40}")
_COMPARED = 20_000
_FEW_WORDS = 6
_STRAY = 0.01
_SALUTATION = re.compile(r"[^.?!。，\n]{1,60}[,，:：!、。]")
_FORWARD_SUBJECT = pattern("letters", "forward subject")


@dataclass(frozen=True, slots=True)
class Views:
    """See mail.Message: `text` holds all that a person would see, the others are parts of it."""

    text: str
    new_text: str
    quoted: str = ""
    signature: str = ""
    forwarded: ForwardedHeader | None = None
    defects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """What the headers tell a reader of the body: who signs, and whether this answers or forwards another message."""

    name: str = ""
    address: str = ""
    answers: bool = False
    forwards: bool = False

    @classmethod
    def of(cls, senders: Sequence[Address], subject: str, *, answers: bool) -> Setting:
        sender = senders[0] if len(senders) == 1 else Address("")
        return cls(sender.name, sender.address, answers=answers, forwards=_FORWARD_SUBJECT.starts(subject.lstrip()))


NO_SETTING = Setting()


def views(plain: str | None, html: str | None, setting: Setting = NO_SETTING) -> Views:
    """Reads a body from its text/plain and its text/html, either of which may be missing.

    The plain text is taken where it is a good one; the HTML is then only searched for hidden text. Linear
    in the length of both; nothing is raised, whatever the texts are.
    """
    defects: list[str] = []
    lines: Sequence[Line]
    if html is not None and not _good_plain(plain, html):
        read = read_html(html)
        defects += read.defects
        lines = read.lines
        if plain and plain.strip() and not any(line.bare for line in lines):
            lines = _lines_of(plain, defects)
    else:
        lines = _lines_of(plain or "", defects)
        if html and hides_text(html):
            defects.append(HIDDEN_TEXT)
    return _views(lines, Author.of(setting.name, setting.address), setting, tuple(defects))


def _lines_of(plain: str, defects: list[str]) -> list[Line]:
    if len(plain) > TEXT_CAP:
        defects.append(TEXT_CUT_OFF)
        plain = plain[:TEXT_CAP]
    return plain_lines(plain.replace("\r\n", "\n").replace("\r", "\n"))


def hides_text(html: str) -> bool:
    """True when the HTML holds text that nobody would see."""
    return bool(_MAY_HIDE.search(html)) and HIDDEN_TEXT in read_html(html).defects


def _good_plain(plain: str | None, html: str) -> bool:
    """False for a plain text that says nothing, or another thing than the HTML, which is what people see."""
    if plain is None:
        return False
    text = plain.strip()
    if len(text) < 2:
        return bool(text) and len(_MARKUP.sub("", _UNSEEN.sub("", html[:_COMPARED])).strip()) < 2
    if len(text) <= 400 and len(html) >= 4 * len(text) and _STUB.found_in(text):
        return False
    return agrees(text, html)


def agrees(plain: str, html: str) -> bool:
    """True when all but one word in a hundred of the HTML are in the plain text too; judged by the first part."""
    shown = _MARKUP.sub(" ", _UNSEEN.sub(" ", html[: 4 * _COMPARED]))[:_COMPARED]
    seen = set(_WORDS.findall(unescaped(shown)))
    if len(seen) < _FEW_WORDS:
        return True
    return len(seen - set(_WORDS.findall(plain[: 2 * _COMPARED]))) <= _STRAY * len(seen)


def _views(lines: Sequence[Line], author: Author, setting: Setting, defects: tuple[str, ...]) -> Views:
    text = joined(lines)
    division = divide(lines)
    new, signature = _typed(lines, division, author)
    new_text = squeezed("\n".join(line.text for line in new))
    quoted = squeezed("\n".join(line.text for line, is_quoted in zip(lines, division.quoted, strict=True) if is_quoted))
    forwarded = _forwarded(division, setting, new_text)
    if quoted and _says_nothing(new_text) and not _may_say_nothing(new_text, division, setting):
        new_text, signature = _whole(lines, division, author)
    return Views(text, new_text, quoted, signature, forwarded, defects)


def _typed(lines: Sequence[Line], division: Division, author: Author) -> tuple[list[Line], str]:
    """The lines that are neither quoted nor signature, and the signatures."""
    new: list[Line] = []
    signatures: list[str] = []
    runs = list(_runs(lines, division))
    first = next((line for line in lines if line.bare), None)
    for number, run in enumerate(runs):
        below_quote = run[0] is not first
        start = signature_start(run, author, below_quote=below_quote) if number in (0, len(runs) - 1) else len(run)
        if number and start and len(runs) == 2 and runs[0][0] is first:
            new.append(Line(""))
        new += run[:start]
        signatures.append(joined(run[start:]))
    return new, "\n".join(signature for signature in signatures if signature)


def _runs(lines: Sequence[Line], division: Division) -> list[list[Line]]:
    """The stretches of lines between quotes that hold text, without blank lines around them."""
    runs: list[list[Line]] = []
    run: list[Line] = []
    for line, is_quoted in zip(lines, division.quoted, strict=True):
        if not is_quoted:
            run.append(line)
        elif run:
            runs.append(run)
            run = []
    runs.append(run)
    return [trimmed for run in runs if (trimmed := _trimmed(run))]


def _trimmed(run: list[Line]) -> list[Line]:
    texts = [i for i, line in enumerate(run) if line.bare]
    return run[texts[0] : texts[-1] + 1] if texts else []


def _forwarded(division: Division, setting: Setting, new_text: str) -> ForwardedHeader | None:
    """The header block, when this forwards a message rather than answers it."""
    if division.block is None or not division.block.complete:
        return None
    if division.forward or setting.forwards or not (setting.answers or new_text):
        return division.block.header()
    return None


def _says_nothing(new_text: str) -> bool:
    text = new_text.strip()
    return not text or (bool(_SALUTATION.fullmatch(text)) and _GREETING.starts(text))


def _may_say_nothing(new_text: str, division: Division, setting: Setting) -> bool:
    """True when the quote is so well marked that an empty answer is believed: then only files were sent (PAINS 27)."""
    if division.forward or new_text:
        return False
    return division.certain and (division.block is None or setting.answers)


def _whole(lines: Sequence[Line], division: Division, author: Author) -> tuple[str, str]:
    """All of the text but the signature and a forwarded header block that was read."""
    lines = list(lines)
    block = division.block
    if (
        block is not None
        and block.complete
        and not any(line.bare and not q for line, q in zip(lines, division.quoted, strict=True))
    ):
        lines = lines[block.end :]
    start = signature_start(lines, author)
    return joined(lines[:start]), joined(lines[start:])
