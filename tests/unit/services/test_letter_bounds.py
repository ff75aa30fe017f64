"""How many letters a day go to an address: places that are taken for a day, and counted by one at a time."""

import asyncio
from datetime import timedelta

import pytest

from runcast.database import Database, UnitOfWork
from runcast.errors import TooMany
from runcast.services import letter_bounds
from runcast.services.letter_bounds import DAY, PLACES, Kind
from tests.tools.clock import FakeClock

ADDRESS = "ada@example.com"


async def take(
    database: Database, clock: FakeClock, kind: Kind = Kind.ACCOUNT, address: str = ADDRESS
) -> float | None:
    """Take a place in a unit of its own; return after how many seconds there will be one, if there is none."""
    async with UnitOfWork(database) as uow:
        free_at = await letter_bounds.take(uow, clock, kind, address)
    return None if free_at is None else (free_at - clock.now()).total_seconds()


@pytest.mark.parametrize("kind", Kind)
async def test_each_place_is_free_again_a_day_after_it_was_taken(
    database: Database, clock: FakeClock, kind: Kind
) -> None:
    for _ in range(PLACES[kind]):
        assert await take(database, clock, kind) is None
        clock.advance(60)
    wait = DAY.total_seconds() - 60 * PLACES[kind]
    assert await take(database, clock, kind) == wait
    clock.advance(wait)
    assert await take(database, clock, kind) is None
    assert await take(database, clock, kind) == 60


async def test_places_are_of_one_kind_and_one_address(database: Database, clock: FakeClock) -> None:
    while await take(database, clock) is None:
        pass
    assert await take(database, clock, Kind.FROM_OTHERS) is None
    assert await take(database, clock, address="bob@example.com") is None


async def test_many_at_once_take_no_more_than_there_are(
    database: Database, clock: FakeClock
) -> None:
    taken = await asyncio.gather(*(take(database, clock) for _ in range(8)))
    assert taken.count(None) == PLACES[Kind.ACCOUNT]


async def test_what_is_rolled_back_takes_no_place(database: Database, clock: FakeClock) -> None:
    async def failing() -> None:
        async with UnitOfWork(database) as uow:
            assert await letter_bounds.take(uow, clock, Kind.ACCOUNT, ADDRESS) is None
            raise LookupError

    for _ in range(PLACES[Kind.ACCOUNT] + 1):
        with pytest.raises(LookupError):
            await failing()
    assert await take(database, clock) is None


async def test_a_refusal_says_when_there_is_a_place_again(
    database: Database, clock: FakeClock
) -> None:
    async with UnitOfWork(database) as uow:
        for _ in range(PLACES[Kind.NOTICE]):
            await letter_bounds.require(uow, clock, Kind.NOTICE, ADDRESS, "enough")
        clock.advance(timedelta(hours=1).total_seconds())
        with pytest.raises(TooMany, match="enough") as refused:
            await letter_bounds.require(uow, clock, Kind.NOTICE, ADDRESS, "enough")
    assert refused.value.retry_after == 23 * 3600
