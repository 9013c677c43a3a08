"""How the time of a function grows with its input: no stopwatch, only n against 2n."""

from __future__ import annotations

import time
from collections.abc import Callable

# Below this the noise of a busy machine is larger than what is measured.
_NOISE = 2e-3


def growth(run: Callable[[bytes], object], make: Callable[[int], bytes], n: int) -> float:
    """The CPU time for 2n over the time for n; about 2 when linear, 4 when quadratic.

    The smallest of three tries, because a busy machine can only make a ratio worse.
    """
    single, double = make(n), make(2 * n)
    return min(_best(run, double) / _best(run, single) for _ in range(3))


def _best(run: Callable[[bytes], object], raw: bytes) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        run(raw)
        best = min(best, time.process_time() - start)
    return max(best, _NOISE)
