"""The commands of a desk as scripts see them: rows of JSON, exit statuses, sentences."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mailbot.cli import build
from mailbot.errors import MailbotError
from tests.mails import MONDAY

NOW = MONDAY.isoformat()
#: The keys of what is told of a mail that was taken in.
TAKEN_IN = {
    "source", "message_id", "arrival", "outcome", "kind", "case", "category", "confidence", "missing", "review",
    "letters",
}  # fmt: skip


class Commands:
    """Runs commands of one desk; `rows` are the JSON objects that they print."""

    def __init__(self, config: Path) -> None:
        self.config = config

    def run(self, *arguments: str, given: bytes = b"", now: str = NOW) -> Any:
        command, *rest = arguments
        line = [command, "--config", str(self.config), "--now", now, *rest]
        result = CliRunner().invoke(build(), line, input=given)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def rows(
        self, command: str, *arguments: str, given: bytes = b"", now: str = NOW, status: int = 0
    ) -> list[dict[str, Any]]:
        result = self.run(command, "--json", *arguments, given=given, now=now)
        assert result.exit_code == status, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]

    def row(self, *arguments: str, **how: Any) -> dict[str, Any]:
        (row,) = self.rows(*arguments, **how)
        return row

    def refused(self, *arguments: str, given: bytes = b"", **how: Any) -> tuple[int, str]:
        """The status and the sentence of a command that cannot work."""
        with pytest.raises(MailbotError) as caught:
            self.run(*arguments, given=given, **how)
        return caught.value.exit_status, str(caught.value)
