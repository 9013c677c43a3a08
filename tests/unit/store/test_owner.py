"""A process is believed to have ended only where that is certain: on the same host, boot and container."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mailbot.store import owner
from mailbot.store.owner import has_ended, own_name

HOST, BOOT, ROOM, NUMBER, STARTED = own_name().split("/")


def of_a_process_that_ended() -> str:
    return subprocess.run(
        [sys.executable, "-c", "from mailbot.store.owner import own_name; print(own_name())"],
        env={"PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_a_process_that_runs_has_not_ended_whatever_part_of_it_is_named() -> None:
    assert not has_ended(own_name())
    assert not has_ended(own_name("a4f1"))


def test_a_process_that_is_gone_has_ended() -> None:
    name = of_a_process_that_ended()
    assert has_ended(name)
    assert has_ended(f"{name}#a4f1")


def test_a_zombie_has_ended_although_its_number_is_taken() -> None:
    child = subprocess.Popen(["true"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert Path(f"/proc/{child.pid}/stat").exists()
    assert has_ended(f"{HOST}/{BOOT}/{ROOM}/{child.pid}/1")
    child.wait()


def test_a_number_that_another_process_has_now_is_another_name() -> None:
    assert has_ended(f"{HOST}/{BOOT}/{ROOM}/{NUMBER}/{int(STARTED) - 1}")


UNKNOWABLE = {
    "nobody": "",
    "an older kind of name": "4711-a4f1",
    "another host": f"elsewhere/{BOOT}/{ROOM}/999999999/1",
    "another boot": f"{HOST}/another boot/{ROOM}/999999999/1",
    "another container": f"{HOST}/{BOOT}/pid:[1]/999999999/1",
    "no container": f"{HOST}/{BOOT}//999999999/1",
    "no number": f"{HOST}/{BOOT}/{ROOM}/no number/1",
    "a name of an older version": f"{HOST}/{BOOT}/{NUMBER}/{STARTED}",
}


@pytest.mark.parametrize("name", UNKNOWABLE.values(), ids=UNKNOWABLE.keys())
def test_nothing_is_known_of_another_host_boot_or_container(name: str) -> None:
    assert not has_ended(name)


def test_a_process_that_is_hidden_from_us_is_taken_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """/proc mounted with hidepid shows nobody what others run; the kernel still says that the number is taken."""

    def refuse(number: int, signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(owner.os, "kill", refuse)
    monkeypatch.setattr(owner, "_started", lambda number: None)
    assert not has_ended(f"{HOST}/{BOOT}/{ROOM}/1/1")
