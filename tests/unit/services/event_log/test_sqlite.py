"""What the store does on SQLite alone; what it has in common with the other is in test_stores."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from runcast.database.sqlite_thread import connect
from runcast.errors import NotFound
from runcast.services.event_log.sqlite import commit_group
from runcast.services.event_log.sqlite_values import as_text
from tests.tools.event_logs import start
from tests.tools.rows import MOMENT

OWNER = UUID(int=2)


@pytest.fixture
def connection(sqlite_url: str) -> Iterator[sqlite3.Connection]:
    """Yield a connection to a migrated file with one user in it."""
    with closing(connect(Path(sqlite_url.removeprefix("sqlite:///")))) as connection:
        connection.execute(
            "INSERT INTO users (id, email, email_key, name, is_admin, created_at) "
            "VALUES (?, 'a', 'a', 'a', 0, ?)",
            (OWNER.hex, as_text(MOMENT)),
        )
        yield connection


def test_an_error_of_the_database_rolls_the_whole_group_back(
    connection: sqlite3.Connection,
) -> None:
    connection.execute(
        "CREATE TRIGGER t BEFORE INSERT ON events BEGIN SELECT RAISE(FAIL, 'x'); END"
    )
    with pytest.raises(sqlite3.IntegrityError):
        commit_group(connection, [start(OWNER)], MOMENT)
    assert not connection.in_transaction
    assert connection.execute("SELECT count(*) FROM executions").fetchone() == (0,)


def test_a_start_for_what_was_deleted_meanwhile_is_refused_alone(
    connection: sqlite3.Connection,
) -> None:
    jobs = [start(uuid4()), start(OWNER, item_id=uuid4()), start(OWNER)]
    outcomes = commit_group(connection, jobs, MOMENT).outcomes
    assert [type(outcome) for outcome in outcomes] == [NotFound, NotFound, str]
    assert connection.execute("SELECT count(*) FROM events").fetchone() == (1,)
