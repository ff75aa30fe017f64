"""The database's time is the server's, whatever this machine's clock says."""

from datetime import datetime, timedelta

import pytest

from runcast.clock import SystemClock
from runcast.database import PostgresDatabase, SqliteDatabase
from runcast.database.clock import LONGEST_ROUND_TRIP, DatabaseClock
from runcast.database.failures import DRIVER_ERRORS
from tests.tools.clock import FakeClock


class Server:
    """Stands for a database: its time is `ahead` of the clock's, and it answers after `takes` seconds."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.ahead = timedelta(hours=1)
        self.takes = 0.1

    async def server_time(self) -> datetime:
        """Return the time in the middle of the answer."""
        self.clock.advance(self.takes / 2)
        now = self.clock.now() + self.ahead
        self.clock.advance(self.takes / 2)
        return now


@pytest.fixture
def server() -> Server:
    """Return a server an hour ahead."""
    return Server()


@pytest.fixture
def clock(server: Server) -> DatabaseClock:
    """Return a clock that has not looked yet."""
    return DatabaseClock(server.clock, server)


async def test_it_goes_as_the_servers_clock(clock: DatabaseClock, server: Server) -> None:
    await clock.look()
    assert clock.now() - server.clock.now() == timedelta(hours=1)
    assert clock.monotonic() == server.clock.monotonic()


async def test_an_answer_that_took_long_is_not_believed(
    clock: DatabaseClock, server: Server
) -> None:
    await clock.look()
    server.ahead, server.takes = timedelta(hours=2), LONGEST_ROUND_TRIP * 1.01
    await clock.look()
    assert clock.now() - server.clock.now() == timedelta(hours=1)
    server.takes = LONGEST_ROUND_TRIP
    await clock.look()
    assert clock.now() - server.clock.now() == timedelta(hours=2)


async def test_at_the_start_the_best_answer_is_believed_however_long_it_took(
    clock: DatabaseClock, server: Server
) -> None:
    server.takes = 3.0
    await clock.start()
    assert clock.now() - server.clock.now() == timedelta(hours=1)
    await clock.stop()
    await clock.stop()


async def test_on_postgresql_it_is_near_this_machines(postgres_database: PostgresDatabase) -> None:
    clock = DatabaseClock(SystemClock(), postgres_database)
    await clock.start()
    assert abs(clock.now() - SystemClock().now()) < timedelta(seconds=1)
    await clock.stop()


async def test_a_look_at_a_database_that_is_away_says_so(
    postgres_database: PostgresDatabase,
) -> None:
    clock = DatabaseClock(SystemClock(), postgres_database)
    await postgres_database.stop()
    with pytest.raises(DRIVER_ERRORS):
        await clock.start()


async def test_on_sqlite_it_is_the_clock_that_it_was_given(
    sqlite_database: SqliteDatabase,
) -> None:
    fake = FakeClock()
    clock = DatabaseClock(fake, sqlite_database)
    await clock.start()
    await clock.look()
    assert clock.now() == fake.now()
    await clock.stop()
