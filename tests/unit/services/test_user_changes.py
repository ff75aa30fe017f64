"""There is always an administrator, whoever changes whom at the same moment."""

import asyncio
from uuid import UUID

import pytest

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.errors import Conflict
from runcast.runtime import Runtime
from runcast.services import user_changes, user_lists
from runcast.services.audit import Action, Actor
from runcast.services.user_changes import AccountChange
from runcast.services.user_lists import Account
from tests.tools.administrators import promote
from tests.tools.audited import entries
from tests.tools.people import HERE, SignedIn


async def change(runtime: Runtime, client: SignedIn, wanted: AccountChange) -> Account:
    """Change an account in a unit of its own."""
    async with UnitOfWork(runtime.database) as uow:
        return await user_changes.change(
            uow,
            runtime.issuer,
            runtime.credentials,
            UUID(client.user["id"]),
            wanted,
            by=Actor(HERE),
        )


@pytest.mark.parametrize("wanted", [AccountChange(is_disabled=True), AccountChange(is_admin=False)])
async def test_of_two_administrators_who_are_removed_at_once_one_stays(
    app: Runcast, runtime: Runtime, alice: SignedIn, bob: SignedIn, wanted: AccountChange
) -> None:
    for who in (alice, bob):
        await promote(app, who)
    for _ in range(5):
        results = await asyncio.gather(
            *(change(runtime, who, wanted) for who in (alice, bob)), return_exceptions=True
        )
        assert sorted(type(result).__name__ for result in results) == ["Account", "Conflict"]
        for who in (alice, bob):
            await change(runtime, who, AccountChange(is_disabled=False, is_admin=True))


async def test_a_disabled_administrator_does_not_count(
    app: Runcast, runtime: Runtime, alice: SignedIn, bob: SignedIn
) -> None:
    for who in (alice, bob):
        await promote(app, who)
    await change(runtime, bob, AccountChange(is_disabled=True))
    with pytest.raises(Conflict):
        await change(runtime, alice, AccountChange(is_admin=False))
    unmade = await change(runtime, bob, AccountChange(is_admin=False))
    assert not unmade.is_admin
    assert len(await entries(runtime, Action.ACCOUNT_DISABLED)) == 1


async def test_a_change_that_is_refused_leaves_nothing(
    app: Runcast, runtime: Runtime, alice: SignedIn
) -> None:
    await promote(app, alice)
    with pytest.raises(Conflict):
        await change(runtime, alice, AccountChange(is_disabled=True))
    async with UnitOfWork(runtime.database) as uow:
        account = await user_lists.get(uow, UUID(alice.user["id"]))
    assert (account.is_admin, account.disabled_at) == (True, None)
    assert (await alice.get("/api/auth/me")).status_code == 200
    assert await entries(runtime, Action.ACCOUNT_DISABLED) == []
