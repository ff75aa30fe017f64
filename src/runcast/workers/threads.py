"""Users' functions called where they belong: async ones here, plain ones in threads of their own."""

import asyncio
import contextvars
import inspect
import threading
from collections.abc import Callable
from typing import Any

from runcast.futures import fail_from_thread, resolve_from_thread


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
