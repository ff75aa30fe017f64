"""Opening the parts: what is refused in words, and who is there when they are open."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from runcast import Runcast
from runcast.bus import MemoryBus, RedisBus
from runcast.clock import SystemClock
from runcast.database.clock import DatabaseClock
from runcast.database.data_folder import DataFolderHeld
from runcast.errors import Unavailable
from runcast.ids import TimeOrderedIds
from runcast.metrics import Metrics
from runcast.opening import Opened, open_parts
from runcast.settings import Settings
from runcast.workers.handlers import HandlerRegistry
from tests.conftest import CHEAP_HASHES, SECRET
from tests.tools.databases import Databases


def settings(database_url: str, **more: Any) -> Settings:
    """Return settings for a database."""
    given = {"database_url": database_url, "secret_key": SECRET, **CHEAP_HASHES, **more}
    return Settings(**given)


async def opened(stack: AsyncExitStack, wanted: Settings, **options: Any) -> Opened:
    """Open the parts of an application without handlers."""
    return await open_parts(
        stack,
        wanted,
        **{
            "clock": SystemClock(),
            "ids": TimeOrderedIds(),
            "registry": HandlerRegistry(),
            "metrics": Metrics(),
            "with_worker": True,
            **options,
        },
    )


async def test_where_executions_run_elsewhere_there_is_no_worker(database_url: str) -> None:
    async with AsyncExitStack() as stack:
        assert (await opened(stack, settings(database_url), with_worker=False)).worker is None


async def test_everything_is_closed_again(database_url: str) -> None:
    for _ in range(2):
        async with AsyncExitStack() as stack:
            parts = await opened(stack, settings(database_url))
            assert parts.worker is not None
        assert parts.runtime.database.connections_in_use == 0


async def test_the_clock_is_the_databases_unless_one_was_handed_in(
    database_url: str, clock: Any
) -> None:
    async with AsyncExitStack() as stack:
        theirs = (await opened(stack, settings(database_url))).runtime.clock
        assert isinstance(theirs, DatabaseClock)
    async with AsyncExitStack() as stack:
        assert (await opened(stack, settings(database_url), clock=clock)).runtime.clock is clock


async def test_the_bus_is_redis_where_there_is_one(postgres_url: str) -> None:
    async with AsyncExitStack() as stack:
        alone = (await opened(stack, settings(postgres_url))).runtime.bus
        assert isinstance(alone, MemoryBus)
    async with AsyncExitStack() as stack:
        # Nobody listens there; that keeps nothing from opening.
        wanted = settings(postgres_url, redis_url="redis://127.0.0.1:1")
        bus = (await opened(stack, wanted)).runtime.bus
        assert isinstance(bus, RedisBus)
        assert not bus.connected


async def test_a_second_process_on_a_data_folder_is_refused(sqlite_url: str) -> None:
    async with AsyncExitStack() as first, AsyncExitStack() as second:
        await opened(first, settings(sqlite_url))
        with pytest.raises(DataFolderHeld):
            await opened(second, settings(sqlite_url))


async def test_two_processes_share_a_server(postgres_url: str) -> None:
    async with AsyncExitStack() as first, AsyncExitStack() as second:
        one = await opened(first, settings(postgres_url))
        two = await opened(second, settings(postgres_url))
        assert one.worker is not None
        assert two.worker is not None
        assert one.worker.id != two.worker.id


async def test_an_old_schema_of_a_server_is_refused_with_the_command(postgres: Databases) -> None:
    async with AsyncExitStack() as stack:
        with pytest.raises(Unavailable, match="runcast db upgrade"):
            await opened(stack, settings(postgres.new()))


async def test_a_database_that_does_not_exist_is_refused_in_words(postgres_url: str) -> None:
    url = make_url(postgres_url).set(database="nope").render_as_string(hide_password=False)
    async with AsyncExitStack() as stack:
        with pytest.raises(Unavailable, match=r'^database "nope" does not exist$'):
            await opened(stack, settings(url))


async def test_a_server_that_is_away_is_refused_in_words() -> None:
    async with AsyncExitStack() as stack:
        with pytest.raises(Unavailable, match="cannot be reached"):
            await opened(stack, settings("postgresql://runcast@127.0.0.1:1/x"))


async def test_without_a_data_folder_the_secret_has_to_be_set(postgres_url: str) -> None:
    async with AsyncExitStack() as stack:
        with pytest.raises(Unavailable, match="RUNCAST_SECRET_KEY"):
            await opened(stack, settings(postgres_url, secret_key=None))


async def test_a_data_folder_keeps_a_secret_and_a_local_credential(tmp_path: Path) -> None:
    wanted = settings(f"sqlite:///{tmp_path}/data/runcast.db", secret_key=None)
    tokens = []
    for _ in range(2):
        async with AsyncExitStack() as stack:
            access = (await opened(stack, wanted)).runtime.local_access
            assert access is not None
            tokens.append(access.token)
    assert tokens[0] == tokens[1]


async def test_on_a_server_there_is_no_local_credential(postgres_url: str) -> None:
    async with AsyncExitStack() as stack:
        assert (await opened(stack, settings(postgres_url))).runtime.local_access is None


async def test_an_application_opens_on_both(database_url: str) -> None:
    app = Runcast(database_url=database_url, secret_key=SECRET, **CHEAP_HASHES)
    async with app.router.lifespan_context(app):
        assert app.state.runtime.settings is app.settings
