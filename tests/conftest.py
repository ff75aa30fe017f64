"""Parts that tests share: a migrated database, a started application, a client of it."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from runcast.application import Runcast
from runcast.database import Database, SqliteDatabase, migrations
from tests.tools.blocking import detector
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn, sign_in

SECRET = "a secret of the tests, long enough to sign with"
CHEAP_HASHES: dict[str, Any] = {"password_memory_kib": 64, "password_passes": 1}


@pytest.fixture(scope="session", autouse=True)
def _nothing_blocks_the_loop() -> Iterator[None]:
    with detector():
        yield


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database file with the schema in it, to be copied."""
    path = tmp_path_factory.mktemp("template") / "runcast.db"
    migrations.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def database_url(template: Path, tmp_path: Path) -> str:
    """Return the URL of a fresh, migrated database in a folder of its own."""
    path = tmp_path / "data" / "runcast.db"
    path.parent.mkdir()
    shutil.copy(template, path)
    return f"sqlite:///{path}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Yield a started database of its own, without an application around it."""
    database = SqliteDatabase(Path(database_url.removeprefix("sqlite:///")))
    await database.start()
    yield database
    await database.stop()


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
