"""How the database goes about what is asked of it: the statements of an operation, and their plans."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import event

from runcast.database import Database, PostgresDatabase, SqliteDatabase, postgres, sqlite_thread
from runcast.database.postgres_connections import Connect, connector

_DATA = ("SELECT", "UPDATE", "DELETE", "INSERT")
# What asyncpg asks for itself, once a connection.
_OF_THE_DRIVER = "set_config"
# An index that is small however large its table is.
_OF_FEW = "ix_executions_running"


@dataclass
class Asked:
    """The statements that were sent while somebody listened, each with its parameters."""

    statements: list[tuple[str, Any]] = field(default_factory=list)
    listening: bool = False

    def take(self, statement: str, parameters: Any) -> None:
        """Keep a statement that reads or writes rows."""
        is_ours = statement.lstrip().startswith(_DATA) and _OF_THE_DRIVER not in statement
        if self.listening and is_ours:
            self.statements.append((statement, parameters))

    @contextmanager
    def listen(self) -> Iterator[list[tuple[str, Any]]]:
        """Yield the statements of what the block does."""
        self.statements = []
        self.listening = True
        try:
            yield self.statements
        finally:
            self.listening = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement, how its tables are gone about, one line each, and all that the database says."""

    statement: str
    steps: tuple[str, ...]
    told: str

    @property
    def sorts(self) -> bool:
        """Whether rows are put in order instead of being found in it."""
        return any(step == "Sort" or "TEMP B-TREE FOR ORDER BY" in step for step in self.steps)

    def walks(self, table: str) -> bool:
        """Whether a table, or an index of all of it, is read from its beginning to its end."""
        return any(
            step == f"Seq Scan {table}"
            or (step.startswith(f"SCAN {table}") and not step.endswith(_OF_FEW))
            for step in self.steps
        )

    def uses(self, index: str) -> bool:
        """Whether an index of this name serves it."""
        return any(index in step for step in self.steps)


def record(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Return what hears the statements of all databases that are opened from here on."""
    asked = Asked()
    monkeypatch.setattr(postgres, "connector", _recording_connector(asked))
    connect = sqlite_thread.connect
    monkeypatch.setattr(sqlite_thread, "connect", lambda path: _Recording(connect(path), asked))
    return asked


def record_sessions(database: Database, asked: Asked) -> None:
    """Hear this database's sessions too, whose statements go past what hears the others."""
    event.listen(
        database.engine.sync_engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, parameters, *_: asked.take(statement, parameters),
    )


async def plans(database: Database, statements: list[tuple[str, Any]]) -> list[Plan]:
    """Return how the database would go about each of these now, once for each text."""
    once = list(dict(reversed(statements)).items())
    if isinstance(database, PostgresDatabase):
        return await _on_postgres(database, once)
    assert isinstance(database, SqliteDatabase)
    return [_on_sqlite(database.path, *statement) for statement in once]


def _recording_connector(asked: Asked) -> Any:
    def make(url: str, *, prepared_statements: bool) -> Connect:
        connect = connector(url, prepared_statements=prepared_statements)

        async def record_all(*args: Any, **options: Any) -> Any:
            connection = await connect(*args, **options)
            connection.add_query_logger(lambda sent: asked.take(sent.query, sent.args))
            return connection

        return record_all

    return make


class _Recording:
    """A connection to SQLite that says what it is asked."""

    def __init__(self, connection: sqlite3.Connection, asked: Asked) -> None:
        self._connection = connection
        self._asked = asked

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, statement: str, parameters: Any = ()) -> sqlite3.Cursor:
        self._asked.take(statement, parameters)
        return self._connection.execute(statement, parameters)

    def executemany(self, statement: str, parameters: Any) -> sqlite3.Cursor:
        parameters = list(parameters)
        if parameters:
            self._asked.take(statement, parameters)
        return self._connection.executemany(statement, parameters)


async def _on_postgres(database: PostgresDatabase, statements: list[tuple[str, Any]]) -> list[Plan]:
    found = []
    async with database.connection() as connection:
        for statement, parameters in statements:
            explain = f"EXPLAIN (FORMAT JSON) {statement}"
            told = await connection.fetchval(explain, *_first(parameters))
            tree = orjson.loads(told) if isinstance(told, str) else told
            steps = tuple(_steps(tree[0]["Plan"]))
            text = orjson.dumps(tree, option=orjson.OPT_INDENT_2).decode()
            found.append(Plan(statement, steps, text))
    return found


def _steps(node: dict[str, Any]) -> Iterator[str]:
    where = node.get("Index Name") or node.get("Relation Name") or ""
    yield f"{node['Node Type']} {where}".rstrip()
    for inner in node.get("Plans", ()):
        yield from _steps(inner)


def _on_sqlite(path: Path, statement: str, parameters: Any) -> Plan:
    with closing(sqlite3.connect(path)) as connection:
        explain = f"EXPLAIN QUERY PLAN {statement}"
        rows = connection.execute(explain, _first(parameters)).fetchall()
    steps = tuple(row[3] for row in rows)
    return Plan(statement, steps, "\n".join(steps))


def _first(parameters: Any) -> Any:
    """Return the parameters, or the first of them where the statement was executed for many."""
    if isinstance(parameters, list) and parameters and isinstance(parameters[0], (tuple, list)):
        return parameters[0]
    return parameters
