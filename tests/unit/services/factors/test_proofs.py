"""A session's proof is fresh for so long, and the local credential's always."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import update

from runcast.database import UnitOfWork
from runcast.errors import InvalidToken, ProofRequired, Unprocessable
from runcast.models import Session
from runcast.runtime import Runtime
from runcast.services.audit import Actor
from runcast.services.factors import proofs
from runcast.services.factors.proofs import Evidence
from runcast.services.principals import Principal
from tests.tools.clock import FakeClock
from tests.tools.people import HERE, PASSWORD, SignedIn


@pytest.fixture
async def principal(runtime: Runtime, alice: SignedIn) -> Principal:
    """Return alice, as she acts."""
    return await runtime.credentials.principal(alice.token)


async def is_fresh(runtime: Runtime, principal: Principal) -> bool:
    """Tell whether somebody may do what is sensitive."""
    async with UnitOfWork(runtime.database) as uow:
        try:
            await proofs.require_fresh(uow, runtime.prover, principal)
        except ProofRequired:
            return False
    return True


async def prove(runtime: Runtime, principal: Principal, evidence: Evidence) -> None:
    """Prove who one is."""
    async with UnitOfWork(runtime.database) as uow:
        await proofs.prove(
            uow,
            runtime.prover,
            runtime.registrar.passwords,
            None,
            Actor(HERE, principal),
            principal=principal,
            evidence=evidence,
        )


async def test_a_sign_in_is_fresh_for_ten_minutes(
    runtime: Runtime, clock: FakeClock, principal: Principal
) -> None:
    clock.advance(599)
    assert await is_fresh(runtime, principal)
    clock.advance(1)
    assert not await is_fresh(runtime, principal)
    await prove(runtime, principal, Evidence(password=PASSWORD))
    clock.advance(599)
    assert await is_fresh(runtime, principal)


async def test_a_session_of_an_older_release_is_as_fresh_as_it_is_old(
    runtime: Runtime, clock: FakeClock, principal: Principal
) -> None:
    async with UnitOfWork(runtime.database) as uow:
        await uow.session.execute(update(Session).values(proved_at=None))
    assert await is_fresh(runtime, principal)
    clock.advance(600)
    assert not await is_fresh(runtime, principal)


async def test_the_local_credential_is_always_fresh(
    runtime: Runtime, clock: FakeClock, principal: Principal
) -> None:
    clock.advance(10_000)
    assert await is_fresh(runtime, replace(principal, session_id=None))


async def test_a_session_that_is_gone_or_has_ended_proves_nothing(
    runtime: Runtime, clock: FakeClock, principal: Principal
) -> None:
    with pytest.raises(InvalidToken):
        await is_fresh(runtime, replace(principal, session_id=UUID(int=1)))
    async with UnitOfWork(runtime.database) as uow:
        await uow.session.execute(update(Session).values(ended_at=clock.now()))
    with pytest.raises(InvalidToken):
        await is_fresh(runtime, principal)


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence(),
        Evidence(password="wrong"),
        Evidence(password=""),
        Evidence(otp="123456"),
        Evidence(recovery_code="x"),
        Evidence(passkey="{}"),
        Evidence(passkey="{}", code="x"),
    ],
    ids=str,
)
async def test_what_does_not_prove_it_leaves_it_as_it_was(
    runtime: Runtime, clock: FakeClock, principal: Principal, evidence: Evidence
) -> None:
    clock.advance(600)
    with pytest.raises(Unprocessable):
        await prove(runtime, principal, evidence)
    assert not await is_fresh(runtime, principal)
