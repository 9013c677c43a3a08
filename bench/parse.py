"""How much CPU reading a mail costs, beside the parsers that it is measured against; prints one JSON object.

python bench/parse.py FOLDER      # a folder of .eml files
"""

from __future__ import annotations

import email
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import mailparser

from mailbot.ingest.parse import parse

READERS: dict[str, Callable[[bytes], object]] = {
    "compat32": email.message_from_bytes,
    "mail-parser": mailparser.parse_from_bytes,
    "mailbot": parse,
}


def milliseconds(read: Callable[[bytes], object], mails: list[bytes]) -> list[float]:
    """CPU milliseconds for each mail, the best of three rounds."""
    best = [float("inf")] * len(mails)
    for _ in range(3):
        for number, raw in enumerate(mails):
            start = time.process_time_ns()
            read(raw)
            best[number] = min(best[number], (time.process_time_ns() - start) / 1e6)
    return best


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "tests" / "mail"
    mails = [path.read_bytes() for path in sorted(folder.glob("*.eml"))]
    plain = [raw for raw in mails if b"multipart/" not in raw[:4096].lower()]
    result: dict[str, object] = {"mails": len(mails), "plain": len(plain)}
    for name, read in READERS.items():
        times = milliseconds(read, mails)
        result[name] = {"mean_ms": round(statistics.mean(times), 3), "median_ms": round(statistics.median(times), 3)}
    result["mailbot_plain_median_ms"] = round(statistics.median(milliseconds(parse, plain)), 3)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
