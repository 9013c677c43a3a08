"""The kinds of value that a key of the configuration takes: how each is read, and what it must be."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from enum import Enum, StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from mailbot.config.secret import SecretText


@dataclass(frozen=True, slots=True)
class Kind:
    """`must_be` completes the sentence "KEY must be …".

    `read` turns a TOML value into the setting and raises ValueError; the folder is the configuration
    file's, for relative paths. `from_text` turns the text of a variable into a TOML value.
    A `hidden` value is never shown in a message.
    """

    must_be: str
    read: Callable[[Any, Path], Any]
    from_text: Callable[[str], object] = str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class SocketAddress:
    """A TCP address to listen on or to connect to; port 0 lets the kernel choose."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def loopback(self) -> bool:
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """True for the machine itself, by name or number."""
    return host in ("localhost", "::1") or re.fullmatch(r"127(\.[0-9]{1,3}){3}", host) is not None


class AfterAction(StrEnum):
    """What is done to a message on the IMAP server once it is ours."""

    MOVE = "move"
    FLAG = "flag"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class After:
    """`name` is the folder to move to or the flag to set; "" for keep."""

    action: AfterAction
    name: str = ""

    def __str__(self) -> str:
        return f"{self.action}:{self.name}" if self.name else str(self.action)


class Carrier(StrEnum):
    """How letters leave: the scheme of outgoing.url."""

    SMTP = "smtp"
    SMTP_STARTTLS = "smtp+starttls"
    SMTPS = "smtps"
    LMTP = "lmtp"
    MAILDIR = "maildir"


DEFAULT_PORTS = {Carrier.SMTP: 25, Carrier.SMTP_STARTTLS: 587, Carrier.SMTPS: 465, Carrier.LMTP: 24}


@dataclass(frozen=True, slots=True)
class OutgoingUrl:
    """`server` for everything that goes over TCP; `path` for a Maildir folder or an LMTP socket."""

    carrier: Carrier
    server: SocketAddress | None = None
    path: Path | None = None

    def __str__(self) -> str:
        return f"{self.carrier}:{self.path}" if self.path else f"{self.carrier}://{self.server}"

    @property
    def in_clear(self) -> bool:
        """True when a password would cross the network unencrypted."""
        return self.carrier in (Carrier.SMTP, Carrier.LMTP) and self.server is not None and not self.server.loopback


def plain(raw: object) -> str:
    """A string without control characters, at most 1,000 characters (ATTACKS A019); ValueError otherwise."""
    if not isinstance(raw, str) or len(raw) > 1000 or not raw.isprintable():
        raise ValueError
    return raw


def filled(raw: object) -> str:
    text = plain(raw).strip()
    if not text:
        raise ValueError
    return text


def matching(pattern: str) -> Callable[[Any, Path], str]:
    """A reader for text that fits the pattern as a whole."""
    compiled = re.compile(pattern)

    def read(raw: object, folder: Path) -> str:
        text = plain(raw).strip()
        if not compiled.fullmatch(text):
            raise ValueError
        return text

    return read


def whole_number(lowest: int, highest: int) -> Kind:
    """A whole number within bounds that are part of it."""

    def read(raw: object, folder: Path) -> int:
        if not isinstance(raw, int) or isinstance(raw, bool) or not lowest <= raw <= highest:
            raise ValueError
        return raw

    return Kind(f"a whole number from {lowest} to {highest}", read, int)


def one_of(choices: type[Enum]) -> Kind:
    """One of the words of an enumeration."""
    words = " or ".join(f'"{choice.value}"' for choice in choices)
    return Kind(words, lambda raw, folder: choices(plain(raw)))


def list_of(kind: Kind, must_be: str) -> Kind:
    """A list; in the environment comma-separated, or JSON when it begins with a bracket."""

    def read(raw: object, folder: Path) -> tuple[Any, ...]:
        if not isinstance(raw, list):
            raise ValueError
        return tuple(kind.read(entry, folder) for entry in raw)

    return Kind(must_be, read, _entries)


def _entries(text: str) -> object:
    if text.lstrip().startswith("["):
        return json.loads(text)
    return [entry.strip() for entry in text.split(",") if entry.strip()]


def _switch(raw: object, folder: Path) -> bool:
    if not isinstance(raw, bool):
        raise ValueError
    return raw


def _switch_from_text(text: str) -> object:
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(text.lower(), text)


def _path(raw: object, folder: Path) -> Path:
    return folder / Path(filled(raw)).expanduser()


def _optional_path(raw: object, folder: Path) -> Path | None:
    return _path(raw, folder) if raw != "" else None


def _day(raw: object, folder: Path) -> date:
    if type(raw) is date:
        return raw
    return date.fromisoformat(plain(raw))


def _time_of_day(raw: object, folder: Path) -> time:
    hour, colon, minute = plain(raw).strip().partition(":")
    if not (colon and len(minute) == 2 and (hour + minute).isascii() and (hour + minute).isdigit()):
        raise ValueError
    return time(int(hour), int(minute))


