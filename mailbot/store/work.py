"""What every part of a unit of work needs: the connection, the seals, the moment, and new ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailbot.store.ids import IdSource
from mailbot.store.sealing import Sealer


@dataclass(frozen=True)
class Work:
    """The inside of one transaction; `now` is the moment at which it began."""

    connection: Connection
    sealer: Sealer
    now: datetime
    ids: IdSource

    def new_id(self) -> int:
        return self.ids.next(self.now)
