"""The lock files name every dependency with its digests, and no registry (ATTACKS A130)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-service.lock", "tests/servers/postgresql.lock")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def normal(requirement: str) -> str:
    """The name of a requirement as the locks write it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", requirement)[0]).lower()


def locked(name: str) -> dict[str, list[str]]:
    """Each locked name (once for each marker) with its lines of digests."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / name).read_text("utf-8").splitlines():
        if line.startswith("    --hash="):
            found[list(found)[-1]].append(line)
        elif line and not line.startswith("#"):
            found[line] = []
    return found


def names(lock: str) -> set[str]:
    return {normal(line) for line in locked(lock)}


@pytest.mark.parametrize("lock", LOCKS)
def test_a130_every_locked_version_is_exact_and_has_digests(lock: str) -> None:
    for line, digests in locked(lock).items():
        assert re.match(r"[a-z0-9-]+==[0-9][^ ]*( ;.*)? \\$", line), line
        assert digests, line
        assert all(re.match(r"    --hash=sha256:[0-9a-f]{64}( \\)?$", digest) for digest in digests), line


@pytest.mark.parametrize("lock", LOCKS)
def test_a130_no_registry_and_no_path_stands_in_a_lock(lock: str) -> None:
    assert "/" not in (ROOT / lock).read_text("utf-8")


def test_a130_every_dependency_is_locked() -> None:
    extras = [each for group in PROJECT["optional-dependencies"].values() for each in group]
    remedy = "run scripts/lock"
    assert {normal(each) for each in PROJECT["dependencies"]} <= names("requirements-service.lock"), remedy
    assert {normal(each) for each in PROJECT["dependencies"] + extras} <= names("requirements.lock"), remedy


def test_a130_the_service_runs_on_versions_that_were_tested() -> None:
    def versions(lock: str) -> set[str]:
        return {line.split()[0] for line in locked(lock)}

    assert versions("requirements-service.lock") <= versions("requirements.lock")
