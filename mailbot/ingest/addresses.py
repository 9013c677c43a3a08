"""Address lists (RFC 5322 section 3.4) and message ids, read from headers as people and programs really write them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mailbot.ingest.cleaning import clean_line
from mailbot.ingest.encoded_words import decode_words
from mailbot.mail import Address

MOST_ADDRESSES = 500
MOST_IDS = 50
_LONGEST_ID = 500
_LONGEST_ADDRESS = 320

_SPACE = re.compile(r"\s+")
_ID = re.compile(r"<([^<>\s\x00-\x20\x7f]{1,500})>")
_BARE_ID = re.compile(r"[^<>\s\"(),;]{1,250}@[^<>\s\"(),;@]{1,250}")
_AROUND_AT = re.compile(r"\s*([@.])\s*")
_NOT_IN_ADDRESS = re.compile(r"[\s<>(),;:\"\\\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_NOT_IN_ID = frozenset('<>()[]\\, "')
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_COMMENT = re.compile(r"\([^()]*\)")
# What most headers hold: one mailbox, with nothing in its name or address that could mean anything else.
_ONE_PLAIN = re.compile(
    r"(?:(?:\"([\w .,'&-]{0,100})\"|([\w .'-]{0,100})) ?<([\w.+-]{1,64}@[\w.-]{1,100})>|([\w.+-]{1,64}@[\w.-]{1,100}))",
    re.ASCII,
)
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)


@dataclass(slots=True)
class _Item:
    """One element of a list while it is read: text outside angles, the angle's content, comments."""

    text: list[str] = field(default_factory=list)
    angle: list[str] | None = None
    comments: list[str] = field(default_factory=list)
    after_angle: bool = False
    has_at: bool = False

    def is_empty(self) -> bool:
        return self.angle is None and not "".join(self.text).strip() and not self.comments


def parse_addresses(value: str) -> tuple[tuple[Address, ...], bool]:
    """The mailboxes of a header, groups taken apart; the flag is False where something could not be read or
    is more than plain mailboxes: groups, addresses inside comments, control characters.

    The part between angle brackets is the address whatever stands before it (`"a@good" <b@evil>` is b@evil);
    an address is never searched for inside a display name or a comment.
    """
    plain = _ONE_PLAIN.fullmatch(value)
    if plain is not None:
        name = " ".join((plain[1] or plain[2] or "").split())
        return (Address(plain[3] or plain[4], name),), True
    if "=?" in value and "@" not in value and "@" in (decoded := clean_line(decode_words(value))):
        # Some programs encode the whole mailbox (RFC 2047 section 5 forbids it): read, but never well formed.
        return parse_addresses(decoded)[0], False
    scanner = _Scanner(value)
    items, well_formed = scanner.scan()
    well_formed = well_formed and not scanner.groups and not _CONTROL.search(value)
    found: list[Address] = []
    pending = ""
    for item in items[:MOST_ADDRESSES]:
        text = _phrase("".join(item.text))
        if item.angle is None and "@" not in text:
            if text:
                pending = f"{pending}, {text}" if pending else text
            continue
        address = _mailbox(item, text, pending)
        pending = ""
        if address is None:
            well_formed = False
        else:
            found.append(address)
    if pending:
        well_formed = False
    return tuple(found), well_formed


def _mailbox(item: _Item, text: str, pending: str) -> Address | None:
    """One mailbox; `pending` is a name's beginning that an unquoted comma had cut off."""
    if item.angle is not None:
        address = _addr_spec("".join(item.angle))
        if address is None:
            return None
        phrase = f"{pending}, {text}" if pending and text else pending or text
        return Address(address, _display(phrase) or _display(" ".join(item.comments)))
    address = _addr_spec(text)
    if address is not None:
        return Address(address, _display(" ".join(item.comments)))
    words = text.split()
    mails = [word for word in words if "@" in word]
    if len(mails) != 1 or (address := _addr_spec(mails[0])) is None:
        return None
    return Address(address, _display(" ".join(word for word in words if word != mails[0])))


def _addr_spec(text: str) -> str | None:
    """The bare address, or None where these characters cannot be one."""
    text = text.strip().strip("'").strip()
    if text.lower().startswith("mailto:"):
        text = text[7:]
    if text.startswith("@") and ":" in text:
        text = text.rpartition(":")[2]
    local, at, domain = text.rpartition("@")
    if local.startswith('"') and local.endswith('"') and len(local) > 2:
        inner = _QUOTED_PAIR.sub(r"\1", local[1:-1])
        domain = _SPACE.sub("", domain)
        safe = inner.isprintable() and not set(inner) & set("<>")  # an angle would end a path in SMTP
        return f"{local}{at}{domain}" if safe and domain and _fits(domain) else None
    text = _AROUND_AT.sub(r"\1", text)
    if not text or len(text) > _LONGEST_ADDRESS or text.startswith("@") or text.count("@") > 1:
        return None
    return text if _fits(text) else None


