"""Changing oneself below HTTP: what two changes at once must not do."""

import asyncio

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.errors import Unprocessable
from runcast.runtime import Runtime
from runcast.services import own_account
from runcast.services.own_account import Change
from runcast.services.users import UserView
from tests.tools.people import HERE, PASSWORD, SignedIn


async def test_of_two_password_changes_at_once_one_is_refused(
    app: Runcast, alice: SignedIn
) -> None:
    runtime: Runtime = app.state.runtime
    principal = await runtime.credentials.principal(alice.tokens["access_token"])

    async def change(password: str) -> UserView:
        wanted = Change(password=password, current_password=PASSWORD)
        async with UnitOfWork(runtime.database) as uow:
            return await own_account.change(
                uow, runtime.registrar, runtime.credentials, principal, wanted, client=HERE
            )

    results = await asyncio.gather(
        change("password one"), change("password two"), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == [
        Unprocessable.__name__,
        UserView.__name__,
    ]
