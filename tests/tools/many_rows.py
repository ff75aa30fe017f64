"""Executions by the thousand or the million, put straight into a migrated database of either kind.

Of each twenty, two are scheduled for later, two queued for a handler that nobody has, one waits, and
fifteen have ended, over a year. Ten owners follow one another: what the first has is all old. Whatever
the count, the first 4,000 are queued for `work`, and 200 more run: half of them on a worker that lives,
half on one that fell silent. Every tenth belongs to a team, of which the first owner is a member.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg

OWNERS = [UUID(int=number) for number in range(1, 11)]
ALIVE, SILENT = UUID(int=21), UUID(int=22)
TEAM = UUID(int=31)
QUEUED, RUNNING = 4000, 200
EVENTS_EACH = 4
CHUNK = 1_000_000
YEAR = 365 * 86_400
_COLUMNS = (
    "id, owner_id, team_id, handler, state, priority, run_at, input, attempt, retries, takeovers, claim, "
    "write_no, resuming, worker_id, inbox, cancel_requested, open_questions, wake_at, oldest_seq, "
    "last_seq, last_at, created_at, started_at, finished_at"
)
_USER_COLUMNS = "id, email, email_key, name, is_admin, created_at"


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one database writes an id made of a number, a moment made of seconds, and a series."""

    id: str
    moment: str
    series: str
    text: str

    def executions(self, first: int, last: int, count: int, now: int) -> str:
        """Return the statement that makes the executions `first` to `last` of `count`."""
        begun = f"({now - YEAR} + n * ({YEAR}.0 / {count}))"
        created, later = self._moment(begun), self._moment(f"{now + YEAR} + n")
        ended = self._moment(f"{begun} + 60")
        special = QUEUED + RUNNING
        state = (
            f"CASE WHEN n <= {QUEUED} THEN 'queued' WHEN n <= {special} THEN 'running' "
            "WHEN n % 20 < 4 THEN 'queued' WHEN n % 20 = 4 THEN 'waiting' "
            "WHEN n % 20 = 5 THEN 'failed' WHEN n % 20 = 6 THEN 'cancelled' ELSE 'succeeded' END"
        )
        values = [
            self._id("n"),
            self._id(f"1 + n * 10 / {count + 1}"),
            f"CASE WHEN n % 10 = 7 THEN {self._id('31')} END",
            f"CASE WHEN n > {special} AND n % 20 IN (2, 3) THEN 'nobody' ELSE 'work' END",
            state,
            "n % 3",
            created,
            "'{}'",
            *["1", "0", "0", "1", "1", "false"],
            f"CASE WHEN n > {QUEUED} AND n <= {special} THEN {self._id('21 + n % 2')} END",
            *["0", "false", "'[]'"],
            f"CASE WHEN n > {special} AND (n % 20 < 2 OR n % 200 = 4) THEN {later} END",
            "1",
            str(EVENTS_EACH),
            "'2026-01-01T00:00:00.000000Z'",
            created,
            f"CASE WHEN n > {QUEUED} AND n % 20 > 3 THEN {created} END",
            f"CASE WHEN n > {special} AND n % 20 > 4 THEN {ended} END",
        ]
        series = self.series.format(first=first, last=last)
        return f"INSERT INTO executions ({_COLUMNS}) SELECT {', '.join(values)} FROM {series}"

    def events(self, first: int, last: int) -> str:
        """Return the statement that makes the logs of what has ended among these."""
        series = self.series.format(first=first, last=last)
        numbers = " UNION ALL ".join(f"SELECT {n} AS seq" for n in range(1, EVENTS_EACH + 1))
        return (
            "INSERT INTO events (execution_id, seq, kind, payload) "
            f"SELECT {self._id('n')}, seq, 'log', '{'x' * 200}' FROM {series} "
            f"CROSS JOIN ({numbers}) AS s WHERE n > {QUEUED + RUNNING} AND n % 20 > 4 ORDER BY n, seq"
        )

    def payloads(self, first: int, last: int) -> str:
        """Return the statement that makes a large value of every fiftieth of these."""
        series = self.series.format(first=first, last=last)
        return (
            "INSERT INTO payloads (execution_id, ref, body) "
            f"SELECT {self._id('n')}, '2', '{'x' * 200}' FROM {series} WHERE n % 50 = 9"
        )

    def users(self, now: int) -> str:
        """Return the statement that makes the owners."""
        address = f"{self._text('n')} || '@example.com'"
        series = self.series.format(first=1, last=10)
        moment = self._moment(str(now))
        return (
            f"INSERT INTO users ({_USER_COLUMNS}) SELECT {self._id('n')}, {address}, {address}, "
            f"'x', false, {moment} FROM {series}"
        )

    def teams(self, now: int) -> Iterator[str]:
        """Yield the statements that make the team, and its member."""
        moment = self._moment(str(now))
        yield (
            "INSERT INTO runcast_teams (id, name, created_at) "
            f"SELECT {self._id('31')}, 'crew', {moment}"
        )
        yield (
            "INSERT INTO runcast_members (team_id, user_id, role, created_at) "
            f"SELECT {self._id('31')}, {self._id('1')}, 'owner', {moment}"
        )

    def workers(self, now: int) -> str:
        """Return the statement that makes the two workers."""
        seen = f"CASE WHEN n = 21 THEN {self._moment(str(now + YEAR))} ELSE {self._moment('0')} END"
        series = self.series.format(first=21, last=22)
        return (
            "INSERT INTO workers (id, name, concurrency, started_at, seen_at) "
            f"SELECT {self._id('n')}, 'here', 100, {self._moment(str(now))}, {seen} FROM {series}"
        )

    def _id(self, number: str) -> str:
        return self.id.format(number=number)

    def _moment(self, seconds: str) -> str:
        return self.moment.format(seconds=seconds)

    def _text(self, number: str) -> str:
        return self.text.format(number=number)


