"""Asking a name server for the keys of DKIM signatures, within strict limits of time. The only door to dnspython."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import dns.exception
import dns.resolver
import dns.rrset

from mailbot.config import SocketAddress
from mailbot.ingest.signatures import Resolver, ResolverFailed

#: All questions that one mail causes may take so long together.
SECONDS = 4.0
#: And so long while the server has not answered the last question, so that the queue moves on through an outage.
IMPATIENT_SECONDS = 0.5
#: A name that could not be looked up is not asked for again so soon.
REST_SECONDS = 60.0
MOST_NAMES = 1_000
#: The answer to one datagram that every path lets through (RFC 9715).
_DATAGRAM = 1232


@dataclass
class NameServer:
    """One name server, or those of the system where `address` is None; answers are kept as long as they say.

    Safe to share between threads.
    """

    address: SocketAddress | None = None
    seconds: float = SECONDS
    monotonic: Callable[[], float] = time.monotonic
    _patience: float = field(default=0.0, init=False)
    _failed: dict[str, float] = field(default_factory=dict, init=False)
    _asked: dns.resolver.Resolver | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._patience = self.seconds

    def for_one_mail(self) -> Resolver:
        """What looks names up for one mail: all of them together get `seconds`, and then fail."""
        end = self.monotonic() + self.seconds
        return lambda name: self._text(name, min(self._patience, end - self.monotonic()))

    def trouble(self, name: str) -> str | None:
        """Ask for this name; None when the server answers, even that there is no such name, else a sentence."""
        try:
            self._text(name, self.seconds)
        except ResolverFailed:
            return (
                "the name server does not answer, so that no DKIM signature can be checked: set trust.resolver to one "
                "that does, or trust.verify_dkim to false"
            )
        return None

    def _text(self, name: str, seconds: float) -> bytes | None:
        """The TXT record of this name, None when it has none. ResolverFailed when that cannot be told now."""
        now = self.monotonic()
        if seconds <= 0 or now < self._failed.get(name, -math.inf) + REST_SECONDS:
            raise ResolverFailed
        try:
            answer = self._resolver().resolve(name, "TXT", search=False, lifetime=seconds)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            self._patience = self.seconds
            return None
        except (dns.exception.DNSException, OSError, ValueError) as error:
            self._note_failure(name, now, silent=isinstance(error, dns.exception.Timeout))
            raise ResolverFailed from None
        self._patience = self.seconds
        self._failed.pop(name, None)
        return _key_record(answer.rrset)

    def _note_failure(self, name: str, now: float, *, silent: bool) -> None:
        if silent:
            self._patience = min(self.seconds, IMPATIENT_SECONDS)
        if len(self._failed) >= MOST_NAMES:
            self._failed.clear()
        self._failed[name] = now

    def _resolver(self) -> dns.resolver.Resolver:
        """Made at the first question: a machine without resolv.conf fails there, and not when the service starts."""
        if self._asked is None:
            made = dns.resolver.Resolver(configure=self.address is None)
            if self.address:
                made.nameservers, made.port = [self.address.host], self.address.port
            made.cache = dns.resolver.LRUCache(MOST_NAMES)
            made.use_edns(0, payload=_DATAGRAM)
            self._asked = made
        return self._asked


def _key_record(records: dns.rrset.RRset | None) -> bytes | None:
    """The parts of a record joined (RFC 6376 section 3.6.2.2); of several records the first that says it is a key."""
    texts = [b"".join(record.strings) for record in records or ()]
    return next((text for text in texts if text.replace(b" ", b"").startswith(b"v=DKIM1")), texts[0] if texts else None)
