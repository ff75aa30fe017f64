"""Users' functions called where they belong: async ones here, plain ones in threads of their own."""

import asyncio
import contextvars
import inspect
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from runcast.futures import fail_from_thread, resolve_from_thread

MAX_THREADS = 64

_in_a_slot: contextvars.ContextVar[bool] = contextvars.ContextVar("in_a_slot", default=False)


class ThreadSlots:
    """How many plain functions of one run are at work at once.

    What is called from within one that has a slot gets by without, because the slot that it would
    wait for might be the caller's.
    """

    def __init__(self, slots: int = MAX_THREADS) -> None:
        self._slots = asyncio.Semaphore(slots)

    @asynccontextmanager
    async def slot(self, function: Callable[..., Any]) -> AsyncIterator[None]:
        """Hold a slot if the function needs one; an async one does not."""
        if inspect.iscoroutinefunction(function) or _in_a_slot.get():
            yield
            return
        async with self._slots:
            token = _in_a_slot.set(True)
            try:
                yield
            finally:
                _in_a_slot.reset(token)


class Exited(RuntimeError):
    """A user's function called for the end of the process, which is not its to end."""


async def call(function: Callable[..., Any], *args: Any, name: str) -> Any:
    """Return what a function returns; a plain one runs in a thread called `name`.

    What a plain function returns is awaited here if it can be: a lambda around a coroutine function.

    Raises:
        Exited: it raised SystemExit or KeyboardInterrupt, which would end the event loop.
    """
    try:
        if inspect.iscoroutinefunction(function):
            return await function(*args)
        result = await in_thread(function, *args, name=name)
        return await result if inspect.isawaitable(result) else result
    except (SystemExit, KeyboardInterrupt) as error:
        raise Exited(f"it called for the end of the process, with {error!r}") from error


async def in_thread(function: Callable[..., Any], *args: Any, name: str) -> Any:
    """Return what a blocking function returns, run in a daemon thread with the caller's context.

    If the awaiting task is cancelled the thread goes on; nobody hears what becomes of it. The thread
    is a daemon, so that it never keeps the process from ending.
    """
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    context = contextvars.copy_context()

    def work() -> None:
        try:
            result = context.run(function, *args)
        except BaseException as error:  # noqa: BLE001 - it is raised where the thread is awaited
            fail_from_thread(future, error)
        else:
            resolve_from_thread(future, result)

    threading.Thread(target=work, name=name, daemon=True).start()
    return await future