def _zone(raw: object, folder: Path) -> ZoneInfo:
    try:
        return ZoneInfo(filled(raw))
    except (OSError, KeyError) as error:
        raise ValueError from error


def _socket_address(raw: object, folder: Path) -> SocketAddress | None:
    text = plain(raw).strip()
    if not text:
        return None
    host, colon, port = text.rpartition(":")
    if not (host and colon and port.isascii() and port.isdigit() and int(port) < 65536):
        raise ValueError
    return SocketAddress(host.removeprefix("[").removesuffix("]"), int(port))


def _name_server(raw: object, folder: Path) -> SocketAddress | None:
    address = _socket_address(raw, folder)
    if address:
        ip_address(address.host)  # a name would have to be looked up first
    return address


def _after(raw: object, folder: Path) -> After:
    word, _, name = filled(raw).partition(":")
    action = AfterAction(word)
    if (action is AfterAction.KEEP) != (name == ""):
        raise ValueError
    return After(action, name)


def _outgoing_url(raw: object, folder: Path) -> OutgoingUrl:
    scheme, _, rest = filled(raw).partition(":")
    carrier = Carrier(scheme)
    if carrier is Carrier.MAILDIR or (carrier is Carrier.LMTP and not rest.startswith("//")):
        return OutgoingUrl(carrier, path=_path(rest, folder))
    parts = urlsplit(filled(raw))
    if not parts.hostname or parts.username or parts.path.strip("/") or parts.query:
        raise ValueError
    return OutgoingUrl(carrier, SocketAddress(parts.hostname, parts.port or DEFAULT_PORTS[carrier]))


def _database_url(raw: object, folder: Path) -> str:
    url = filled(raw)
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and rest.strip("/") and "?" not in rest:
        return f"sqlite:///{folder / rest[1:]}"
    if scheme in ("postgresql", "postgresql+psycopg") and urlsplit(url).path.strip("/"):
        return url
    raise ValueError


def _secret(raw: object, folder: Path) -> SecretText:
    if not plain(raw):
        raise ValueError
    return SecretText(plain(raw))


def _loopback_address(raw: object, folder: Path) -> SocketAddress | None:
    """Mail that is not sealed leaves the process here: never to another machine."""
    address = _socket_address(raw, folder)
    if address is not None and not address.loopback:
        raise ValueError
    return address


def _octal(raw: object, folder: Path) -> int:
    return int(matching("0?[0-7]{3}")(raw, folder), 8)


TEXT = Kind("a text", lambda raw, folder: plain(raw).strip())
NAME = Kind("a text that is not empty", lambda raw, folder: filled(raw))
SECRET = Kind("a text that is not empty", _secret, hidden=True)
SWITCH = Kind("true or false", _switch, _switch_from_text)
PATH = Kind("the path of a file", _path)
OPTIONAL_PATH = Kind("the path of a file", _optional_path)
DAY = Kind('a day as "2026-11-01"', _day)
TIME_ZONE = Kind('a time zone as "America/New_York"', _zone)
HOLIDAYS = Kind('a country or country-subdivision as "US" or "US-NY"', matching("([A-Z]{2}(-[A-Z0-9]{1,3})?)?"))
LANGUAGE = Kind('a language of two letters as "en"', matching("[a-z]{2}"))
ADDRESS = Kind('an e-mail address as "enrollment@desk.example"', matching(r"[^\s@<>,;:\"()\[\]]+@[^\s@<>,;:\"()\[\]]+"))
ADDRESSES = list_of(ADDRESS, "a list of e-mail addresses")
NAMES = list_of(NAME, "a list of texts")
HOST = Kind("the name of a host", matching(r"[A-Za-z0-9_.:-]+"))
OPTIONAL_HOST = Kind("the name of a host", matching(r"[A-Za-z0-9_.:-]*"))
PORT = whole_number(1, 65535)
LOOPBACK = Kind('an address of this machine and a port as "127.0.0.1:3310", or "" for none', _loopback_address)
LISTEN = Kind('an address and a port as "127.0.0.1:2525", or "" for none', _socket_address)
NAME_SERVER = Kind('a number and a port as "127.0.0.1:53", or "" for those of the system', _name_server)
FILE_MODE = Kind('a file mode as "0660"', _octal)
TIME_OF_DAY = Kind('a time of day as "18:30"', _time_of_day)
AFTER = Kind('"move:FOLDER", "flag:FLAG" or "keep"', _after)
WEB_URL = Kind("an address that begins with https://", matching(r"https://[^\s@]+"))
OUTGOING_URL = Kind(
    "smtp+starttls://HOST:PORT, smtps://HOST, smtp://HOST, lmtp:SOCKET or maildir:FOLDER "
    "(user and password_file are keys of their own)",
    _outgoing_url,
)
DATABASE_URL = Kind("sqlite:///FILE or postgresql://USER@HOST/NAME", _database_url, hidden=True)
