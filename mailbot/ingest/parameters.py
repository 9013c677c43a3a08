"""Header values with parameters (RFC 2045 section 5.1, RFC 2231), read leniently: type, boundary, charset, names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from mailbot.ingest.charsets import decode
from mailbot.ingest.encoded_words import decode_words

_MOST = 200
_NAME = re.compile(r"[\s;,]*([^\s=;,\"()<>@\[\]?]{1,80})\s*=\s*")
_SECTION = re.compile(r"(.+?)\*(\d{1,3})(\*?)")
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)


@dataclass(slots=True)
class Valued:
    """The word before the parameters, lower case, and the parameters by lower-case name."""

    value: str = ""
    parameters: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return self.parameters.get(name, "")


def parse_valued(text: str) -> Valued:
    """Read `value; name=value...`; what cannot be read is passed over. The first of two equal names counts."""
    if not text:
        return Valued()
    head, rest = _head(text)
    found: dict[str, str] = {}
    position = 0
    for _ in range(_MOST):
        match = _NAME.match(rest, position)
        if match is None:
            following = rest.find(";", position)
            if following < 0:
                break
            position = following + 1
            continue
        value, position = _value(rest, match.end(), match.group(1).lower())
        found.setdefault(match.group(1).lower(), value)
    return Valued(head, _joined(found))


def _head(text: str) -> tuple[str, str]:
    """The value before the first ";"; one that forgot the ";" ends at the white space."""
    before, semicolon, rest = text.partition(";")
    words = before.split(None, 1)
    if not words:
        return "", rest
    if "=" in words[0] and "/" not in words[0]:
        return "", text
    if len(words) > 1 and "=" in words[1]:
        rest = words[1] + semicolon + rest
    return words[0].strip('"').lower(), rest


def _value(rest: str, position: int, name: str) -> tuple[str, int]:
    """The value that begins at `position`, and where it ends."""
    if rest.startswith('"', position):
        return _quoted(rest, position)
    end = rest.find(";", position)
    end = len(rest) if end < 0 else end
    value = rest[position:end].strip()
    if not _is_name(name):
        value = value.split(None, 1)[0] if value else ""
    return value.strip("\"'") if _is_name(name) else value.strip('"'), end


def _is_name(name: str) -> bool:
    return name.startswith(("name", "filename"))


def _quoted(rest: str, position: int) -> tuple[str, int]:
    """A quoted string; one that is never closed ends at the next ";" or at the end."""
    end = position + 1
    while True:
        end = rest.find('"', end)
        if end < 0:
            semicolon = rest.find(";", position)
            end = len(rest) if semicolon < 0 else semicolon
            return rest[position + 1 : end].strip(), end
        backslashes = len(rest[position + 1 : end]) - len(rest[position + 1 : end].rstrip("\\"))
        if backslashes % 2 == 0:
            break
        end += 1
    return _unquoted(rest[position + 1 : end]), end + 1


def _unquoted(value: str) -> str:
    r"""Quoted pairs undone, but a Windows path such as C:\TEMP\a.doc left alone: its "\" never was an escape."""
    if "\\" not in value or _looks_like_path(value):
        return value
    return _QUOTED_PAIR.sub(r"\1", value)


def _looks_like_path(value: str) -> bool:
    return (len(value) > 2 and value[1] == ":" and value[2] == "\\") or value.startswith("\\\\")


def _joined(found: dict[str, str]) -> dict[str, str]:
    """Continuations put together and percent-encoding undone (RFC 2231 sections 3 and 4)."""
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    extended: dict[str, str] = {}
    for name, value in found.items():
        if "*" not in name:
            plain[name] = decode_words(value)
        elif match := _SECTION.fullmatch(name):
            sections.setdefault(match.group(1), {})[int(match.group(2))] = (value, bool(match.group(3)))
        elif name.endswith("*"):
            extended[name[:-1]] = _extended([(value, True)])
    for name, pieces in sections.items():
        extended.setdefault(name, _extended([pieces[number] for number in sorted(pieces)]))
    return plain | {name: value for name, value in extended.items() if value or name not in plain}


def _extended(pieces: list[tuple[str, bool]]) -> str:
    """Sections in their order; the first extended one names the charset."""
    charset = ""
    if pieces and pieces[0][1] and pieces[0][0].count("'") >= 2:
        charset, _, rest = pieces[0][0].split("'", 2)
        pieces = [(rest, True), *pieces[1:]]
    if not any(is_extended for _, is_extended in pieces):
        return decode_words("".join(value for value, _ in pieces))
    raw = b"".join(
        unquote_to_bytes(value) if is_extended else value.encode("utf-8", "replace") for value, is_extended in pieces
    )
    return decode_words(decode(raw, charset)[0])
