"""Read mutated mails until the time is up; each find is written to a folder, and a JSON line tells the sum.

python -m tests.fuzz.fuzz_parse --seconds 600 [--seed N] [--corpus FOLDER]... [--finds FOLDER]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import sys
import time
import traceback
from pathlib import Path

from tests.fuzz.mutation import mutated
from tests.fuzz.oracle import check

SLOW_SECONDS = 1.0
MAIL = Path(__file__).parent.parent / "mail"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, action="append", default=[])
    parser.add_argument("--finds", type=Path, default=Path("finds"))
    return parser.parse_args()


def say(**row: object) -> None:
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


def attempt(raw: bytes) -> tuple[str, float]:
    """What was found with this mail, "" when nothing was, and the CPU seconds it took."""
    start = time.process_time()
    find = ""
    try:
        check(raw)
    except Exception as error:  # noqa: BLE001 whatever it is, it is what we look for
        find = f"{type(error).__name__} {traceback.extract_tb(error.__traceback__)[-1].name}"
    taken = time.process_time() - start
    return find or ("slow" if taken > SLOW_SECONDS else ""), taken


def main() -> int:
    options = arguments()
    logging.disable()
    paths = [path for folder in (MAIL, *options.corpus) for path in sorted(folder.rglob("*")) if path.is_file()]
    corpus = [path.read_bytes()[:100_000] for path in paths]
    end, tried, slowest, kinds = time.monotonic() + options.seconds, 0, 0.0, set()
    while time.monotonic() < end:
        raw = mutated(corpus, options.seed + tried)
        tried += 1
        find, taken = attempt(raw)
        slowest = max(slowest, taken)
        if find and find not in kinds:
            kinds.add(find)
            options.finds.mkdir(exist_ok=True)
            (options.finds / f"{hashlib.sha256(raw).hexdigest()[:12]}.eml").write_bytes(raw)
            say(find=find, seed=options.seed + tried - 1, seconds=round(taken, 2))
    say(tried=tried, corpus=len(corpus), finds=len(kinds), slowest_s=round(slowest, 2))
    return 1 if kinds else 0


if __name__ == "__main__":
    raise SystemExit(main())
