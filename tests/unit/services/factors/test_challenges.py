"""Challenges are sealed, end by themselves, are met once, and cost no row to ask for."""

from sqlalchemy import func, select

from runcast.database import Database, UnitOfWork
from runcast.models import OneTimeCode
from runcast.services.factors import challenges
from runcast.services.factors.challenges import Challenge
from runcast.services.sealing import Sealer
from tests.tools.clock import FakeClock

SEALER = Sealer(bytes(32))


async def spent(database: Database, clock: FakeClock, challenge: Challenge) -> bool:
    """Tell whether a challenge could be used up."""
    async with UnitOfWork(database) as uow:
        return await challenges.spend(uow, clock, challenge)


def test_a_code_tells_its_challenge_to_the_server_alone(clock: FakeClock) -> None:
    made = challenges.make(SEALER, clock)
    assert challenges.read(SEALER, clock, made.code) == made
    assert made.value.hex() not in made.code
    assert challenges.read(Sealer(b"x" * 32), clock, made.code) is None


def test_it_ends_after_five_minutes(clock: FakeClock) -> None:
    made = challenges.make(SEALER, clock)
    clock.advance(299)
    assert challenges.read(SEALER, clock, made.code) is not None
    clock.advance(1)
    assert challenges.read(SEALER, clock, made.code) is None


def test_what_is_no_code_of_ours_is_none(clock: FakeClock) -> None:
    made = challenges.make(SEALER, clock).code
    changed = made[:-4] + ("AAAA" if made[-4:] != "AAAA" else "BBBB")
    for code in ("", "x", "é", "\ud800", changed, made + made, "A" * 100_000):
        assert challenges.read(SEALER, clock, code) is None


async def test_it_is_met_once_however_it_is_spelled(database: Database, clock: FakeClock) -> None:
    made = challenges.make(SEALER, clock)
    # The last letter has two bits that mean nothing.
    again = challenges.read(SEALER, clock, made.code[:-1] + chr(ord(made.code[-1]) + 1))
    assert again is not None
    assert again.value == made.value
    assert await spent(database, clock, made)
    assert not await spent(database, clock, made)
    assert not await spent(database, clock, again)


async def test_asking_keeps_nothing(database: Database, clock: FakeClock) -> None:
    for _ in range(3):
        challenges.make(SEALER, clock)
    async with database.session() as session:
        assert await session.scalar(select(func.count()).select_from(OneTimeCode)) == 0
