"""How the time of a function grows with its input: no stopwatch, only n against 2n."""

from __future__ import annotations

import time
from collections.abc import Callable


def growth(run: Callable[[bytes], object], make: Callable[[int], bytes], n: int) -> float:
    """The time for 2n over the time for n, each the best of five; about 2 when linear, 4 when quadratic."""
    return _best(run, make(2 * n)) / _best(run, make(n))


def _best(run: Callable[[bytes], object], raw: bytes) -> float:
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        run(raw)
        best = min(best, time.process_time() - start)
    return max(best, 1e-4)
