"""A stage for workers' tests, on which retries do not wait."""

from collections.abc import AsyncIterator

import pytest

from runcast import lifecycle
from runcast.database import Database
from tests.tools.stage import Stage, open_stage


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    """Yield a stage on a database of its own."""
    async with open_stage(database) as stage:
        yield stage


@pytest.fixture
def no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let retries follow at once."""
    monkeypatch.setattr(lifecycle, "FIRST_BACKOFF_SECONDS", 0.0)
