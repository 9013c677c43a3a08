"""One Authentication-Results header read into its results (RFC 8601 section 2.2); what is unknown is passed over."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_LONGEST = 8192
_MOST_RESULTS = 60
# A lone quote or closing parenthesis matches nothing, so a header that has one is not read at all.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[(;]|[^"();]+', re.DOTALL)
_IN_COMMENT = re.compile(r"[()]|\\.|[^()\\]+", re.DOTALL)
_WITHIN_QUOTES = {ord(character): "\x00" for character in " \t="}


@dataclass(frozen=True, slots=True)
class MethodResult:
    """What one method says; `properties` maps "header.from" and its like to a value. All in lower case."""

    method: str
    result: str
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuthResults:
    """The host that wrote the header, lower case, and its results."""

    authserv_id: str
    results: tuple[MethodResult, ...]


def parse_auth_results(value: str) -> AuthResults | None:
    """The results, or None where the header cannot be read: then it proves nothing."""
    pieces = _split(value[:_LONGEST])
    if pieces is None:
        return None
    words = pieces[0].split()
    if not words or "=" in words[0]:
        return None
    results = tuple(result for piece in pieces[1:_MOST_RESULTS] if (result := _result(piece)) is not None)
    return AuthResults(words[0].lower(), results)


def _split(value: str) -> list[str] | None:
    """The parts between semicolons; comments become blanks, quoted strings lose their quotes. None if one is open."""
    pieces: list[list[str]] = [[]]
    depth, position = 0, 0
    while match := (_IN_COMMENT if depth else _TOKEN).match(value, position):
        position, lexeme = match.end(), match.group()
        if lexeme == "(":
            depth += 1
            pieces[-1].append(" ")
        elif lexeme == ")":
            depth -= 1
        elif lexeme == ";" and not depth:
            pieces.append([])
        elif not depth:
            pieces[-1].append(_unquoted(lexeme))
    return ["".join(piece) for piece in pieces] if position == len(value) and not depth else None


def _unquoted(lexeme: str) -> str:
    """A blank or "=" inside quotes belongs to the value: it must not cut it in two."""
    return lexeme[1:-1].translate(_WITHIN_QUOTES) if lexeme.startswith('"') else lexeme


def _result(piece: str) -> MethodResult | None:
    words = _joined_equals(piece).split()
    if not words or "=" not in words[0]:
        return None
    method, _, result = words[0].partition("=")
    properties: dict[str, str] = {}
    for word in words[1:]:
        name, equals, value = word.partition("=")
        if equals:
            properties.setdefault(name.lower(), value.lower())
    return MethodResult(method.partition("/")[0].lower(), result.lower(), properties)


def _joined_equals(piece: str) -> str:
    """White space may stand around "=" (RFC 8601 section 2.2, CFWS)."""
    return "=".join(part.strip() for part in piece.split("="))
