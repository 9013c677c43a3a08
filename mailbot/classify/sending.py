"""Tells when a message was sent, the moment that "next month" counts from."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime

from mailbot.mail import Message


def sent_at(message: Message, received_at: datetime) -> datetime:
    """The Date header's moment in the sender's own offset; else the topmost Received header's; else `received_at`."""
    if message.date is not None:
        return message.date
    stamp = (message.header("received") or "").rpartition(";")[2].strip()
    try:
        moment = parsedate_to_datetime(stamp)
    except (ValueError, OverflowError):
        return received_at
    return moment if moment.tzinfo else received_at
