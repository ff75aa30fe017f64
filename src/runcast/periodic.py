"""The one shape of what looks again and again: start, stop, goes on after a failure, can be woken."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from runcast.futures import end

logger = logging.getLogger(__name__)


class Periodic:
    """Calls `look` so many seconds after the last look has ended, or as soon as it is woken.

    Of failures that follow one another only the first is logged, and that they are over: what fails each
    second would hide everything else that is said.

    Args:
        seconds: how long to wait between two looks.
        look: what is done; whatever it raises, it is called again.
        name: what the log and the task call it.
    """

    def __init__(self, seconds: float, look: Callable[[], Awaitable[None]], name: str) -> None:
        self._seconds = seconds
        self._look = look
        self._name = name
        self._woken = asyncio.Event()
        self._failing = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start; the first look comes after the first wait."""
        self._task = asyncio.get_running_loop().create_task(self._look_forever(), name=self._name)

    async def stop(self) -> None:
        """Stop, in the middle of a look too. Safe to call twice, or without a start."""
        if self._task is not None:
            await end(self._task)

    def wake(self) -> None:
        """Look at once; if it is looking, look again after that."""
        self._woken.set()

    async def _look_forever(self) -> None:
        while True:
            await self._wait()
            try:
                await self._look()
            except Exception as error:  # noqa: BLE001 - whatever it was, looking goes on
                self._failed(error)
            else:
                self._succeeded()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                await self._woken.wait()
        except TimeoutError:
            return
        finally:
            self._woken.clear()

    def _failed(self, error: Exception) -> None:
        if not self._failing:
            logger.warning("%s: a look failed, and is made again", self._name, exc_info=error)
        self._failing = True

    def _succeeded(self) -> None:
        if self._failing:
            logger.info("%s: looks again", self._name)
        self._failing = False
