"""The ring: what it holds, when it asks, how it rotates, and what it does without the database."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from runcast.database import Database, UnitOfWork
from runcast.database.prepared_reads import PreparedRead
from runcast.services.key_derivation import derive_key
from runcast.services.signing import key_rotation
from runcast.services.signing.key_ring import KeyRing, sealer_of
from runcast.services.signing.signing_keys import of_seed
from tests.conftest import SECRET
from tests.tools.clock import FakeClock
from tests.tools.signing_keys import key

DAY = 86_400
PERIOD, LIFETIME = timedelta(days=90), timedelta(seconds=300)
Open = Callable[..., Any]


@pytest.fixture
def ring(database: Database, clock: FakeClock) -> Open:
    """Return what opens another ring on the same database."""

    async def open_ring(secret: str = SECRET) -> KeyRing:
        made = KeyRing(database, clock, secret, period=PERIOD, lifetime=LIFETIME)
        await made.open()
        return made

    return open_ring


@pytest.fixture
def reads(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[PreparedRead]:
    """Return a list that grows with every read; where it holds None, the database is away."""
    made: list[PreparedRead] = []
    fetch = database.fetch

    async def counting(read: PreparedRead, **values: Any) -> Any:
        if None in made:
            raise ConnectionError("away")
        made.append(read)
        return await fetch(read, **values)

    monkeypatch.setattr(database, "fetch", counting)
    return made


def kids(ring: KeyRing) -> list[str]:
    """Return the ids of the keys that verify."""
    return [each.kid for each in ring.verifying()]


async def replaced(database: Database, ring: KeyRing, clock: FakeClock) -> str:
    """Let a new key stand in for all, as the command line does; return its id."""
    new = of_seed(b"n" * 32, created_at=clock.now(), signs_from=clock.now())
    async with UnitOfWork(database) as uow:
        await key_rotation.replace(uow, sealer_of(SECRET), new, ring.verifying())
    return new.kid


async def test_the_first_key_is_the_one_that_release_0_2_0_signs_with(
    ring: Open, clock: FakeClock
) -> None:
    now = clock.now()
    old = of_seed(derive_key(SECRET, "access tokens"), created_at=now, signs_from=now)
    assert kids(await ring()) == [old.kid]


async def test_processes_that_start_at_once_have_one_key(ring: Open) -> None:
    rings = await asyncio.gather(*(ring() for _ in range(5)))
    assert len({tuple(kids(each)) for each in rings}) == 1
    assert len(kids(rings[0])) == 1


async def test_another_secret_begins_anew_and_leaves_the_others_alone(
    ring: Open, clock: FakeClock
) -> None:
    one = await ring()
    clock.advance(1)
    other = await ring("another secret, as long as it has to be")
    assert kids(one) != kids(other)
    await one.look()
    await other.look()
    assert (len(kids(one)), len(kids(other))) == (1, 1)


async def test_who_starts_beside_keys_of_another_secret_is_warned_while_those_may_sign(
    ring: Open, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    await ring()
    assert caplog.messages == []
    clock.advance(1)
    await ring("another secret, as long as it has to be")
    (said,) = caplog.messages
    assert said.startswith("1 key of access tokens is sealed with another RUNCAST_SECRET_KEY")
    caplog.clear()
    clock.advance(91 * DAY)
    await ring("a third secret, as long as it has to be")
    assert caplog.messages == []


async def test_looking_at_the_keys_makes_none(database: Database, clock: FakeClock) -> None:
    made = KeyRing(database, clock, SECRET, period=PERIOD, lifetime=LIFETIME)
    assert (await made.inspect(), made.standings()) == (0, [])
    await made.open()
    other = KeyRing(database, clock, SECRET[::-1], period=PERIOD, lifetime=LIFETIME)
    assert (await other.inspect(), other.standings()) == (1, [])


async def test_a_key_is_published_before_it_signs_and_retires_after(
    ring: Open, clock: FakeClock
) -> None:
    here = await ring()
    first = here.active().kid
    clock.advance(90 * DAY - 3600 - 1)
    await here.look()
    assert kids(here) == [first]
    clock.advance(1)
    await here.look()
    second = kids(here)[0]
    assert kids(here) == [second, first]
    assert here.active().kid == first
    clock.advance(3600)
    assert (here.active().kid, kids(here)) == (second, [second, first])
    clock.advance(300 + 59)
    assert kids(here) == [second, first]
    clock.advance(1)
    assert kids(here) == [second]
    await here.look()
    assert kids(await ring()) == [second]


async def test_processes_that_rotate_at_once_make_one_key(ring: Open, clock: FakeClock) -> None:
    rings = [await ring() for _ in range(5)]
    clock.advance(100 * DAY)
    await asyncio.gather(*(each.look() for each in rings))
    for each in rings:
        await each.look()
    assert len({tuple(kids(each)) for each in rings}) == 1
    assert len(kids(rings[0])) == 2


async def test_a_key_that_is_not_here_is_asked_for_at_once_and_at_most_once_a_second(
    ring: Open, database: Database, clock: FakeClock, reads: list[PreparedRead]
) -> None:
    here = await ring()
    await here.look()
    await replaced(database, here, clock)
    header = (await ring()).active().header
    clock.advance(1)
    before = len(reads)
    found = await asyncio.gather(*(here.find(header) for _ in range(20)))
    assert {each and each.header for each in found} == {header}
    for number in range(20):
        assert await here.find(f"forged {number}") is None
    assert len(reads) == before + 1
    clock.advance(0.999)
    assert await here.find("forged") is None
    assert len(reads) == before + 1
    clock.advance(0.001)
    assert await here.find("forged") is None
    assert len(reads) == before + 2


async def test_a_replaced_key_verifies_no_more_after_the_next_look(
    ring: Open, database: Database, clock: FakeClock
) -> None:
    here = await ring()
    leaked = here.active()
    new = await replaced(database, here, clock)
    assert await here.find(leaked.header) is leaked
    await here.look()
    assert await here.find(leaked.header) is None
    assert kids(here) == [new]
    assert kids(await ring()) == [new]


async def test_without_the_database_keys_go_on_and_nobody_is_told_that_a_key_is_wrong(
    ring: Open, clock: FakeClock, reads: list[Any]
) -> None:
    here = await ring()
    reads.append(None)
    clock.advance(10)
    with pytest.raises(ConnectionError):
        await here.look()
    assert await here.find(here.active().header) is here.active()
    for _ in range(2):
        with pytest.raises(ConnectionError):
            await here.find(key("x").header)


async def test_rows_that_vanish_take_no_key_from_who_holds_one(
    ring: Open, database: Database
) -> None:
    here = await ring()
    held = here.active()
    async with UnitOfWork(database) as uow:
        await key_rotation.remove(uow, [held])
    await here.look()
    assert here.active() is held


async def test_it_looks_by_itself_until_it_is_stopped(
    ring: Open, monkeypatch: pytest.MonkeyPatch, reads: list[Any]
) -> None:
    monkeypatch.setattr("runcast.services.signing.key_ring.LOOK_SECONDS", 0.001)
    here = await ring()
    before = len(reads)
    here.start()
    async with asyncio.timeout(10):
        while len(reads) < before + 3:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0)
    await here.stop()
    await here.stop()
