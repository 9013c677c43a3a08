"""What `mailbot check` says of what goes out: that letters can, whether they are stopped, and where exports go."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from mailbot.cli.check import Check, at_the_desk
from mailbot.cli.opening import looked_at
from mailbot.config import Config
from mailbot.config.kinds import Carrier
from mailbot.replies.couriers import courier_for


def outgoing(config: Config) -> Iterator[Check]:
    """The outgoing server takes our login, or the folder for letters can be written."""
    url = config.outgoing.url
    trouble = courier_for(config.outgoing, helo=config.desk.domain).trouble()
    files = url.carrier is Carrier.MAILDIR
    fine = f"letters become files in {url.path}; nothing is sent" if files else f"{url} takes letters from us"
    yield Check("outgoing", ok=trouble is None, sentence=trouble or fine)


def breaker(config: Config) -> Iterator[Check]:
    """Whether letters are stopped while mail is taken in: since when, until when, why, and what to do."""
    hour, zone = config.outgoing.in_all_an_hour, config.desk.time_zone
    with looked_at(config) as transaction:
        if transaction is None:
            return
        stopped = transaction.breaker.refusing() or transaction.breaker.hour_used_up(hour)
    if stopped is None:
        yield Check("breaker", ok=True, sentence=f"no letters are stopped; at most {hour} go out in an hour")
        return
    span = f"since {at_the_desk(stopped.since, zone)}, until {at_the_desk(stopped.until, zone)} at least"
    sentence = f"letters are stopped {span}, because {stopped.why}; mail is taken in as ever. To do: {stopped.remedy}"
    yield Check("breaker", ok=False, sentence=sentence)


def export_folder(config: Config) -> Iterator[Check]:
    """The nightly export can be written; its folder is made when it is first needed."""
    folder = config.export.folder
    if folder is None:
        return
    there = next(each for each in (folder, *folder.parents) if each.exists())
    trouble = _trouble_with(there)
    if trouble:
        yield Check("export.folder", ok=False, sentence=trouble)
    elif there != folder:
        yield Check("export.folder", ok=True, sentence=f"{folder} is not there yet; the first export makes it")
    else:
        yield Check("export.folder", ok=True, sentence=f"{folder} can be written, each day at {config.export.at:%H:%M}")


def _trouble_with(there: Path) -> str:
    """Why nothing can be written there; "" when it can."""
    if not there.is_dir():
        return f"{there} is no folder: name another one in export.folder, or move the file away"
    if not os.access(there, os.W_OK | os.X_OK):
        return f"nothing can be written to {there}: let the user of mailbot write there, or name another export.folder"
    return ""
