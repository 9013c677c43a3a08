"""One table of what mailbot costs, from what bench/path.py and bench/inputs.py print.

python bench/table.py               # for people
python bench/table.py --json        # what the benches printed, as one JSON object
python bench/table.py --mails 200   # sooner, and less sure
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
#: In the order in which a message meets them.
STEPS = (
    *("record", "take", "parse", "screen", "read files", "match", "classify"),
    *("decide", "budgets", "compose", "keep", "commit"),
)
WAYS = {
    "smtp": "SMTP",
    "lmtp": "LMTP",
    "imap": "IMAP (Dovecot)",
    "files": "files (Maildir, import)",
    "smtp+smtp": "SMTP, two processes",
}
_NAME, _NUMBER = 38, 11


@dataclass(frozen=True)
class Cost:
    """CPU milliseconds a message, messages a second, and how often the truth was missed."""

    ms: float
    a_second: float
    wrong: int = 0


@dataclass(frozen=True)
class Row:
    """One line, with what it costs on each engine that was measured."""

    name: str
    costs: tuple[Cost | None, ...]


def rows_of_path(path: dict[str, Any]) -> Iterator[Row]:
    """The steps inside one process; a second holds as many messages as its milliseconds of CPU allow."""
    measured = [path.get(engine) for engine in ENGINES]

    def row(name: str, ms: Any) -> Row:
        return Row(name, tuple(_of_cpu(ms(each)) if each else None for each in measured))

    yield row("a bare parse and commit (the floor)", lambda each: each["floor_ms"])
    for step in STEPS:
        if any(each and each["steps_ms"].get(step) for each in measured):
            yield row(f"  {step}", lambda each, step=step: each["steps_ms"].get(step, 0.0))
    yield row("steps 1 to 9", lambda each: each["steps_1_to_9_ms"])
    yield row("  with delivery over SMTP", lambda each: each["with_delivery_ms"])
    if any(each and "one_client" in each for each in measured):
        yield row("steps 1 to 9, one client", lambda each: each["one_client"]["steps_1_to_9_ms"])
        yield row("  with delivery over SMTP", lambda each: each["one_client"]["with_delivery_ms"])


def rows_of_inputs(inputs: dict[str, Any]) -> Iterator[Row]:
    """The whole service by each way in, by the clock."""
    for way, name in WAYS.items():
        found = [inputs.get(engine, {}).get(way) for engine in ENGINES]
        if any(found):
            costs = (each and Cost(each["cpu_ms"], each["mails_a_second"], _total(each["wrong"])) for each in found)
            yield Row(name, tuple(costs))


def _of_cpu(ms: float) -> Cost:
    return Cost(ms, 1000 / ms if ms else 0.0)


def _total(wrong: dict[str, int]) -> int:
    return sum(wrong.values())


def table(path: dict[str, Any], inputs: dict[str, Any]) -> str:
    """Both as lines of text; what went wrong is told below."""
    heading = "".join(f"{f'{name} ms':>{_NUMBER + 4}}{'a second':>{_NUMBER}}" for name in ENGINES.values())
    lines = [f"{'':{_NAME}}{heading}", f"inside one process, {path.get('mails', 0)} mails, by its CPU"]
    lines += [_line(row) for row in rows_of_path(path)]
    lines.append(f"the whole service, {inputs.get('mails', 0)} mails, from the socket to the letter, by the clock")
    lines += [_line(row) for row in rows_of_inputs(inputs)]
    return "\n".join([*lines, *remarks(path, inputs)])


def _line(row: Row) -> str:
    return f"{row.name:{_NAME}}" + "".join(_cells(cost) for cost in row.costs)


def _cells(cost: Cost | None) -> str:
    if cost is None:
        return f"{'-':>{_NUMBER + 4}}{'-':>{_NUMBER}}"
    mark = " !" if cost.wrong else ""
    return f"{cost.ms:{_NUMBER + 4}.2f}{f'{cost.a_second:.0f}{mark}':>{_NUMBER}}"


def remarks(path: dict[str, Any], inputs: dict[str, Any]) -> Iterator[str]:
    """The ratios to the floor, and every difference from the truth by its name."""
    for engine, name in ENGINES.items():
        if found := path.get(engine):
            ratios = found["times_the_floor"]
            yield f"{name}: {ratios['steps_1_to_9']} times the floor, {ratios['with_delivery']} with delivery"
        yield from _once(name, inputs.get(engine, {}))
    wrong = [
        f"{ENGINES[engine]}, {where}: {what} {count} times"
        for engine in ENGINES
        for where, found in (("inside one process", path.get(engine, {})), *_ways(inputs.get(engine, {})))
        for what, count in found.get("wrong", {}).items()
    ]
    yield from wrong or ["Every mail was kept to the byte, each reply in its own case, and each inquiry answered once."]


def _once(engine: str, measured: dict[str, Any]) -> Iterator[str]:
    """What the first mails of a service cost more than the later ones, which are in the table."""
    told = [f"{WAYS[way]} {found['once_ms']} ms" for way, found in measured.items() if "once_ms" in found]
    if told:
        yield f"{engine}, once a start: {', '.join(told)}"


def _ways(measured: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for way, found in measured.items():
        yield WAYS[way], found


def printed(name: str, *arguments: str) -> dict[str, Any]:
    """What a bench beside this one prints."""
    line = [sys.executable, str(Path(__file__).with_name(name)), *arguments]
    found: dict[str, Any] = json.loads(subprocess.run(line, check=True, stdout=subprocess.PIPE).stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=1, help="of bench/path.py")
    parser.add_argument("--json", action="store_true", dest="as_json")
    options = parser.parse_args()
    path = printed("path.py", "--mails", str(options.mails), "--rounds", str(options.rounds))
    inputs = printed("inputs.py", "--mails", str(options.mails))
    print(json.dumps({"path": path, "inputs": inputs}, indent=1) if options.as_json else table(path, inputs))


if __name__ == "__main__":
    main()
