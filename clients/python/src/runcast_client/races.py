"""Several coroutines run side by side until the first of them returns."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def first_to_return(*runners: Coroutine[Any, Any, T]) -> T:
    """Run all, return (or raise) what the first to end did, and cancel the others.

    Of several that end in the same turn of the loop the one named first counts.
    """
    tasks = [asyncio.ensure_future(runner) for runner in runners]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return next(task for task in tasks if task.done()).result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