def _fits(text: str) -> bool:
    local, _, domain = text.rpartition("@")
    if domain.startswith("[") and domain.endswith("]"):
        return not _NOT_IN_ADDRESS.search(local)
    return not _NOT_IN_ADDRESS.search(text) and not text.endswith("@")


def _phrase(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _display(phrase: str) -> str:
    """The name for people: encoded words decoded, controls and direction overrides removed."""
    return clean_line(decode_words(phrase)).strip()


class _Scanner:
    """Splits a list at its commas and semicolons, outside quotes, comments, literals and angles."""

    def __init__(self, value: str) -> None:
        self._value = value
        self._items: list[_Item] = []
        self._item = _Item()
        self._fine = True
        self.groups = 0

    def scan(self) -> tuple[list[_Item], bool]:
        value, position = self._value, 0
        while position < len(value):
            position = self._step(value[position], position)
        self._close()
        return self._items, self._fine

    def _step(self, character: str, position: int) -> int:
        if character == '"':
            return self._quoted(position)
        if character == "(":
            return self._comment(position)
        if character == "<":
            return self._angle(position)
        if character in ",;":
            self._close()
        elif character == ":" and self._is_group_name():
            self.groups += 1
            self._item = _Item()
        elif character in ")>":
            self._fine = False
            if character == ")":
                self._put(character)
        else:
            return self._plain(position)
        return position + 1

    _PLAIN = re.compile(r"[^\"(<,;:)>]+")

    def _plain(self, position: int) -> int:
        match = self._PLAIN.match(self._value, position)
        end = match.end() if match else position + 1
        self._put(self._value[position:end])
        return end

    def _put(self, text: str) -> None:
        if not self._item.after_angle:
            self._item.text.append(text)
            self._item.has_at = self._item.has_at or "@" in text
        elif text.strip():
            self._fine = False
            if not "".join(self._item.text).strip():
                self._item.text.append(text)

    def _is_group_name(self) -> bool:
        if self._item.angle is not None or self._item.has_at:
            return False
        return not "".join(self._item.text).strip().lower().endswith("mailto")

    def _quoted(self, position: int) -> int:
        """A quoted string; one that is never closed is read as plain text."""
        end = position + 1
        value = self._value
        while end < len(value) and value[end] != '"':
            end += 2 if value[end] == "\\" else 1
        if end >= len(value):
            self._fine = False
            return position + 1
        inner = value[position + 1 : end]
        if value.startswith("@", end + 1):
            self._put(f'"{inner}"')
        else:
            self._put(_QUOTED_PAIR.sub(r"\1", inner))
        return end + 1

    def _comment(self, position: int) -> int:
        depth, end, value = 1, position + 1, self._value
        while end < len(value) and depth:
            if value[end] == "\\":
                end += 1
            elif value[end] == "(":
                depth += 1
            elif value[end] == ")":
                depth -= 1
            end += 1
        if depth:
            self._fine = False
            self._put(value[position:].lstrip("( "))
            return len(value)
        comment = _QUOTED_PAIR.sub(r"\1", value[position + 1 : end - 1])
        self._fine = self._fine and not any(character in comment for character in "@<>")
        self._item.comments.append(_phrase(comment))
        return end

    def _angle(self, position: int) -> int:
        end = self._value.find(">", position)
        following = self._value.find("<", position + 1)
        if self._item.angle is not None:
            self._close()
        if 0 <= following < end or (end < 0 and following >= 0):
            # "<<a@b>>" and "Name < <a@b>": the innermost bracket holds the address.
            self._fine = False
            return following
        if end < 0:
            self._fine = False
            end = len(self._value)
        self._item.angle = [_without_comments(self._value[position + 1 : end])]
        self._item.after_angle = True
        return end + 1

    def _close(self) -> None:
        if not self._item.is_empty():
            self._items.append(self._item)
        self._item = _Item()


def _without_comments(text: str) -> str:
    """The angle's content without comments, nested ones up to four deep."""
    for _ in range(4):
        if "(" not in text:
            break
        text = _COMMENT.sub("", text)
    return text


def parse_ids(value: str) -> tuple[str, ...]:
    """The message ids of References or In-Reply-To without brackets: the first and the last fifty (ATTACKS A042)."""
    ids = list(dict.fromkeys(_ID.findall(value)))
    if not ids:
        ids = list(dict.fromkeys(_BARE_ID.findall(value)))
    ids = [one for one in ids if is_message_id(one)]
    return tuple(ids if len(ids) <= MOST_IDS + 1 else [ids[0], *ids[-MOST_IDS:]])


def parse_message_id(value: str) -> str:
    """The one id of a Message-ID header, "" when there is none that could be written into a header again."""
    value = value.strip()
    match = _ID.search(value)
    identifier = match.group(1) if match else value.strip("<> \t")
    return identifier if is_message_id(identifier) else ""


def is_message_id(text: str) -> bool:
    """Printable, without white space and brackets, of sane length: safe between < and > (ATTACKS A041)."""
    if not (1 < len(text) <= _LONGEST_ID and text.isascii() and text.isprintable()):
        return False
    return _NOT_IN_ID.isdisjoint(text)
