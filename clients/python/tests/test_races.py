"""A race ends with its first runner, and leaves nobody running."""

import asyncio

import pytest

from runcast_client.races import first_to_return


async def never(cancelled: list[str], name: str) -> str:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        cancelled.append(name)
        raise
    return name


async def at_once(name: str) -> str:
    return name


async def broken() -> str:
    raise LookupError("broken")


async def test_the_first_to_return_ends_the_others() -> None:
    cancelled: list[str] = []
    assert await first_to_return(never(cancelled, "slow"), at_once("quick")) == "quick"
    assert cancelled == ["slow"]


async def test_of_two_at_once_the_first_named_counts() -> None:
    assert await first_to_return(at_once("one"), at_once("two")) == "one"


async def test_an_error_ends_the_race_too() -> None:
    cancelled: list[str] = []
    with pytest.raises(LookupError):
        await first_to_return(never(cancelled, "slow"), broken())
    assert cancelled == ["slow"]


async def test_a_race_that_is_cancelled_cancels_all() -> None:
    cancelled: list[str] = []
    race = asyncio.create_task(first_to_return(never(cancelled, "a"), never(cancelled, "b")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    race.cancel()
    with pytest.raises(asyncio.CancelledError):
        await race
    assert cancelled == ["a", "b"]
