"""What is asked all the time is served by an index, on both databases, however many rows there are.

Plans are asserted here, not speeds; `benchmarks/ten_million.py` measures those.
"""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from runcast.database import Database, migrations
from tests.tools.databases import Databases, LoopThread, started
from tests.tools.hot_operations import OPERATIONS
from tests.tools.many_rows import fill_postgres, fill_sqlite
from tests.tools.plans import Asked, Plan, plans, record, record_sessions

COUNT = 20_000
TABLES = ("executions", "events", "payloads", "commands", "sessions")
INDEXES = {
    "claim 100": "ix_executions_due",
    "claim 100 of two handlers": "ix_executions_due",
    "claim what there is none of": "ix_executions_due",
    "find the next timer": "ix_executions_wake_at",
    "wake what is overdue": "ix_executions_wake_at",
    "look for claims unknown": "ix_executions_running",
    "return claims unknown": "ix_executions_running",
    "list one's own": "ix_executions_owner_id_id",
    "list one's own that succeeded": "ix_executions_owner_id_state_id",
    "list one's own that run": "ix_executions_owner_id_state_id",
    "list one's own of a rare handler": "ix_executions_owner_id_handler_id",
    "list a team's": "ix_executions_team_id_id",
    "list a team's that run": "ix_executions_team_id_state_id",
    "list a team's of a rare handler": "ix_executions_team_id_handler_id",
    "list the children of one": "ix_executions_parent_id_id",
    "list those of an item": "ix_executions_item_id_id",
    "list the retries of one": "ix_executions_retry_of",
    "list one's own, the oldest first": "ix_executions_owner_id_id",
    "list one's own of a day": "ix_executions_owner_id_id",
    "merge one's own that failed or were cancelled": "ix_executions_owner_id_state_id",
    "sample one's own over a period": "ix_executions_owner_id_id",
    "sample one's own of a rare handler": "ix_executions_owner_id_handler_id",
    "sample a team's of a rare handler": "ix_executions_team_id_handler_id",
    "find open questions": "ix_events_questions",
    "cut 500 logs": "ix_executions_ended",
    "remove 500 executions": "ix_executions_ended",
}


@pytest.fixture(scope="module")
def filled_postgres(postgres: Databases) -> str:
    """Return the URL of a database with many rows."""
    url = postgres.new()
    migrations.upgrade(url)
    loop = LoopThread()
    loop.run(fill_postgres(url, COUNT, int(time.time()), logs=COUNT))
    loop.stop()
    return url


@pytest.fixture(scope="module")
def filled_sqlite(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the URL of a file with as many."""
    path: Path = tmp_path_factory.mktemp("many") / "runcast.db"
    migrations.upgrade(f"sqlite:///{path}")
    fill_sqlite(path, COUNT, int(time.time()), logs=COUNT)
    return f"sqlite:///{path}"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Return what hears every statement."""
    return record(monkeypatch)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """Return the URL of a database with many rows, of one kind and then of the other."""
    filled: str = request.getfixturevalue(f"filled_{request.param}")
    return filled


@pytest.fixture
async def database(url: str, asked: Asked) -> AsyncIterator[Database]:
    """Yield a database with many rows, whose statements are heard."""
    async with started(url) as database:
        record_sessions(database, asked)
        yield database


@pytest.mark.parametrize("name", OPERATIONS)
async def test_no_table_is_read_from_end_to_end(
    database: Database, asked: Asked, name: str
) -> None:
    found = await plans_of(database, asked, name)
    assert found
    walked = [(plan.statement, plan.steps) for plan in found if any(map(plan.walks, TABLES))]
    assert walked == []


@pytest.mark.parametrize(("name", "index"), INDEXES.items())
async def test_an_index_serves_it(database: Database, asked: Asked, name: str, index: str) -> None:
    found = await plans_of(database, asked, name)
    assert any(plan.uses(index) for plan in found), [plan.steps for plan in found]


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name.startswith("list")])
async def test_a_list_is_found_in_its_order(database: Database, asked: Asked, name: str) -> None:
    for plan in await plans_of(database, asked, name):
        assert not plan.sorts, plan.steps


async def plans_of(database: Database, asked: Asked, name: str) -> list[Plan]:
    """Return the plans of all that an operation asks."""
    with asked.listen() as statements:
        await OPERATIONS[name](database)
    return await plans(database, statements)
