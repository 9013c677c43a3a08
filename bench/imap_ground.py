"""What the IMAP benchmarks stand on: a private Dovecot, a desk made by `mailbot init`, and mail to put into both."""

from __future__ import annotations

import base64
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mailbot.clock import SystemClock  # noqa: E402
from mailbot.config import Config, load  # noqa: E402
from mailbot.store.sealing import read_key_file  # noqa: E402
from mailbot.store.unit_of_work import Store, open_store  # noqa: E402
from tests.servers.dovecot import PASSWORD, Dovecot, running_dovecot  # noqa: E402

__all__ = ["Dovecot", "PASSWORD", "desk_for", "environment", "mail", "open_desk_store", "peak_mb", "running_dovecot"]


def mail(number: int, size: int = 600) -> bytes:
    """A mail of about `size` bytes with a Message-ID of its own; larger ones carry an attachment."""
    head = (
        f"From: Pat <pat{number}@broker{number % 97}.example>\r\nTo: enrollment@desk.example\r\n"
        f"Message-ID: <{number}@broker.example>\r\nSubject: Add a dependent, case {number}\r\n"
        "Date: Sat, 21 Nov 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\n"
    )
    words = f"Please add my daughter to group {number:06d}, effective January 1.\r\n"
    if size <= 2_000:
        return (head + "\r\n" + words).encode()
    content = base64.encodebytes(random.Random(number).randbytes(size * 72 // 100)).replace(b"\n", b"\r\n")
    return (
        (
            head + 'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\n' + words + "--b\r\n"
            "Content-Type: application/pdf; name=form.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        ).encode()
        + content
        + b"--b--\r\n"
    )


@contextmanager
def desk_for(dovecot: Dovecot, user: str, *lines: str) -> Iterator[Config]:
    """A desk in a folder of its own that reads this user's INBOX; `lines` are further keys of its [[mailbox]]."""
    with tempfile.TemporaryDirectory(prefix="mailbot-bench-") as name:
        folder = Path(name) / "desk"
        command = [sys.executable, "-m", "mailbot", "init", str(folder)]
        subprocess.run(command, check=True, env=environment(), capture_output=True)
        secret = folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o600)
        with (folder / "mailbot.toml").open("a") as file:
            file.write(
                f'\n[[mailbox]]\nname = "enrollment"\nhost = "{dovecot.host}"\nport = {dovecot.port}\nuser = "{user}"\n'
                f'ca_file = "{dovecot.ca_file}"\npassword_file = "password"\n' + "\n".join(lines) + "\n"
            )
        yield load(folder / "mailbot.toml", {})


def open_desk_store(config: Config) -> Store:
    return open_store(config.database.url, read_key_file(config.keys.file), SystemClock())


def environment(**more: str) -> dict[str, str]:
    """For a process that imports from here; no listener, for the mailbox is the only way in."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "MAILBOT_LISTENER__SMTP": "", **more}


def peak_mb(process: int) -> float:
    """The most memory that a process ever had in use."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0
