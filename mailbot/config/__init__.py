"""The configuration: `load` reads mailbot.toml and the environment into one frozen Config."""

from __future__ import annotations

from mailbot.config.kinds import After, AfterAction, Carrier, OutgoingUrl, SocketAddress
from mailbot.config.reading import load
from mailbot.config.secret import Secret, SecretFile, SecretText, read_private
from mailbot.config.values import (
    Config,
    Database,
    Desk,
    Export,
    Keys,
    Listener,
    Mailbox,
    OAuth,
    OAuthMechanism,
    Outgoing,
    PlaybookFile,
    Security,
    Trust,
    VirusScanner,
    Web,
)

__all__ = [
    "After",
    "AfterAction",
    "Carrier",
    "Config",
    "Database",
    "Desk",
    "Export",
    "Keys",
    "Listener",
    "Mailbox",
    "OAuth",
    "OAuthMechanism",
    "Outgoing",
    "OutgoingUrl",
    "PlaybookFile",
    "Secret",
    "SecretFile",
    "SecretText",
    "Security",
    "SocketAddress",
    "Trust",
    "VirusScanner",
    "Web",
    "load",
    "read_private",
]
