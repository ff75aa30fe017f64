"""Which open transactions have written, and in which task: what SQLite's write lock knows by itself."""

import asyncio
import re
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event

_READS = re.compile(r"\s*(?:SELECT|PRAGMA|EXPLAIN|VALUES|SHOW)\b", re.IGNORECASE)
_writers: WeakKeyDictionary[Connection, "asyncio.Task[Any] | None"] = WeakKeyDictionary()


def is_read(statement: str) -> bool:
    """Tell whether a statement begins as those do that only read."""
    return _READS.match(statement) is not None


def watch(engine: Engine) -> None:
    """Watch an engine's connections from their first write to the end of the transaction."""
    event.listen(engine, "before_cursor_execute", _on_statement)
    event.listen(engine, "commit", _on_end)
    event.listen(engine, "rollback", _on_end)


def has_written(connection: Connection) -> bool:
    """Tell whether the open transaction of a connection of a watched engine has written."""
    return connection in _writers


def is_of_this_task(engine: Engine) -> bool:
    """Tell whether a transaction that the current task wrote in is open on a watched engine."""
    if not _writers:
        return False
    task = asyncio.current_task()
    return any(
        writer is task and connection.engine is engine for connection, writer in _writers.items()
    )


def _on_statement(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    if connection not in _writers and not is_read(statement):
        _writers[connection] = asyncio.current_task()


def _on_end(connection: Connection) -> None:
    _writers.pop(connection, None)
