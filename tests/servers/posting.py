"""A mail server that hands a mail to the desk, and waiting for what becomes of it."""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Callable

from tests.mails import DESK


def post(port: int, sender: str, raw: bytes) -> int:
    """The code that the sender of this mail hears in the end."""
    with smtplib.SMTP("127.0.0.1", port, "client.example", timeout=60) as client:
        try:
            client.sendmail(sender, DESK, raw)
        except smtplib.SMTPResponseException as error:
            return error.smtp_code
    return 250


def wait_until(true: Callable[[], bool], what: str) -> None:
    """Asks again and again for half a minute; `what` is said where it never comes true."""
    pause = threading.Event()
    for _ in range(300):
        if true():
            return
        pause.wait(0.1)
    raise AssertionError(f"not yet: {what}")
