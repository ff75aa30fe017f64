"""One SQLite connection in one thread of its own: short functions go in, their results come out.

The standard library's connection in a thread is the hot path's whole driver: a function may run many
statements for one hop between threads, where an asynchronous driver hops for each.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from runcast.futures import fail_from_thread, resolve_from_thread

T = TypeVar("T")
_Job = tuple[Callable[[sqlite3.Connection], Any], "asyncio.Future[Any]"]

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA busy_timeout = 10000",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16000",
    "PRAGMA wal_autocheckpoint = 4000",
)


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection to the file with Runcast's pragmas and no transactions of its own making.

    Raises:
        sqlite3.OperationalError: the file cannot be opened.
    """
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    for pragma in PRAGMAS:
        connection.execute(pragma)
    return connection


class SqliteThread:
    """A connection that lives in a thread; `run` sends a function to it."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._started = False
        self._is_busy = False

    @property
    def pending(self) -> int:
        """How many functions it has to run, the one that runs included."""
        return self._jobs.qsize() + self._is_busy

    def start(self) -> None:
        """Start the thread; the connection opens with the first job."""
        self._thread.start()
        self._started = True

    async def stop(self) -> None:
        """Finish what was sent, close the connection, end the thread. Safe to call twice."""
        if self._started:
            self._started = False
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join)

    async def run(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Return what the function returns, or raise what it raises, run with the connection.

        Raises:
            sqlite3.ProgrammingError: the thread is not running.
        """
        if not self._started:
            raise sqlite3.ProgrammingError("the database is closed")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put((function, future))
        return await future

    def _work(self) -> None:
        connection: sqlite3.Connection | None = None
        while (job := self._jobs.get()) is not None:
            function, future = job
            self._is_busy = True
            try:
                connection = connection or connect(self._path)
                result = function(connection)
            except BaseException as error:  # noqa: BLE001 - it is raised where it was asked for
                self._is_busy = False
                fail_from_thread(future, error)
            else:
                # Who hears of it and asks for more finds the thread free.
                self._is_busy = False
                resolve_from_thread(future, result)
        if connection is not None:
            connection.close()
