"""The whole crash matrix, each cell on SQLite and on PostgreSQL; prints the counts as JSON, and each broken promise.

python bench/crash_matrix.py [once|twice|all] [sqlite|postgresql|both] [smtp|lmtp|imap|pipe|import] # all both

Exit status 1 when a promise was broken or a failpoint was never reached.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mailbot.failpoints import NAMES  # noqa: E402
from mailbot.store.engine import migrate  # noqa: E402
from tests.crashes.matrix import WAYS, Crash, Drill, once, twice  # noqa: E402
from tests.servers.dovecot import Dovecot, running_dovecot  # noqa: E402
from tests.servers.postgres import PostgresServer, postgres_server  # noqa: E402
from tests.servers.smtp_sink import smtp_sink  # noqa: E402

MATRICES = {"once": once, "twice": twice, "all": lambda: [*once(), *twice()]}


def played(crash: Crash, server: PostgresServer | None, template: str, dovecot: Dovecot) -> tuple[list[str], list[str]]:
    """What was broken, and where it died."""
    with ExitStack() as using:
        folder = Path(using.enter_context(tempfile.TemporaryDirectory(prefix="mb-")))
        if server:
            url = using.enter_context(server.database(template))
        else:
            url = f"sqlite:///{folder}/mailbot.db"
            migrate(url)
        drill = Drill(folder, url, crash, using.enter_context(smtp_sink()), dovecot)
        try:
            return drill.play(), drill.kills
        except Exception as error:  # noqa: BLE001 one cell must not hide the others
            return [f"{type(error).__name__}: {error}"], drill.kills


def main() -> int:
    ways = sys.argv[3:4] or WAYS
    cells = [crash for crash in MATRICES[(*sys.argv[1:2], "all")[0]]() if crash.way in ways]
    engines = {"both": ("sqlite", "postgresql")}.get(which := (*sys.argv[2:3], "both")[0], (which,))
    counts: Counter[str] = Counter()
    died: Counter[str] = Counter()
    wrong: dict[str, list[str]] = {}
    began = time.monotonic()
    with ExitStack() as using:
        dovecot = using.enter_context(running_dovecot())
        for engine in engines:
            server = using.enter_context(postgres_server(durable=True)) if engine == "postgresql" else None
            template = server.create("migrated") if server else ""
            if server:
                migrate(server.url(template))
            for crash in cells:
                found, kills = played(crash, server, template, dovecot)
                died.update(kills)
                counts[f"{engine} {crash.way} {'died twice' if len(kills) > 1 else 'died once'}"] += 1
                if found:
                    wrong[f"{engine} {crash}"] = found
                print(f"{engine} {crash}: {'; '.join(found) or 'ok'} ({len(kills)})", file=sys.stderr, flush=True)
    unreached = [name for name in NAMES if not died[name] and any(crash.at == name for crash in cells)]
    row = {
        "cells": sum(counts.values()),
        "counts": dict(counts),
        "deaths": dict(died),
        "never_reached": unreached,
        "broken": wrong,
        "minutes": round((time.monotonic() - began) / 60, 1),
    }
    print(json.dumps(row, indent=1))
    return 1 if wrong or unreached else 0


if __name__ == "__main__":
    sys.exit(main())
