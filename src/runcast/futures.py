"""Settling a future of an event loop from another thread."""

import asyncio
import contextlib
from typing import Any


def resolve_from_thread(future: "asyncio.Future[Any]", result: Any) -> None:
    """Give the future its result, unless its loop is closed or nobody waits any more."""
    _call(future, _resolve, result)


def fail_from_thread(future: "asyncio.Future[Any]", error: BaseException) -> None:
    """Make the future raise, unless its loop is closed or nobody waits any more."""
    # A StopIteration cannot be raised into a future; what was meant is a failure.
    _call(future, _fail, RuntimeError(repr(error)) if isinstance(error, StopIteration) else error)


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
