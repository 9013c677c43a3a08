"""The turn to have a large mail in memory: one at a time, never lost, never waited for without end; and garbage."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Iterator

import pytest

from mailbot import memory
from mailbot.memory import LargeTurn, give_memory_back, nothing_to_collect


def test_only_one_has_the_turn() -> None:
    turn = LargeTurn()
    inside = []

    def work(name: str) -> None:
        with turn.held():
            inside.append(name)
            assert len(inside) == 1
            inside.remove(name)

    threads = [threading.Thread(target=work, args=(str(number),)) for number in range(8)]
    with turn.held():
        for thread in threads:
            thread.start()
        assert inside == []
    for thread in threads:
        thread.join(10)
    assert not turn._lock.locked()


def test_a_task_waits_for_a_thread_and_the_loop_goes_on() -> None:
    turn = LargeTurn()

    async def work() -> list[str]:
        told: list[str] = []

        async def waiting() -> None:
            async with turn.awaited():
                told.append("had its turn")

        with turn.held():
            task = asyncio.create_task(waiting())
            await asyncio.sleep(0)
            told.append("the loop went on")
        await task
        return told

    assert asyncio.run(work()) == ["the loop went on", "had its turn"]


def test_a_task_that_is_cancelled_while_it_waits_takes_no_turn_with_it() -> None:
    """A client that hangs up must not leave everybody behind it waiting."""
    turn = LargeTurn()

    async def work() -> None:
        async def waiting() -> None:
            async with turn.awaited():
                raise AssertionError("it was cancelled before")

        with turn.held():
            task = asyncio.create_task(waiting())
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        async with turn.awaited():
            assert turn._lock.locked()

    asyncio.run(work())
    assert not turn._lock.locked()


def test_nobody_waits_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "PATIENCE_SECONDS", 0.05)
    turn = LargeTurn()
    with turn.held(), turn.held():
        assert turn._lock.locked()
    assert not turn._lock.locked()


def test_the_c_library_is_asked_where_it_can_be() -> None:
    give_memory_back()
    give_memory_back()


@pytest.fixture
def collector() -> Iterator[None]:
    """The collector as it was before, and nothing kept from it."""
    yield
    gc.enable()
    gc.unfreeze()


@pytest.mark.usefixtures("collector")
def test_nothing_is_collected_while_modules_are_loaded() -> None:
    with nothing_to_collect():
        assert not gc.isenabled()
        with nothing_to_collect():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


@pytest.mark.usefixtures("collector")
def test_what_was_loaded_is_never_looked_through_again() -> None:
    before = gc.get_freeze_count()
    with nothing_to_collect():
        loaded = [[] for _ in range(1000)]
    assert gc.get_freeze_count() >= before + len(loaded)


@pytest.mark.usefixtures("collector")
def test_the_collector_goes_on_when_a_module_cannot_be_loaded() -> None:
    with pytest.raises(ImportError), nothing_to_collect():
        raise ImportError
    assert gc.isenabled()


@pytest.mark.usefixtures("collector")
def test_a_collector_that_somebody_switched_off_stays_off() -> None:
    gc.disable()
    with nothing_to_collect():
        pass
    assert not gc.isenabled()
