"""Tickets open one feed, once, soon, from one origin."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from runcast.database import UnitOfWork
from runcast.errors import InvalidToken, NotFound
from runcast.runtime import Runtime
from runcast.services import tickets
from runcast.services.principals import Principal, Spent
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn
from tests.tools.stories import begin

PAGE = "https://example.com"


@pytest.fixture
async def owner(runtime: Runtime, alice: SignedIn) -> Principal:
    """Return alice, who asks for tickets."""
    return await runtime.credentials.principal(alice.token)


@pytest.fixture
async def execution_id(runtime: Runtime, alice: SignedIn) -> UUID:
    """Return an execution of alice's."""
    return (await begin(runtime, alice.user["id"])).id


async def offer(runtime: Runtime, owner: Principal, execution_id: UUID) -> str:
    """Return a ticket for a page."""
    async with UnitOfWork(runtime.database) as uow:
        return await tickets.offer(uow, runtime.clock, owner, execution_id, PAGE)


async def spend(
    runtime: Runtime, text: str, execution_id: UUID | None, origin: str | None = PAGE
) -> Spent:
    """Return what a ticket stood for."""
    async with UnitOfWork(runtime.database) as uow:
        return await tickets.spend(uow, runtime.clock, text, execution_id, origin)


async def test_a_ticket_stands_for_the_credential_that_asked_once(
    runtime: Runtime, owner: Principal, execution_id: UUID
) -> None:
    text = await offer(runtime, owner, execution_id)
    spent = await spend(runtime, text, execution_id)
    assert await runtime.credentials.holder(spent) == owner
    with pytest.raises(InvalidToken):
        await spend(runtime, text, execution_id)


async def test_shown_for_anything_else_it_is_used_up(
    runtime: Runtime, owner: Principal, execution_id: UUID
) -> None:
    for wrong in ((uuid4(), PAGE), (None, PAGE), (execution_id, "https://evil.example")):
        text = await offer(runtime, owner, execution_id)
        with pytest.raises(InvalidToken, match="another feed"):
            await spend(runtime, text, *wrong)
        with pytest.raises(InvalidToken, match="has been used"):
            await spend(runtime, text, execution_id)


async def test_it_waits_no_longer_than_thirty_seconds(
    runtime: Runtime, owner: Principal, execution_id: UUID, clock: FakeClock
) -> None:
    text, late = [await offer(runtime, owner, execution_id) for _ in range(2)]
    clock.advance(29.9)
    assert (await spend(runtime, text, execution_id)).user_id == owner.user_id
    clock.advance(0.1)
    with pytest.raises(InvalidToken):
        await spend(runtime, late, execution_id)


async def test_it_holds_no_longer_than_the_credential(
    runtime: Runtime, owner: Principal, execution_id: UUID, alice: SignedIn, clock: FakeClock
) -> None:
    spent = await spend(runtime, await offer(runtime, owner, execution_id), execution_id)
    ended = await spend(runtime, await offer(runtime, owner, execution_id), execution_id)
    assert owner.expires_at is not None
    clock.advance((owner.expires_at - clock.now()) / timedelta(seconds=1))
    with pytest.raises(InvalidToken):
        await runtime.credentials.holder(spent)
    clock.advance(-1)
    await alice.post("/api/auth/logout")
    with pytest.raises(InvalidToken):
        await runtime.credentials.holder(ended)


async def test_there_is_none_for_what_one_may_not_see(
    runtime: Runtime, owner: Principal, bob: SignedIn
) -> None:
    others = await begin(runtime, bob.user["id"])
    for unseen in (others.id, uuid4()):
        with pytest.raises(NotFound):
            await offer(runtime, owner, unseen)
