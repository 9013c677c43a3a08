"""The house rules that no linter knows: lengths, first sentences, names, layers, and help for every command."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from mailbot.cli import build

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "mailbot").rglob("*.py"))
OTHERS = sorted(path for folder in ("tests", "bench") for path in (ROOT / folder).rglob("*.py"))
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
NO_NAMES = {"data", "info", "obj", "utils", "helpers", "manager", "base", "common", "ticket"}


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def in_each(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=shown)


@in_each(MODULES + OTHERS)
def test_a_file_is_short_enough_to_be_read_at_once(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_FILE, "a room is missing: move a part out"


@in_each([path for path in MODULES + OTHERS if path.parent.name != "versions"])  # a migration is one list of tables
def test_a_function_is_short_enough_to_be_read_at_once(path: Path) -> None:
    long = [node.name for node in functions(path) if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION]
    assert not long


@in_each(MODULES + [path for path in OTHERS if path.stat().st_size])  # an empty file only makes a folder a package
def test_a_module_opens_with_a_sentence_that_says_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert docstring
    assert docstring.partition("\n")[0].endswith((".", "?")), docstring


@in_each(MODULES)
def test_names_say_what_they_stand_for(path: Path) -> None:
    assert not NO_NAMES & {path.stem, *names(path)}


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def names(path: Path) -> Iterator[str]:
    """Names that this file gives: of classes, functions, arguments and variables."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def test_imports_keep_to_the_layers_and_the_doors() -> None:
    """In a process of its own: import-linter sets up logging, and with it switches off every logger that is there."""
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run([sys.executable, "-c", lint, "--no-cache"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()


def commands() -> list[tuple[str, Any]]:
    """Every command and sub-command with its full name."""
    return list(_below("mailbot", typer.main.get_command(build())))


def _below(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
    else:
        for part, each in inner.items():
            yield from _below(f"{name} {part}", each)


def test_every_command_has_help_with_an_example() -> None:
    without = [name for name, command in commands() if name not in f"{command.help} {command.epilog}"]
    assert not without, "write an example into the docstring of these commands"


def test_every_command_stands_in_the_documents() -> None:
    documents = "\n".join(path.read_text("utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    assert not [name for name, _ in commands() if name not in documents]


def test_every_command_in_the_table_of_commands_is_there() -> None:
    rows = re.findall(r"^\| (`mailbot .*?) \|", (ROOT / "docs/operations.md").read_text("utf-8"), re.MULTILINE)
    written = {
        words for row in rows for words in re.findall(r"`(mailbot (?:directory )?[a-z]+(?: check| login)?)", row)
    }
    assert written == {name for name, _ in commands()}
