"""The rows of signing keys, on either database: what is added, once, and what is left alone."""

import asyncio
from collections.abc import Collection
from datetime import timedelta

import pytest

from runcast.database import Database, UnitOfWork
from runcast.services.sealing import Sealer
from runcast.services.signing import key_rotation
from runcast.services.signing.key_rotation import LEAD, successor
from runcast.services.signing.signing_keys import Key, Keys
from tests.tools.signing_keys import BEGINNING, key

SEALER, STRANGER = Sealer(b"s" * 32), Sealer(b"t" * 32)
PERIOD, OVERLAP = timedelta(days=90), timedelta(minutes=6)


async def add(
    database: Database, added: Key, *, beside: Collection[str] = (), sealer: Sealer = SEALER
) -> bool:
    """Add a key in a transaction of its own."""
    async with UnitOfWork(database) as uow:
        return await key_rotation.add(uow, sealer, added, beside=beside)


async def kids(database: Database, sealer: Sealer = SEALER) -> set[str]:
    """Return the ids of the keys that this opens."""
    return {each.kid for each in (await key_rotation.load(database, sealer)).keys}


async def test_a_key_comes_back_as_it_was(database: Database) -> None:
    made = key("k", day=2)
    assert await add(database, made)
    loaded = await key_rotation.load(database, SEALER)
    (found,) = loaded.keys
    assert (found.kid, found.seed, found.created_at, found.signs_from) == (
        made.kid, made.seed, made.created_at, made.signs_from,
    )  # fmt: skip
    assert loaded.kids == {made.kid}


async def test_one_is_added_only_to_what_was_seen(database: Database) -> None:
    first, second, third = key("a"), key("b", 1), key("c", 2)
    assert await add(database, first)
    assert await add(database, second, beside={first.kid})
    assert not await add(database, third, beside={first.kid})
    assert await kids(database) == {first.kid, second.kid}


async def test_of_many_that_add_one_at_once_one_does(database: Database) -> None:
    made = [key(letter, day) for day, letter in enumerate("abcdefgh")]
    done = await asyncio.gather(*(add(database, each) for each in made))
    assert sum(done) == 1
    assert len(await kids(database)) == 1


async def test_what_another_secret_sealed_is_not_opened_and_not_counted_as_new(
    database: Database,
) -> None:
    theirs, ours = key("t"), key("o", 1)
    assert await add(database, theirs, sealer=STRANGER)
    loaded = await key_rotation.load(database, SEALER)
    assert (loaded.keys, loaded.kids) == ((), frozenset({theirs.kid}))
    assert await add(database, ours, beside=loaded.kids)
    assert await kids(database) == {ours.kid}
    assert await kids(database, STRANGER) == {theirs.kid}


async def test_replacing_removes_the_others_and_leaves_those_of_another_secret(
    database: Database,
) -> None:
    theirs, leaked, new = key("t"), key("l", 1), key("n", 2)
    await add(database, theirs, sealer=STRANGER)
    await add(database, leaked, beside={theirs.kid})
    async with UnitOfWork(database) as uow:
        await key_rotation.replace(uow, SEALER, new, [leaked])
    assert await kids(database) == {new.kid}
    assert await kids(database, STRANGER) == {theirs.kid}


@pytest.mark.parametrize(
    ("days", "signs_from"),
    [(89, None), (90 - LEAD / timedelta(days=1), 90.0), (200, 200 + LEAD / timedelta(days=1))],
)
def test_a_successor_is_made_an_hour_before_it_signs(days: float, signs_from: float | None) -> None:
    made = successor(Keys([key("k")], OVERLAP), BEGINNING + timedelta(days=days), PERIOD)
    assert (made and made.signs_from) == (
        None if signs_from is None else BEGINNING + timedelta(days=signs_from)
    )


def test_there_is_one_successor() -> None:
    keys = Keys([key("k"), key("n", 90)], OVERLAP)
    assert successor(keys, BEGINNING + timedelta(days=89.99), PERIOD) is None
