"""DKIM signatures verified (RFC 6376) by dkimpy, with the resolver handed in."""

from __future__ import annotations

import binascii
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailbot.mail import a_label

if TYPE_CHECKING:
    import dkim

MOST_SIGNATURES = 5
_SMALLEST_KEY = 1024
_SILENT = logging.Logger("mailbot.dkim", level=logging.CRITICAL + 1)

# Takes the full name of a TXT record, gives its bytes or None; raises ResolverFailed when it cannot tell.
Resolver = Callable[[str], bytes | None]


class ResolverFailed(Exception):
    """The name could not be looked up now; the signature is neither good nor bad."""


@dataclass(frozen=True, slots=True)
class DkimResult:
    """The signing domains whose signatures hold, do not hold, and could not be checked now."""

    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def verify_dkim(raw: bytes, resolver: Resolver) -> DkimResult:
    """Verify the topmost signatures of a mail. Never raises; a mail that cannot be read has no signatures.

    A signature over only a part of the body ("l=", RFC 6376 section 8.2) or by SHA-1 (RFC 8301) does not hold.
    """
    import dkim  # with it comes the whole of dnspython, which only a desk that checks signatures itself needs

    outcomes: dict[str, list[str]] = {"passed": [], "failed": [], "unknown": []}
    try:
        mail = dkim.DKIM(raw, logger=_SILENT, minkey=_SMALLEST_KEY)
        count = sum(1 for name, _ in mail.headers if name.lower() == b"dkim-signature")
    except (dkim.DKIMException, ValueError, IndexError):
        return DkimResult()
    for index in range(min(count, MOST_SIGNATURES)):
        outcome = _verify_one(mail, index, resolver)
        domain = getattr(mail, "domain", None)
        if isinstance(domain, bytes):
            outcomes[outcome].append(a_label(domain.decode("ascii", "replace")))
    return DkimResult(tuple(outcomes["passed"]), tuple(outcomes["failed"]), tuple(outcomes["unknown"]))


def _verify_one(mail: dkim.DKIM, index: int, resolver: Resolver) -> str:
    import dkim

    mail.domain = None

    def look_up(name: bytes | str, timeout: int = 5) -> bytes | None:
        del timeout
        return resolver(name.decode("ascii", "replace") if isinstance(name, bytes) else name)

    try:
        prepared = mail.verify_headerprep(index)
        if not prepared or b"l" in prepared[0] or prepared[0].get(b"a") == b"rsa-sha1":
            return "failed"
        return "passed" if mail.verify(idx=index, dnsfunc=look_up) else "failed"
    except ResolverFailed:
        return "unknown"
    except (dkim.DKIMException, ValueError, KeyError, IndexError, TypeError, binascii.Error):
        return "failed"
