"""From APPEND to the recorded arrival and to the case, over IDLE with the whole service; prints one JSON object.

python bench/imap_wakeup.py [TIMES]      # 50
"""

from __future__ import annotations

import json
import statistics
import sys
import threading
import time

from imap_ground import desk_for, environment, mail, running_dovecot

from mailbot.app import App, opened
from mailbot.clock import SystemClock

STEP = 0.002


def seen(app: App, number: int, *, done: bool) -> bool:
    with app.store.reading() as transaction:
        rows = transaction.arrivals.listed("done" if done else None, limit=1000)
    return len(rows) >= number


def until(app: App, number: int, began: float, *, done: bool) -> float:
    while not seen(app, number, done=done):
        threading.Event().wait(STEP)
    return time.monotonic() - began


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    environment()
    recorded, opened_cases = [], []
    with (
        running_dovecot() as dovecot,
        desk_for(dovecot, "desk", 'after = "move:Processed"', "poll_seconds = 1700") as config,
        opened(config, SystemClock()) as app,
    ):
        service = app.service()
        service.start()
        with dovecot.client("desk") as client:
            for number in range(1, times + 2):
                threading.Event().wait(0.7)
                began = time.monotonic()
                client.append("INBOX", mail(number))
                recorded.append(until(app, number, began, done=False))
                opened_cases.append(until(app, number, began, done=True))
        service.stop()
    # The first finds a service that has just started.
    result = {
        name: {"median_s": round(statistics.median(each[1:]), 3), "worst_s": round(max(each[1:]), 3), "of": times}
        for name, each in (("append_to_recorded", recorded), ("append_to_case", opened_cases))
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
