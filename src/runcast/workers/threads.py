"""Plain functions in threads of their own, which never keep the process from ending."""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from typing import Any

from runcast.futures import fail_from_thread, resolve_from_thread


async def in_thread(function: Callable[..., Any], *args: Any, name: str) -> Any:
    """Return what a blocking function returns, run in a daemon thread with the caller's context.

    If the awaiting task is cancelled the thread goes on; nobody hears what becomes of it.
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
