"""Reads that are made again for as long as the database is away or busy: an execution that runs must not
fail because of that."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from runcast.database.failures import DRIVER_ERRORS, may_pass

logger = logging.getLogger(__name__)
TRY_AGAIN_SECONDS = 0.5

T = TypeVar("T")


async def patiently(read: Callable[[], Awaitable[T]]) -> T:
    """Return what this reads, however long that takes; it must do no harm if it is done twice.

    Raises:
        Exception: whatever it raises that does not pass by itself.
    """
    while True:
        try:
            return await read()
        except DRIVER_ERRORS as error:
            if not may_pass(error):
                raise
            logger.warning("the database cannot be read yet: %r", error)
        await asyncio.sleep(TRY_AGAIN_SECONDS)
