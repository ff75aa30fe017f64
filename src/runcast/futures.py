"""Futures settled from another thread, and tasks ended for certain."""

import asyncio
import contextlib
from typing import Any

_CANCEL_AGAIN_SECONDS = 0.1


def resolve_from_thread(future: "asyncio.Future[Any]", result: Any) -> None:
    """Give the future its result, unless its loop is closed or nobody waits any more."""
    _call(future, _resolve, result)


def fail_from_thread(future: "asyncio.Future[Any]", error: BaseException) -> None:
    """Make the future raise, unless its loop is closed or nobody waits any more."""
    # A StopIteration cannot be raised into a future; what was meant is a failure.
    _call(future, _fail, RuntimeError(repr(error)) if isinstance(error, StopIteration) else error)


def settle(future: "asyncio.Future[None]") -> None:
    """Let the future be done, if it is not."""
    if not future.done():
        future.set_result(None)


async def end(task: "asyncio.Task[Any]") -> None:
    """Cancel the task, and return when it has ended.

    Again and again, because a cancel can be lost: `asyncio.wait_for`, which drivers use, drops one
    that comes as its answer does, until Python 3.12.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_CANCEL_AGAIN_SECONDS)


def _call(future: "asyncio.Future[Any]", settle: Any, value: Any) -> None:
    # A closed loop refuses with a RuntimeError; asking first would leave a moment between.
    with contextlib.suppress(RuntimeError):
        future.get_loop().call_soon_threadsafe(settle, future, value)


def _resolve(future: "asyncio.Future[Any]", result: Any) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: "asyncio.Future[Any]", error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
