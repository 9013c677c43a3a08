"""The signal that ends the service is heard whenever it comes, and whichever thread the kernel gives it to."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from mailbot.cli.stopping import STOP, told_to_stop

WITHIN = 60

#: The other thread sends the signal to itself, again and again until the main thread has gone on.
TO_ANOTHER_THREAD = """
import signal, threading
from mailbot.cli.stopping import told_to_stop

def send():
    signal.pthread_kill(threading.get_ident(), signal.{name})

with told_to_stop() as wait:
    threading.Thread(target=send).start()
    wait()
print("heard")
"""
BEFORE_THE_WAIT = """
import os, signal
from mailbot.cli.stopping import told_to_stop

with told_to_stop() as wait:
    os.kill(os.getpid(), signal.{name})
    wait()
print("heard")
"""
ANOTHER_SIGNAL_FIRST = """
import os, signal
from mailbot.cli.stopping import told_to_stop

signal.signal(signal.SIGUSR1, lambda *_: print("not to stop"))
with told_to_stop() as wait:
    os.kill(os.getpid(), signal.SIGUSR1)
    os.kill(os.getpid(), signal.{name})
    wait()
print("heard")
"""


def said_by(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=WITHIN, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", [number.name for number in STOP])
@pytest.mark.parametrize(
    ("program", "said"),
    [
        (TO_ANOTHER_THREAD, "heard\n"),
        (BEFORE_THE_WAIT, "heard\n"),
        (ANOTHER_SIGNAL_FIRST, "not to stop\nheard\n"),
    ],
    ids=["to another thread", "before the wait", "after another signal"],
)
def test_no_signal_to_stop_is_lost(program: str, said: str, name: str) -> None:
    assert said_by(program.format(name=name)) == said


def test_afterwards_the_signals_mean_what_they_meant() -> None:
    before = [signal.getsignal(number) for number in STOP]
    with told_to_stop():
        assert [signal.getsignal(number) for number in STOP] != before
    assert [signal.getsignal(number) for number in STOP] == before
    descriptor = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(descriptor)
    assert descriptor == -1
