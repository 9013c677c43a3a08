"""What the addresses of a message say about who sent it: a mail system, a robot, or perhaps a person."""

# ruff: noqa: E501 the tables of phrases move to files of their own

from __future__ import annotations

import re

from mailbot.mail import Address, Envelope, Message

_DAEMON = re.compile(
    r"(?:mailer[-_.]?daemon|mail[-_.]?daemon|mdaemon|post[-_.]?master|post[-_]?office|maildelivery|mail[-_.]?delivery|"
    r"mail[-_.]?system|mailsystem|mailerdaemon|bounces?|bounced|undeliverable|nondelivery|dsn|"
    r"symantec_.{0,40}|antispam|antivirus|virus.{0,20}|content[-_]?filter|mailsweeper|mailmarshal|complaints)"
    r"(?:[-+_.=].{0,80})?",
    re.IGNORECASE,
)
_DAEMON_NAME = re.compile(
    r"mail(?:er)?[ -]?delivery|mail(?:er)?[ -]daemon|delivery (?:sub)?system|mail router|internet mail|"
    r"system administrator|systemadministrator|administrador del sistema|administrateur système|postmaster|microsoft outlook|"
    r"mail system|mailsystem|returned mail|message router|mta\b|メール|系统退信|系統|undelivered",
    re.IGNORECASE,
)
_ROBOT = re.compile(
    r"(?:no|do|don'?t|non|ne|nicht|pas)[-_.]?(?:t[-_.]?)?(?:reply|respond|answer|answers|responder|repondre|rispondere|antworten)|"
    r"noreply.*|no-reply.*|donotreply.*|do-not-reply.*|nepasrepondre|keine-?antwort|noresponder|auto(?:mailer|responder|reply|matic).*|"
    r".*-?request|owner-.*|.*-owner|.*-bounces?|listserv|majordomo|mailman|ezmlm.*|robot|daemon|system|alerts?|notifications?",
    re.IGNORECASE,
)


def is_daemon(person: Address) -> bool:
    """True for MAILER-DAEMON, postmaster and others that report about delivery."""
    local = person.address.partition("@")[0].strip('"')
    if _DAEMON.fullmatch(local[:150]):
        return True
    return bool(_DAEMON_NAME.search(person.name[:150]))


def is_robot(person: Address) -> bool:
    """True for no-reply@ and list robots: nobody reads an answer there."""
    return bool(_ROBOT.fullmatch(person.address.partition("@")[0][:100]))


def from_a_mail_system(message: Message) -> bool:
    """True when From, Sender or their absence shows a mail system."""
    if not message.from_:
        return True
    return any(is_daemon(person) or not person.address for person in message.from_)


def null_sender(message: Message, envelope: Envelope) -> bool:
    """True for the null reverse-path (RFC 5321 section 4.5.5), as spoken or as the Return-Path tells."""
    if envelope.sender is not None:
        return envelope.sender.strip() in ("", "<>")
    path = message.header("return-path")
    return path is not None and path.strip() in ("<>", "")
