"""The text of a mail as a person sees it, and its views (first form)."""

from __future__ import annotations

import html as html_entities
import re
from dataclasses import dataclass

from mailbot.mail import ForwardedHeader

_INVISIBLE = re.compile(r"<(script|style|head|title)\b[^>]*>.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Views:
    """All of the text, and the parts of it that are new, quoted, or the signature."""

    text: str
    new_text: str
    quoted: str = ""
    signature: str = ""
    forwarded: ForwardedHeader | None = None
    defects: tuple[str, ...] = ()


def views(plain: str | None, html: str | None) -> Views:
    """The views of a mail that has these forms."""
    text = plain if plain is not None and plain.strip() else _stripped(html or "") or plain or ""
    return Views(text, text)


def _stripped(html: str) -> str:
    text = _INVISIBLE.sub("", html)
    text = _TAG.sub("", _BREAK.sub("\n", text))
    return html_entities.unescape(text).strip()
