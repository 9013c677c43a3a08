"""How much CPU understanding a message costs once the model is loaded, beside a fixed loop; prints one JSON object.

python bench/classify.py FOLDER      # a folder of .eml files; else the sample mails
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from mailbot.classify.category import CategoryRanker
from mailbot.classify.playbook import load
from mailbot.classify.sending import sent_at
from mailbot.classify.understand import understand
from mailbot.ingest.parse import parse
from mailbot.ingest.screen import screen
from mailbot.mail import Envelope, Kind, Message, OwnAddresses

ROUNDS = 3
NOW = datetime(2026, 11, 21, tzinfo=UTC)
NOBODY = OwnAddresses(frozenset(), "")


def median_ms(work: Callable[[int], object], count: int) -> float:
    """CPU milliseconds: the median over `count` pieces of work, the least of the rounds."""
    medians = []
    for _ in range(ROUNDS):
        times = []
        for number in range(count):
            start = time.process_time_ns()
            work(number)
            times.append((time.process_time_ns() - start) / 1e6)
        medians.append(statistics.median(times))
    return min(medians)


def calibration(_: int) -> int:
    """A fixed piece of work, so that two machines, or two hours on a busy one, can be compared."""
    return sum(number * number for number in range(10_000))


def main() -> None:
    samples = Path(__file__).parent.parent / "mailbot" / "samples"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else samples
    mails = [read(path) for path in sorted(folder.glob("*.eml"))]
    plain = [(message, kind) for message, kind in mails if kind is Kind.INQUIRY and not message.attachments]
    playbook, ranker = load(None), CategoryRanker()

    def understood(number: int) -> object:
        message, kind = plain[number]
        return understand(message, kind, playbook, sent_at(message, NOW), ranker)

    understood(0)
    loop = median_ms(calibration, 100)
    median = median_ms(understood, len(plain))
    result = {"mails": len(plain), "median_ms": median, "loop_ms": loop, "ratio": median / loop}
    print(json.dumps({name: round(value, 3) for name, value in result.items()}))


def read(path: Path) -> tuple[Message, Kind]:
    message = parse(path.read_bytes())
    return message, screen(message, Envelope(sender=None), NOBODY).kind


if __name__ == "__main__":
    main()
