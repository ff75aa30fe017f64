"""What an operator takes from somebody who has lost it: everything, and from nobody else."""

import pytest
from sqlalchemy import select

from runcast.database import UnitOfWork
from runcast.errors import NotFound
from runcast.models import AuditEntry
from runcast.runtime import Runtime
from runcast.services.factors import factor_resets
from tests.tools.authenticator import Authenticator
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn, password_grant
from tests.tools.second_factors import add_app, add_passkey, first_step


async def reset(runtime: Runtime, email: str) -> None:
    """Do it."""
    async with UnitOfWork(runtime.database) as uow:
        await factor_resets.reset(uow, runtime.audit, email)


async def test_the_password_signs_in_alone_again_and_sessions_have_ended(
    runtime: Runtime, alice: SignedIn, bob: SignedIn, clock: FakeClock
) -> None:
    for person in (alice, bob):
        await add_app(person, clock)
        await add_passkey(person, Authenticator())
    await reset(runtime, "ALICE@example.com")
    clock.advance(3)
    assert (await alice.get("/api/auth/me")).status_code == 401
    tokens = await password_grant(alice, "alice@example.com")
    alice.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    assert (await alice.get("/api/auth/factors")).json() == {
        "has_password": True,
        "totp_confirmed_at": None,
        "recovery_codes": 0,
        "passkeys": [],
    }
    assert (await bob.get("/api/auth/me")).status_code == 200
    await first_step(bob, "bob@example.com")


async def test_it_is_noted_whose_they_were(runtime: Runtime, alice: SignedIn) -> None:
    await reset(runtime, "alice@example.com")
    async with UnitOfWork(runtime.database) as uow:
        newest = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)
        entry = (await uow.session.scalars(newest)).one()
    assert (entry.action, entry.subject) == ("factors.reset", f"user {alice.user['id']}")
    assert entry.user_agent == "runcast users reset-factors"


@pytest.mark.parametrize("email", ["nobody@example.com", "no address", ""])
async def test_of_nobody_nothing_is_taken(runtime: Runtime, email: str) -> None:
    with pytest.raises(NotFound):
        await reset(runtime, email)
