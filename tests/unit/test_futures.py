"""Futures settled from other threads, and tasks ended for certain."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from runcast.futures import end, fail_from_thread, resolve_from_thread


def from_a_thread(work: Callable[[], None]) -> None:
    """Run this in another thread, and wait for it."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


async def test_a_thread_resolves_a_future() -> None:
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    from_a_thread(lambda: resolve_from_thread(future, 3))
    assert await future == 3


async def test_a_thread_fails_a_future() -> None:
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    from_a_thread(lambda: fail_from_thread(future, KeyError("k")))
    with pytest.raises(KeyError, match="k"):
        await future


async def test_a_stop_iteration_arrives_as_a_failure() -> None:
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    from_a_thread(lambda: fail_from_thread(future, StopIteration(1)))
    with pytest.raises(RuntimeError, match="StopIteration"):
        await future


async def test_what_nobody_waits_for_any_more_is_dropped() -> None:
    loop = asyncio.get_running_loop()
    futures = [loop.create_future(), loop.create_future()]
    for future in futures:
        future.cancel()
    from_a_thread(lambda: resolve_from_thread(futures[0], 3))
    from_a_thread(lambda: fail_from_thread(futures[1], KeyError("k")))
    await asyncio.sleep(0)
    assert all(future.cancelled() for future in futures)


def test_a_closed_loop_hears_nothing_and_harms_no_thread() -> None:
    loop = asyncio.new_event_loop()
    future: asyncio.Future[int] = loop.create_future()
    loop.close()
    resolve_from_thread(future, 3)
    fail_from_thread(future, KeyError("k"))
    assert not future.done()


async def test_a_task_that_loses_a_cancel_is_ended_all_the_same() -> None:
    lost = 0

    async def stubborn() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                lost += 1
                if lost > 1:
                    raise

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await end(task)
    assert (task.cancelled(), lost) == (True, 2)
    await end(task)


async def test_a_task_that_has_failed_has_ended() -> None:
    async def fail() -> None:
        raise ValueError("x")

    task = asyncio.create_task(fail())
    await asyncio.sleep(0)
    await end(task)
    assert isinstance(task.exception(), ValueError)