POSTGRES = Spelling(
    id="lpad(to_hex({number}), 32, '0')::uuid",
    moment="to_timestamp({seconds})",
    series="generate_series({first}, {last}) AS t (n)",
    text="({number})::text",
)
SQLITE = Spelling(
    id="printf('%032x', {number})",
    moment="strftime('%Y-%m-%d %H:%M:%f000', {seconds}, 'unixepoch')",
    series=(
        "(WITH RECURSIVE t (n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM t WHERE n < {last}) "
        "SELECT n FROM t)"
    ),
    text="CAST({number} AS TEXT)",
)
_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
 WHERE tablename = 'executions' AND indexname NOT LIKE 'pk_%'
"""


async def fill_postgres(url: str, count: int, now: int, *, logs: int) -> None:
    """Make so many executions, and the logs of what has ended of the first `logs`."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'")
        # Without checks of references, and with the indexes made in one go at the end.
        await connection.execute("SET session_replication_role = replica")
        indexes = await connection.fetch(_INDEXES)
        for name, _ in indexes:
            await connection.execute(f'DROP INDEX "{name}"')
        for statement in _statements(POSTGRES, count, now, logs):
            await connection.execute(statement)
        for _, definition in indexes:
            await connection.execute(definition)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


def fill_sqlite(path: Path, count: int, now: int, *, logs: int) -> None:
    """Make the same in a file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -500000")
        found = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'executions' "
            "AND type = 'index' AND sql IS NOT NULL"
        ).fetchall()
        for name, _ in found:
            connection.execute(f'DROP INDEX "{name}"')
        for statement in _statements(SQLITE, count, now, logs):
            connection.execute(statement)
        for _, definition in found:
            connection.execute(definition)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _statements(spelling: Spelling, count: int, now: int, logs: int) -> Iterator[str]:
    yield spelling.users(now)
    yield from spelling.teams(now)
    yield spelling.workers(now)
    for first in range(1, count + 1, CHUNK):
        yield spelling.executions(first, min(first + CHUNK - 1, count), count, now)
    for first in range(1, logs + 1, CHUNK):
        yield spelling.events(first, min(first + CHUNK - 1, logs))
        yield spelling.payloads(first, min(first + CHUNK - 1, logs))
