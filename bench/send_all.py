"""Send every .eml of a folder over SMTP, as a mail server would, and count the answers; prints one JSON object.

python bench/send_all.py FOLDER --port 2525 --to enrollment@desk.example
"""

from __future__ import annotations

import argparse
import email.utils
import json
import smtplib
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from pathlib import Path


def envelope_sender(raw: bytes) -> str:
    """Return-Path where there is one ("" for the null path), else the From address."""
    headers = message_from_bytes(raw)
    path = headers.get("Return-Path")
    if path is not None:
        return str(path).strip().strip("<>")
    return email.utils.parseaddr(str(headers.get("From", "")))[1]


def crlf(raw: bytes) -> bytes:
    """SMTP has no bare line ends."""
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")


class Sender:
    """One connection, opened again when the server closes it; a mail that is put off is tried again."""

    def __init__(self, host: str, port: int, recipients: list[str], tries: int) -> None:
        self.host, self.port, self.recipients, self.tries = host, port, recipients, tries

    def send_all(self, paths: list[Path]) -> Counter[str]:
        """How many mails got which answer."""
        answers: Counter[str] = Counter()
        waiting = paths
        for _ in range(self.tries):
            put_off: list[Path] = []
            for path, answer in self._once(waiting):
                if answer.startswith(("4", "lost")):
                    put_off.append(path)
                else:
                    answers[answer] += 1
            waiting = put_off
            if not waiting:
                break
        answers.update({"not sent": len(waiting)} if waiting else {})
        return answers

    def connected(self) -> smtplib.SMTP:
        return smtplib.SMTP(self.host, self.port, "sender.example", timeout=60)

    def _once(self, paths: list[Path]) -> Iterator[tuple[Path, str]]:
        client: smtplib.SMTP | None = None
        for path in paths:
            try:
                client = client or self.connected()
                yield path, self._post(client, path.read_bytes())
            except (smtplib.SMTPException, OSError):
                client = None
                yield path, "lost"
        if client:
            client.quit()

    def _post(self, client: smtplib.SMTP, raw: bytes) -> str:
        client.ehlo_or_helo_if_needed()
        code, _ = client.docmd(f"MAIL FROM:<{envelope_sender(raw)}>")
        for recipient in self.recipients:
            if code == 250:
                code, _ = client.docmd(f"RCPT TO:<{recipient}>")
        if code == 250:
            code, _ = client.data(crlf(raw))
        if code != 250:
            client.rset()
        return str(code)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--to", action="append", required=True)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--tries", type=int, default=1, help="how often a mail that is put off is sent in all")
    options = parser.parse_args()
    paths = sorted(options.folder.glob("*.eml"))
    sender = Sender(options.host, options.port, options.to, options.tries)
    began = time.perf_counter()
    with ThreadPoolExecutor(options.connections) as pool:
        counts = pool.map(
            sender.send_all, [paths[start :: options.connections] for start in range(options.connections)]
        )
        answers = sum(counts, Counter[str]())
    print(json.dumps({"mails": len(paths), "seconds": round(time.perf_counter() - began, 2), "answers": dict(answers)}))


if __name__ == "__main__":
    main()
