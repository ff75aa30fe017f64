"""`runcast db` on both databases as real processes: with data in every table, and several at once."""

import asyncio
import contextlib
import subprocess
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.database.migration_engine import _TURN
from runcast.models import Base
from runcast.runtime import Runtime
from runcast.services import setup_tokens
from runcast.services.health import NEWEST
from tests.conftest import CHEAP_HASHES, SECRET
from tests.tools.databases import Databases, execute
from tests.tools.nodes import COMMAND
from tests.tools.people import make_key, sign_in
from tests.tools.processes import environment
from tests.tools.rows import add_of_each_kind
from tests.tools.schema import run_sql
from tests.tools.work import Works, reached, start, start_item

SECONDS = 60
WAITING = """
SELECT count(*) FROM pg_sleep(0.05), pg_locks
 WHERE locktype = 'advisory' AND NOT granted
   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def begun(folder: Path, url: str, *arguments: str) -> "subprocess.Popen[str]":
    """Start `runcast db` with these arguments."""
    return subprocess.Popen(
        [COMMAND, "db", *arguments],
        cwd=folder,
        env=environment({"database_url": url}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ran(folder: Path, url: str, *arguments: str) -> str:
    """Run `runcast db`, and return what it printed."""
    process = begun(folder, url, *arguments)
    printed, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, printed
    return printed


def found(url: str, statement: str) -> list[tuple[Any, ...]]:
    """Return what a statement finds."""
    return run_sql(url, statement) if url.startswith("sqlite") else execute(url, statement)


async def fill(url: str) -> None:
    """Run an application until each of its tables has a row."""
    app = Runcast(database_url=url, secret_key=SECRET, **CHEAP_HASHES)
    Works().register(app)
    async with app.router.lifespan_context(app), sign_in(app, "ada@example.com") as ada:
        runtime: Runtime = app.state.runtime
        async with UnitOfWork(runtime.database) as uow:
            await setup_tokens.offer(uow, runtime.clock)
        await reached(app, await start_item(ada, handler="echo", metadata={"input": [1]}))
        await reached(app, await start(ada, "make", input=[40_000, 10]))
        held = await start(ada, "hold")
        key = {"Idempotency-Key": "once"}
        answer = await ada.post(f"/api/executions/{held['id']}/signals/go", json={}, headers=key)
        assert answer.status_code == 200, answer.text
        await make_key(ada, "app")
        for path, body in (
            (f"/api/executions/{held['id']}/share", {}),
            ("/api/auth/tickets", {"execution_id": held["id"]}),
        ):
            answer = await ada.post(path, json=body)
            assert answer.status_code == 201, answer.text
        await add_of_each_kind(runtime.database)
        counts = {name: found(url, f"SELECT count(*) FROM {name}") for name in Base.metadata.tables}
        assert [name for name, ((rows,),) in counts.items() if rows == 0] == []


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a database without a table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/runcast.db"
    databases: Databases = request.getfixturevalue("postgres")
    return databases.new()


async def test_a_full_database_goes_down_to_base_and_up_again_without_drift(
    url: str, tmp_path: Path
) -> None:
    assert NEWEST in await asyncio.to_thread(ran, tmp_path, url, "upgrade")
    await fill(url)
    assert "0001" not in await asyncio.to_thread(ran, tmp_path, url, "downgrade", "base")
    assert found(url, "SELECT count(*) FROM alembic_version") == [(0,)]
    await asyncio.to_thread(ran, tmp_path, url, "upgrade")
    printed = await asyncio.to_thread(ran, tmp_path, url, "check")
    assert "No new upgrade operations detected" in printed
    # And it is as good as new.
    await fill(url)


async def test_three_upgrades_at_once_wait_for_each_other_and_all_succeed(
    postgres: Databases, tmp_path: Path
) -> None:
    url = postgres.new()
    connection: Any = await asyncpg.connect(url)
    with contextlib.ExitStack() as stack:
        await connection.execute(f"SELECT pg_advisory_lock({_TURN})")
        started = [stack.enter_context(begun(tmp_path, url, "upgrade")) for _ in range(3)]
        for process in started:
            stack.callback(process.kill)
        async with asyncio.timeout(SECONDS):
            while await connection.fetchval(WAITING) < 3:
                continue
        await connection.close()
        said = [process.communicate(timeout=SECONDS)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], said
    assert sorted(said) == [f"already at {NEWEST} (head)\n"] * 2 + [
        f"upgraded to {NEWEST} (head)\n"
    ]
    assert execute(url, "SELECT version_num FROM alembic_version") == [(NEWEST,)]
    assert "No new upgrade operations detected" in ran(tmp_path, url, "check")


def test_a_database_that_there_is_not_is_told_in_a_sentence(
    postgres: Databases, tmp_path: Path
) -> None:
    url = postgres.new().rpartition("/")[0] + "/nowhere"
    for command in (["upgrade"], ["prune"]):
        process = begun(tmp_path, url, *command)
        printed, _ = process.communicate(timeout=SECONDS)
        assert process.returncode == 1
        assert printed == f'runcast db {command[0]}: database "nowhere" does not exist\n'
