"""Which rows SQLite picks, and by which index; what they are is in test_stores."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC
from pathlib import Path
from uuid import UUID

import pytest

from runcast.database.sqlite_thread import connect
from runcast.services.event_log import sqlite_picks
from runcast.services.event_log.jobs import Abandoned, Due, HeldBy, Overdue, Pick
from tests.tools.rows import MOMENT

PICKS: list[tuple[Pick, str]] = [
    (Due((("work", None),), 9), "ix_executions_due"),
    (Overdue(9), "ix_executions_wake_at"),
    (Abandoned(MOMENT, 9), "ix_executions_running"),
    (HeldBy(UUID(int=1), frozenset()), "ix_executions_running"),
]


@pytest.fixture
def connection(sqlite_url: str) -> Iterator[sqlite3.Connection]:
    """Yield a connection to a migrated file."""
    with closing(connect(Path(sqlite_url.removeprefix("sqlite:///")))) as connection:
        yield connection


@pytest.mark.parametrize(("picked", "index"), PICKS)
def test_a_pick_walks_its_index_and_no_table(
    connection: sqlite3.Connection, picked: Pick, index: str
) -> None:
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    assert sqlite_picks.pick(connection, picked, MOMENT.astimezone(UTC)) == []
    connection.set_trace_callback(None)
    plans = [
        connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall() for statement in asked
    ]
    steps = [str(step[3]) for plan in plans for step in plan]
    assert any(f"INDEX {index}" in step for step in steps)
    assert not any(step == "SCAN executions" for step in steps)
