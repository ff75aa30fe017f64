"""Users' functions, called where they belong."""

import asyncio
import functools
import sys
import threading
from contextvars import ContextVar
from typing import Any

import pytest

from runcast.workers.threads import Exited, ThreadSlots, call, in_thread

mark: ContextVar[str] = ContextVar("mark", default="none")


async def test_a_plain_function_runs_in_a_daemon_thread_of_that_name() -> None:
    def work(value: int) -> tuple[int, str, bool]:
        thread = threading.current_thread()
        return value, thread.name, thread.daemon

    assert await call(work, 3, name="step fit") == (3, "step fit", True)


async def test_a_thread_has_the_callers_context() -> None:
    mark.set("mine")
    assert await in_thread(mark.get, name="x") == "mine"


async def test_an_async_function_runs_on_the_loop() -> None:
    async def work() -> threading.Thread:
        return threading.current_thread()

    assert await call(work, name="x") is threading.current_thread()
    assert await call(functools.partial(work), name="x") is threading.current_thread()


async def test_what_a_plain_function_hands_back_to_be_awaited_is_awaited() -> None:
    async def work(value: int) -> int:
        return value

    assert await call(lambda: work(3), name="x") == 3


@pytest.mark.parametrize("error", [KeyError("k"), StopIteration("s")])
async def test_what_a_thread_raises_is_raised_where_it_is_awaited(error: Exception) -> None:
    def work() -> None:
        raise error

    expected = KeyError if isinstance(error, KeyError) else RuntimeError
    with pytest.raises(expected):
        await in_thread(work, name="x")


async def test_a_call_for_the_end_of_the_process_ends_the_call_alone() -> None:
    async def work() -> None:
        sys.exit(3)

    for function in (work, functools.partial(sys.exit, 3)):
        with pytest.raises(Exited, match="3"):
            await call(function, name="x")


async def test_nobody_waits_for_the_thread_of_a_cancelled_call() -> None:
    began, release = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def work() -> Any:
        loop.call_soon_threadsafe(began.set)
        return release.wait(20)

    waiting = asyncio.create_task(in_thread(work, name="x"))
    await began.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    release.set()


async def test_no_more_plain_functions_have_a_slot_than_there_are() -> None:
    slots, inside, most = ThreadSlots(2), 0, 0

    async def hold() -> None:
        nonlocal inside, most
        async with slots.slot(abs):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(hold() for _ in range(10)))
    assert most == 2


async def test_an_async_function_needs_no_slot() -> None:
    slots = ThreadSlots(1)

    async def work() -> None:
        return None

    async with slots.slot(work), slots.slot(work):
        pass


async def test_what_is_called_from_within_a_slot_does_not_wait_for_one() -> None:
    slots = ThreadSlots(1)
    loop = asyncio.get_running_loop()

    async def inner() -> int:
        async with slots.slot(abs):
            found: int = await call(abs, -3, name="inner")
            return found

    def outer() -> int:
        return asyncio.run_coroutine_threadsafe(inner(), loop).result(10)

    async with slots.slot(outer):
        assert await call(outer, name="outer") == 3


async def test_a_slot_is_given_back_by_what_fails() -> None:
    slots = ThreadSlots(1)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            async with slots.slot(abs):
                raise ZeroDivisionError
