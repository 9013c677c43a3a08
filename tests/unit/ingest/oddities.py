"""The files in tests/mail, each named by what is odd about it."""

from __future__ import annotations

from pathlib import Path

from mailbot.ingest.parse import parse
from mailbot.mail import Message

FOLDER = Path(__file__).parents[2] / "mail"
FILES = sorted(FOLDER.glob("*.eml"))


def read(name: str) -> Message:
    return parse((FOLDER / f"{name}.eml").read_bytes())
