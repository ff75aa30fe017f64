"""A Redis that answers, one that is away, and one that refuses."""

import socket
from pathlib import Path

import pytest

from runcast.cli.checks import ringing
from runcast.cli.checks.findings import Level
from runcast.settings import Settings
from tests.tools import valkey as server
from tests.tools.valkey import Valkey


async def test_without_redis_nothing_is_said() -> None:
    assert await ringing.check(Settings()) == []


async def test_what_answers_is_as_it_should_be(tmp_path: Path) -> None:
    if server.binary() is None:
        pytest.skip("no Valkey")
    with Valkey(tmp_path) as running:
        (finding,) = await ringing.check(Settings(redis_url=running.url))
    assert (finding.level, finding.about) == (Level.OK, "RUNCAST_REDIS_URL")


async def test_what_is_away_is_told_without_its_password() -> None:
    (finding,) = await ringing.check(Settings(redis_url="redis://:hidden@127.0.0.1:1/0"))
    assert finding.level is Level.WARNING
    assert finding.what.startswith("it does not answer: ")
    assert "hidden" not in f"{finding}"


async def test_what_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ringing, "ANSWER_SECONDS", 0.05)
    # The kernel takes the connection, and nobody reads what comes.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        (finding,) = await ringing.check(Settings(redis_url=f"redis://127.0.0.1:{port}"))
    assert finding.what.startswith("it does not answer: ")
