"""What can be the matter with a mailbox, as sentences of our own: a server's words never leave this room."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from mailbot.errors import TryAgainLater
from mailbot.ingest.imap_wire import Overrun

#: Response codes (RFC 5530, RFC 9051 section 7.1) that may stand in a sentence; any other text of a server may not.
KNOWN_CODES = (
    "ALERT",
    "AUTHENTICATIONFAILED",
    "AUTHORIZATIONFAILED",
    "CANNOT",
    "CONTACTADMIN",
    "EXPIRED",
    "INUSE",
    "LIMIT",
    "NONEXISTENT",
    "NOPERM",
    "OVERQUOTA",
    "PRIVACYREQUIRED",
    "SERVERBUG",
    "TRYCREATE",
    "UNAVAILABLE",
)


class MailboxTrouble(TryAgainLater):
    """A mailbox cannot be read now; the text is one sentence with the remedy and nothing from the server."""


class Unreachable(MailboxTrouble):
    """No connection, or it broke: the mail stays where it is and is read later."""


class CertificateRefused(MailboxTrouble):
    """The server's certificate does not prove that it is the one we mean; nothing was told to it."""


class LoginRefused(MailboxTrouble):
    """The account does not let us in; trying often could lock it."""


class ServerMisbehaves(MailboxTrouble):
    """What came from the server cannot be IMAP, or is more than was asked for; the connection is given up."""


class CommandRefused(MailboxTrouble):
    """The server answered NO or BAD. `code` is its response code when it is a known one, else ""."""

    def __init__(self, sentence: str, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code


@contextmanager
def telling(host: str, command: str) -> Iterator[None]:
    """Turn whatever imapclient, imaplib, ssl or the socket raise into a MailboxTrouble."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise CertificateRefused(
            f"the certificate of {host} was not accepted ({error.verify_message}): check `host`, "
            "or name the certificate authority with `ca_file`"
        ) from None
    except TimeoutError:
        raise Unreachable(f"{host} did not answer {command} in time: it will be tried again") from None
    except OSError as error:
        raise Unreachable(f"{host} cannot be reached ({type(error).__name__}): check `host` and `port`") from None
    except (imaplib.IMAP4.abort, IMAPClientAbortError):
        raise Unreachable(f"the connection to {host} broke during {command}: it will be tried again") from None
    except (Overrun, ProtocolError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        raise ServerMisbehaves(
            f"{host} answered {command} with something that is not IMAP: the connection was given up"
        ) from None
    except (imaplib.IMAP4.error, IMAPClientError) as error:
        raise _refused(host, command, str(error)) from None


@contextmanager
def telling_login(host: str) -> Iterator[None]:
    """As `telling`, where NO is the server's answer to who we are."""
    try:
        with telling(host, "the login"):
            yield
    except CommandRefused as error:
        if error.code in ("UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"):
            raise Unreachable(f"{host} takes no logins now [{error.code}]: it will be tried again") from None
        shown = f" [{error.code}]" if error.code else ""
        raise LoginRefused(f"{host} refused the login{shown}: check `user` and its password or token") from None


def code_in(text: str) -> str:
    """The known response code in a server's answer, or ""."""
    upper = text.upper()
    return next((code for code in KNOWN_CODES if f"[{code}]" in upper or f"[{code} " in upper), "")


def _refused(host: str, command: str, text: str) -> CommandRefused:
    code = code_in(text)
    shown = f" [{code}]" if code else ""
    return CommandRefused(f"{host} refused {command}{shown}", code)
