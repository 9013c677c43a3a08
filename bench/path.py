"""What the path of a message costs, step by step, beside the floor of the same run; prints one JSON object.

The mails are handed to the recorder as by twenty clients of the listener at once, as the service takes them: mails that
wait at the same time share a commit. "one_client" tells the same for a single client, whose mails get a commit each.

python bench/path.py                                # 1000 made mails, SQLite and PostgreSQL
python bench/path.py --folder FOLDER --engine sqlite --rounds 5
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench_desk import Post, answered, folder_of, last_letter, made_post, open_desk  # noqa: E402
from correspondence import correspondence  # noqa: E402
from floor import floor_ms  # noqa: E402
from sink import sink_process  # noqa: E402
from steps import Steps, cpu_of, watched  # noqa: E402
from truth import differences  # noqa: E402

from mailbot.app import App  # noqa: E402
from tests.servers.postgres import postgres_server  # noqa: E402

CLIENTS = 20
#: How many mails go before those that are measured, at the same desk.
_FEW = 200


@dataclass(frozen=True)
class Spent:
    """CPU milliseconds and seconds of one stretch of work; `children` is what the file readers took of the CPU."""

    cpu_ms: float
    children_ms: float
    seconds: float


class Meter:
    """Adds up what the blocks under it take."""

    def __init__(self) -> None:
        self.spent = Spent(0.0, 0.0, 0.0)

    @contextmanager
    def running(self) -> Iterator[None]:
        cpu, whole, clock = time.process_time(), cpu_of(os.getpid()), time.perf_counter()
        yield
        own = time.process_time() - cpu
        children = max(0.0, cpu_of(os.getpid()) - whole - own)
        before = self.spent
        self.spent = Spent(
            before.cpu_ms + 1000 * own,
            before.children_ms + 1000 * children,
            before.seconds + time.perf_counter() - clock,
        )


def run(app: App, post: Post, clients: int, *, steps: Steps | None) -> dict[str, Any]:
    """All mails recorded for so many clients at once, taken in, and their letters sent to the sink."""
    taken_in, sent = Meter(), Meter()
    before = last_letter(app)
    for part in post.parts:
        files = part(answered(app, before))
        with taken_in.running(), _counted(steps, "commit"):
            post.record(app, files, clients)
        with taken_in.running(), _counted(steps, "commit"):
            app.intake.take_in_all()
    with sent.running():
        letters = app.dispatch.deliver_due()
    count = post.count
    return {
        "letters": letters,
        "steps_1_to_9_ms": taken_in.spent.cpu_ms / count,
        "file_readers_ms": taken_in.spent.children_ms / count,
        "with_delivery_ms": (taken_in.spent.cpu_ms + sent.spent.cpu_ms) / count,
        "mails_a_second": count / taken_in.spent.seconds,
        "letters_a_second": letters / sent.spent.seconds if letters else 0.0,
    }


@contextmanager
def _counted(steps: Steps | None, step: str) -> Iterator[None]:
    if steps is None:
        yield
        return
    with steps.counted(step):
        yield


def measured(post: Post, few: Post, engine: str, rounds: int, sink: str, server: Any) -> dict[str, Any]:
    """The median of some rounds; then the steps; then whether all was done right.

    The floor of a run is the mean of one before and one after it: the machine's own speed changes within minutes.
    """

    @contextmanager
    def desk() -> Iterator[App]:
        """A desk that has worked: with its first mails expressions, templates and shapes of letters are made."""
        with open_desk(engine, server, sink) as app:
            run(app, few, CLIENTS, steps=None)
            yield app

    many, alone = [], []
    floor = floor_ms(post.files)
    for _ in range(rounds):
        for runs, clients in ((many, CLIENTS), (alone, 1)):
            with desk() as app:
                done = run(app, post, clients, steps=None)
            before, floor = floor, floor_ms(post.files)
            runs.append((done, (before + floor) / 2))
    with watched() as steps, desk() as app:
        warmed = dict(steps.spent)
        run(app, post, CLIENTS, steps=steps)
        wrong = differences(app, post.mails, post.files) if post.mails else {}
    each_step = {
        name: round((spent - warmed.get(name, 0)) / 1e6 / post.count, 3) for name, spent in steps.spent.items()
    }
    return {
        "floor_ms": round(statistics.median(floor for _, floor in many), 3),
        "clients": CLIENTS,
        **_middle(many),
        "one_client": _middle(alone),
        "steps_ms": each_step,
        "wrong": wrong,
    }


def _middle(runs: list[tuple[dict[str, Any], float]]) -> dict[str, Any]:
    """The median of each figure, and of its ratio to the floor of its own run."""
    ratios = {
        name: round(statistics.median(each[f"{name}_ms"] / floor for each, floor in runs), 2)
        for name in ("steps_1_to_9", "with_delivery")
    }
    return {name: round(statistics.median(each[name] for each, _ in runs), 3) for name in runs[0][0]} | {
        "times_the_floor": ratios
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="measure these .eml files instead of made ones")
    parser.add_argument("--engine", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    engines = ["sqlite", "postgresql"] if options.engine == "both" else [options.engine]
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if options.folder:
            post, few = folder_of(options.folder, options.mails), folder_of(options.folder, _FEW)
        else:
            post = made_post(correspondence(options.mails, options.seed), scratch / "mails")
            few = made_post(correspondence(_FEW, options.seed + 1), scratch / "few")
        sink = stack.enter_context(sink_process())
        server = stack.enter_context(postgres_server(durable=True)) if "postgresql" in engines else None
        result = {engine: measured(post, few, engine, options.rounds, sink, server) for engine in engines}
    print(json.dumps({"mails": post.count, "bytes": post.size, **result}, indent=1))


if __name__ == "__main__":
    main()
