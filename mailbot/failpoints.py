"""Named points between the steps where a test can make the process die, to prove that nothing is lost.

`MAILBOT_FAILPOINT=intake.before_commit:kill:2` kills the process when the point is reached the second time;
`:stop:` stops it there until somebody continues it (SIGCONT); `:raise:` raises there instead, at that pass and each
later one. All need `MAILBOT_TEST_SWITCH=1`; without it a set failpoint ends the program at its start, so that none is
ever left on in production.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass

from mailbot.errors import ConfigurationError

NAMES = (
    "smtp.before_record",
    "smtp.after_record",
    "imap.before_record",
    "imap.in_record",
    "imap.after_record",
    "imap.after_mark",
    "files.before_record",
    "files.in_record",
    "files.after_record",
    "intake.after_take",
    "intake.in_parse",
    "intake.in_transaction",
    "intake.before_commit",
    "intake.after_commit",
    "outbox.after_claim",
    "delivery.before_connect",
    "delivery.before_dot",
    "delivery.after_dot",
    "outbox.after_answer",
    "outbox.in_note",
    "outbox.after_note",
    "export.after_submit",
    "export.between_files",
    "export.before_mark",
    "notices.in_sharing",
    "notices.in_writing",
)
SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}
ACTIONS = (*SIGNALS, "raise")


class FailpointReached(RuntimeError):
    """Raised at a failpoint that is set to `raise`."""


@dataclass
class Failpoint:
    """The one armed point: `remaining` passes are let through before it acts."""

    name: str
    action: str
    remaining: int

    def reach(self) -> None:
        self.remaining -= 1
        if self.remaining > 0:
            return
        if self.action == "raise":
            raise FailpointReached(self.name)
        if self.remaining == 0:
            os.kill(os.getpid(), SIGNALS[self.action])


_armed: Failpoint | None = None


def arm(environ: Mapping[str, str]) -> None:
    """Read the environment once, at the start of the program."""
    global _armed
    setting = environ.get("MAILBOT_FAILPOINT", "")
    _armed = _parse(setting) if setting else None
    if _armed and environ.get("MAILBOT_TEST_SWITCH") != "1":
        raise ConfigurationError(
            "MAILBOT_FAILPOINT is set, which makes the program die on purpose: unset it, "
            "or set MAILBOT_TEST_SWITCH=1 in a test"
        )


def failpoint(name: str) -> None:
    """Act if this point is the armed one; otherwise this costs one comparison."""
    if _armed is not None and _armed.name == name:
        _armed.reach()


def _parse(setting: str) -> Failpoint:
    name, _, rest = setting.partition(":")
    action, _, count = rest.partition(":")
    if name not in NAMES or action not in ACTIONS or not (count or "1").isdigit():
        raise ConfigurationError(
            f"MAILBOT_FAILPOINT={setting}: write NAME:kill:COUNT or NAME:raise:COUNT with a NAME of {', '.join(NAMES)}"
        )
    return Failpoint(name, action, int(count or "1"))
