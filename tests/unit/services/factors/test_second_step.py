"""The second step below HTTP: what stands between the steps, and what it holds of the first."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from runcast.database import UnitOfWork
from runcast.errors import InvalidGrant, MfaFailed, MfaRequired
from runcast.models import OneTimeCode, User
from runcast.runtime import Runtime
from runcast.services.factors import second_step
from runcast.services.factors.relying_party import RelyingParty
from runcast.services.factors.second_step import Answer
from runcast.services.sessions import Grant
from tests.tools.authenticator import Authenticator
from tests.tools.clock import FakeClock
from tests.tools.people import HERE, SignedIn
from tests.tools.second_factors import add_app, add_passkey

PARTY = RelyingParty("localhost", ("http://localhost",))


async def asked(runtime: Runtime, alice: SignedIn) -> MfaRequired:
    """Return what alice is asked for."""
    with pytest.raises(MfaRequired) as error:
        async with UnitOfWork(runtime.database) as uow:
            await second_step.ask(uow, runtime.prover, PARTY, UUID(alice.user["id"]))
    return error.value


async def answered(
    runtime: Runtime, token: str, answer: Answer, *, requires_verified: bool = False
) -> Grant:
    """Return what an answer gives."""
    async with UnitOfWork(runtime.database) as uow:
        return await second_step.finish(
            uow,
            replace(runtime.issuer, requires_verified=requires_verified),
            runtime.prover,
            PARTY,
            HERE,
            token=token,
            answer=answer,
        )


async def test_who_has_nothing_is_asked_for_nothing(runtime: Runtime, alice: SignedIn) -> None:
    async with UnitOfWork(runtime.database) as uow:
        await second_step.ask(uow, runtime.prover, PARTY, UUID(alice.user["id"]))
        assert await uow.session.scalar(select(OneTimeCode.hash)) is None


async def test_between_the_steps_neither_password_nor_token_is_kept(
    runtime: Runtime, alice: SignedIn, clock: FakeClock
) -> None:
    await add_app(alice, clock)
    token = (await asked(runtime, alice)).token
    async with UnitOfWork(runtime.database) as uow:
        (kept,) = (await uow.session.scalars(select(OneTimeCode))).all()
        password_hash = str(await uow.session.scalar(select(User.password_hash)))
    assert kept.data.keys() == {"password", "challenge", "wrong"}
    assert password_hash not in str(kept.data)
    assert token not in str(kept.data)
    assert kept.expires_at == clock.now() + timedelta(minutes=5)


async def test_what_may_be_shown_is_what_one_has(
    runtime: Runtime, alice: SignedIn, clock: FakeClock
) -> None:
    await add_passkey(alice, Authenticator())
    only_a_passkey = await asked(runtime, alice)
    await add_app(alice, clock)
    both = await asked(runtime, alice)
    assert only_a_passkey.methods == ("recovery", "passkey")
    assert both.methods == ("otp", "recovery", "passkey")
    assert both.passkey is not None


async def test_an_empty_answer_is_a_wrong_one(
    runtime: Runtime, alice: SignedIn, clock: FakeClock
) -> None:
    await add_app(alice, clock)
    token = (await asked(runtime, alice)).token
    for _ in range(second_step.TRIES - 1):
        with pytest.raises(MfaFailed):
            await answered(runtime, token, Answer())
    with pytest.raises(InvalidGrant):
        await answered(runtime, token, Answer())


async def test_where_addresses_are_verified_it_does_not_go_around_that(
    runtime: Runtime, alice: SignedIn, clock: FakeClock
) -> None:
    _, codes = await add_app(alice, clock)
    token = (await asked(runtime, alice)).token
    answer = Answer(recovery_code=codes[0])
    with pytest.raises(InvalidGrant, match="Confirm"):
        await answered(runtime, token, answer, requires_verified=True)
    # What led to nothing has used nothing up.
    assert (await answered(runtime, token, answer)).access_token
