"""A whole working day of a desk, played by mail alone with real SMTP and real DKIM signatures; prints one JSON object.

python bench/working_day.py            # what each mail did, and the cases at the end of the day
python bench/working_day.py --postgresql
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from mailbot.store.engine import migrate
from tests.servers.postgres import postgres_server
from tests.town import town
from tests.working_day import ANN, BEN, DANA, DOMAINS, EMMA, EVE, NIA, PAUL, STAFF, WorkingDay, listing

PEOPLE = (DANA, EMMA, PAUL, NIA, ANN, BEN, EVE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", action="store_true", help="on a private PostgreSQL instead of SQLite")
    options = parser.parse_args()
    logging.disable(logging.WARNING)  # the forgeries are warned of
    with tempfile.TemporaryDirectory() as scratch, database(Path(scratch), postgresql=options.postgresql) as url:
        migrate(url)
        with town(Path(scratch) / "desk", url, DOMAINS, STAFF) as place:
            began = time.perf_counter()
            WorkingDay(place).play()
            seconds = time.perf_counter() - began
            shown = {
                "mails": [asdict(step) for step in place.steps],
                "cases": listing(place),
                "letters": {who.name: place.kinds_to(who) for who in PEOPLE},
                "keys asked for": sorted(set(place.zone.asked)),
                "seconds": round(seconds, 2),
            }
    print(json.dumps(shown, indent=1, ensure_ascii=False))


@contextmanager
def database(folder: Path, *, postgresql: bool) -> Iterator[str]:
    """The address of an empty database."""
    if not postgresql:
        yield f"sqlite:///{folder}/mailbot.db"
        return
    with postgres_server() as server, server.database() as url:
        yield url


if __name__ == "__main__":
    main()
