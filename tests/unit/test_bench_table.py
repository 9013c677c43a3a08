"""The table of scripts/bench says what its benches measured: every step and way, and what differed from the truth."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bench() -> Any:
    """bench/table.py, which is a program and no part of the package."""
    spec = spec_from_file_location("bench_table", ROOT / "bench" / "table.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    sys.modules["bench_table"] = module
    spec.loader.exec_module(module)
    return module


def path(**changes: Any) -> dict[str, Any]:
    """What bench/path.py prints of one engine."""
    return {
        "floor_ms": 1.5,
        "steps_1_to_9_ms": 5.0,
        "with_delivery_ms": 6.25,
        "times_the_floor": {"steps_1_to_9": 3.33, "with_delivery": 4.17},
        "steps_ms": {"record": 0.25, "take": 0.5, "classify": 2.0},
        "wrong": {},
    } | changes


def way(**changes: Any) -> dict[str, Any]:
    """What bench/inputs.py prints of one way."""
    found = {"processes": 1, "cpu_ms": 8.0, "once_ms": 310, "mails_a_second": 95.4, "letters": 300, "wrong": {}}
    return found | changes


def line_of(text: str, name: str) -> list[str]:
    """The cells of the line with this name."""
    (line,) = (line for line in text.splitlines() if line.strip().startswith(name))
    return line.strip().removeprefix(name).split()


def test_a_step_costs_milliseconds_and_lets_so_many_through(bench: Any) -> None:
    text = bench.table({"mails": 500, "sqlite": path(), "postgresql": path(steps_1_to_9_ms=10.0)}, {})
    assert line_of(text, "classify") == ["2.00", "500", "2.00", "500"]
    assert line_of(text, "steps 1 to 9") == ["5.00", "200", "10.00", "100"]
    assert line_of(text, "with delivery over SMTP") == ["6.25", "160", "6.25", "160"]
    assert "500 mails" in text


def test_steps_stand_in_their_order_and_only_those_that_were_measured(bench: Any) -> None:
    names = [row.name.strip() for row in bench.rows_of_path({"sqlite": path()})]
    steps = [name for name in names if name in bench.STEPS]
    assert steps == ["record", "take", "classify"]


def test_what_one_client_costs_is_told_where_it_was_measured(bench: Any) -> None:
    alone = {"steps_1_to_9_ms": 8.0, "with_delivery_ms": 10.0}
    text = bench.table({"sqlite": path(one_client=alone), "postgresql": path(one_client=alone)}, {})
    assert line_of(text, "steps 1 to 9, one client") == ["8.00", "125", "8.00", "125"]
    assert "one client" not in bench.table({"sqlite": path()}, {})


def test_a_way_is_told_by_the_clock(bench: Any) -> None:
    inputs = {"mails": 300, "sqlite": {"smtp": way()}, "postgresql": {"smtp": way(cpu_ms=12.5, mails_a_second=60.2)}}
    assert line_of(bench.table({}, inputs), "SMTP") == ["8.00", "95", "12.50", "60"]


def test_an_engine_that_was_not_measured_has_empty_cells(bench: Any) -> None:
    text = bench.table({"sqlite": path()}, {"postgresql": {"lmtp": way()}})
    assert line_of(text, "steps 1 to 9") == ["5.00", "200", "-", "-"]
    assert line_of(text, "LMTP") == ["-", "-", "8.00", "95"]


def test_every_way_of_the_bench_has_a_line(bench: Any) -> None:
    inputs = {"sqlite": {name: way() for name in bench.WAYS}}
    assert [row.name for row in bench.rows_of_inputs(inputs)] == list(bench.WAYS.values())


def test_the_ratio_to_the_floor_is_told_for_each_engine(bench: Any) -> None:
    told = list(bench.remarks({"sqlite": path(), "postgresql": path()}, {}))
    assert "SQLite: 3.33 times the floor, 4.17 with delivery" in told
    assert "PostgreSQL: 3.33 times the floor, 4.17 with delivery" in told


def test_what_comes_once_is_told_beside_the_table(bench: Any) -> None:
    inputs = {"sqlite": {"smtp": way(), "files": way(once_ms=720)}}
    told = list(bench.remarks({}, inputs))
    assert "SQLite, once a start: SMTP 310 ms, files (Maildir, import) 720 ms" in told
    assert not any("PostgreSQL" in line for line in told)


def test_what_differs_from_the_truth_cannot_be_overlooked(bench: Any) -> None:
    inputs = {"sqlite": {"imap": way(wrong={"lost": 2, "files changed": 1})}}
    text = bench.table({"postgresql": path(wrong={"strangers in one case": 1})}, inputs)
    assert line_of(text, "IMAP (Dovecot)") == ["8.00", "95", "!", "-", "-"]
    assert "SQLite, IMAP (Dovecot): lost 2 times" in text
    assert "SQLite, IMAP (Dovecot): files changed 1 times" in text
    assert "PostgreSQL, inside one process: strangers in one case 1 times" in text
    assert "Every mail was kept" not in text


def test_that_all_was_right_is_said_too(bench: Any) -> None:
    assert "Every mail was kept to the byte" in bench.table({"sqlite": path()}, {"sqlite": {"smtp": way()}})


def test_both_benches_name_the_same_ways_and_steps(bench: Any) -> None:
    """They are programs that need a database to run; what they offer is read from their own help."""
    line = [sys.executable, str(ROOT / "bench" / "inputs.py"), "--help"]
    told = subprocess.run(line, capture_output=True, check=True, cwd=ROOT).stdout.decode()
    assert f"{{{','.join(bench.WAYS)}}}" in told.replace("\n", "").replace(" ", "")
    steps = (ROOT / "bench" / "steps.py").read_text("utf-8")
    assert all(f'"{step}"' in steps for step in bench.STEPS)


def test_a_bench_that_is_not_there_is_named_before_any_runs() -> None:
    """The script installs first; what it does with names is looked at without that."""
    script = (ROOT / "scripts" / "bench").read_text("utf-8").replace("scripts/install all\n", "")
    line = ["sh", "-c", script.replace('cd "$(dirname "$0")/.."', f"cd {ROOT}"), "bench", "bench/nothing.py"]
    done = subprocess.run(line, capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stderr == b"There is no benchmark bench/nothing.py.\n"
