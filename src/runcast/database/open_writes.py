"""Which transactions of an engine have written, and in which task: what SQLite's write lock knows by itself."""

import asyncio
import re
from typing import Any

from sqlalchemy import Connection, Engine, event

_READS = re.compile(r"\s*(?:SELECT|PRAGMA|EXPLAIN|VALUES|SHOW)\b", re.IGNORECASE)
_KEY = "runcast.writer"


def is_read(statement: str) -> bool:
    """Tell whether a statement begins as those do that only read."""
    return _READS.match(statement) is not None


class OpenWrites:
    """Watches an engine's connections from their first write to the end of the transaction."""

    def __init__(self, engine: Engine) -> None:
        self._tasks: dict[asyncio.Task[Any], int] = {}
        event.listen(engine, "before_cursor_execute", self._on_statement)
        event.listen(engine, "commit", self._on_end)
        event.listen(engine, "rollback", self._on_end)

    def of_this_task(self) -> bool:
        """Tell whether a transaction that the current task wrote in is open."""
        return asyncio.current_task() in self._tasks

    def _on_statement(self, connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        task = asyncio.current_task()
        if task is not None and not has_written(connection) and not is_read(statement):
            connection.info[_KEY] = task
            self._tasks[task] = self._tasks.get(task, 0) + 1

    def _on_end(self, connection: Connection) -> None:
        task = connection.info.pop(_KEY, None)
        if task is None:
            return
        self._tasks[task] -= 1
        if not self._tasks[task]:
            del self._tasks[task]


def has_written(connection: Connection) -> bool:
    """Tell whether the open transaction of a connection of a watched engine has written."""
    return _KEY in connection.info
