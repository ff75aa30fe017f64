"""Parts that tests share: a migrated database, a started application, a client of it."""

import os
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from runcast.application import Runcast
from runcast.cli.collecting import collect_seldom
from runcast.database import Database, PostgresDatabase, SqliteDatabase, migrations
from runcast.runtime import Runtime
from tests.tools.blocking import detector
from tests.tools.clock import FakeClock
from tests.tools.databases import Databases, databases, started
from tests.tools.people import SignedIn, sign_in
from tests.tools.postgres import NoPostgres

SECRET = "a secret of the tests, long enough to sign with"
CHEAP_HASHES: dict[str, Any] = {"password_memory_kib": 64, "password_passes": 1}


def pytest_collection_finish() -> None:
    """Leave what was collected out of every look for garbage: ten thousand tests took a fifth of the time."""
    collect_seldom()


@pytest.fixture(scope="session", autouse=True)
def _nothing_blocks_the_loop() -> Iterator[None]:
    with detector():
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database file with the schema in it, to be copied."""
    path = tmp_path_factory.mktemp("template") / "runcast.db"
    migrations.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[Databases]:
    """Yield this process's databases on PostgreSQL; without a server its tests are skipped, in CI not."""
    with ExitStack() as stack:
        try:
            made = stack.enter_context(databases())
        except NoPostgres as reason:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"no PostgreSQL: {reason}")
        yield made


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Return the URL of a fresh, migrated SQLite file in a folder of its own."""
    path = tmp_path / "data" / "runcast.db"
    path.parent.mkdir()
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: Databases) -> str:
    """Return the URL of a migrated PostgreSQL database without a row in it."""
    return postgres.emptied()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the URL of a fresh, migrated database, of one kind and then of the other."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Yield a started database of its own, without an application around it."""
    async with started(database_url) as database:
        yield database


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[SqliteDatabase]:
    """Yield a started SQLite database of its own, for what is about SQLite."""
    async with started(sqlite_url) as database:
        assert isinstance(database, SqliteDatabase)
        yield database


@pytest.fixture
async def postgres_database(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    """Yield a started PostgreSQL database of its own, for what is about PostgreSQL."""
    async with started(postgres_url) as database:
        assert isinstance(database, PostgresDatabase)
        yield database


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock that the test moves."""
    return FakeClock()


@pytest.fixture
def prepare() -> Callable[[Runcast], None]:
    """Return what is done to the application before it starts; a module overrides it."""
    return lambda _app: None


@pytest.fixture
async def app(
    database_url: str, clock: FakeClock, prepare: Callable[[Runcast], None]
) -> AsyncIterator[Runcast]:
    """Yield a started application on a database of its own."""
    app = Runcast(database_url=database_url, secret_key=SECRET, clock=clock, **CHEAP_HASHES)
    prepare(app)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
def runtime(app: Runcast) -> Runtime:
    """Return the parts of the started application."""
    parts: Runtime = app.state.runtime
    return parts


@pytest.fixture
async def client(app: Runcast) -> AsyncIterator[httpx2.AsyncClient]:
    """Yield a client of the application that is not signed in."""
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


@pytest.fixture
async def alice(app: Runcast) -> AsyncIterator[SignedIn]:
    """Yield a client signed in as alice@example.com."""
    async with sign_in(app, "alice@example.com") as client:
        yield client


@pytest.fixture
async def bob(app: Runcast) -> AsyncIterator[SignedIn]:
    """Yield a client signed in as bob@example.com."""
    async with sign_in(app, "bob@example.com") as client:
        yield client


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what was not tested for want of a part."""
    skipped = terminalreporter.stats.get("skipped", [])
    missing = Counter(str(report.longrepr[2]) for report in skipped if "no " in report.longrepr[2])
    for reason, count in missing.items():
        terminalreporter.write_line(f"{count} tests were skipped: {reason}", yellow=True)
