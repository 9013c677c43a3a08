"""Templates, playbook, migrations and the commented configuration load from a wheel and from an editable install."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OFFLINE = ["--no-deps", "--no-index", "--no-build-isolation", "--quiet", "--disable-pip-version-check"]


@pytest.fixture(params=["wheel", "editable"])
def installed(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A fresh virtual environment with mailbot in it, which sees our dependencies but not this folder."""
    environment = tmp_path / "venv"
    venv.create(environment)
    python = environment / "bin/python"
    site = output(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    (Path(site) / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    what = ["--editable", str(ROOT)] if request.param == "editable" else [str(built_wheel(tmp_path))]
    output(Path(sys.executable), "-m", "pip", f"--python={python}", "install", *OFFLINE, *what)
    return environment / "bin"


def built_wheel(folder: Path) -> Path:
    output(Path(sys.executable), "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist"), cwd=ROOT)
    [wheel] = (folder / "dist").glob("*.whl")
    return wheel


def output(program: Path, *arguments: str, cwd: Path = Path("/")) -> str:
    """What a program prints; the test fails with all it said when it does not end well."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("MAILBOT_", "PYTHON"))}
    done = subprocess.run(
        [program, *arguments],
        cwd=cwd,
        env=environ,
        capture_output=True,
        text=True,
        timeout=300,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def test_an_installed_mailbot_has_all_that_it_needs(installed: Path, tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    output(installed / "mailbot", "init", str(desk))
    assert "TODO" not in output(installed / "mailbot", "check", "--config", str(desk / "mailbot.toml"))
    letter = output(installed / "mailbot", "preview", "acknowledgment", "--language", "es")
    assert letter.startswith("Subject: Hemos recibido su solicitud"), letter


def test_the_wheel_holds_the_program_and_nothing_of_the_tests(tmp_path: Path) -> None:
    names = output(Path(sys.executable), "-m", "zipfile", "-l", str(built_wheel(tmp_path)))
    paths = [line.split()[0] for line in names.splitlines()[1:]]
    assert {path.split("/")[0] for path in paths} == {"mailbot", "mailbot-0.1.0.dist-info"}
    assert any(path.startswith("mailbot/templates/letters/acknowledgment/en/") for path in paths)
