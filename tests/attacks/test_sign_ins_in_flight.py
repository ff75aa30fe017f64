"""Sign-ins that are under way while credentials are ended: in either order no session is left."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import update

from runcast.database import UnitOfWork
from runcast.errors import InvalidGrant
from runcast.models import User
from runcast.services import (
    user_changes,
)
from runcast.services.audit import Actor
from runcast.services.factors import passkey_sign_in, second_step
from runcast.services.factors.second_step import Answer
from runcast.services.providers import finished_sign_ins
from runcast.services.user_changes import AccountChange
from tests.tools.account_scenes import PARTY, Doing, Scene
from tests.tools.authenticator import Authenticator
from tests.tools.clock import FakeClock
from tests.tools.people import HERE, SignedIn
from tests.tools.second_factors import add_app, add_passkey, challenge, first_step
from tests.unit.services.providers.test_finished_sign_ins import CHALLENGE, VERIFIER


@pytest.fixture
async def signing_in(
    scene: Scene, alice: SignedIn, clock: FakeClock, request: pytest.FixtureRequest
) -> Doing:
    """Return the last request of a sign-in that has come so far, by one of the ways."""
    runtime = scene.runtime
    key = Authenticator()
    if request.param == "a passkey":
        await add_passkey(alice, key)
        asked = await challenge(alice)
        shown = key.get(asked["options"])
        return lambda uow: passkey_sign_in.finish(
            uow,
            runtime.issuer,
            runtime.prover,
            PARTY,
            HERE,
            code=asked["code"],
            passkey=shown,
        )
    if request.param == "a provider":
        user_id = UUID(alice.user["id"])
        async with UnitOfWork(runtime.database) as uow:
            code = await finished_sign_ins.offer(uow, runtime.clock, user_id, CHALLENGE.decode())
        return lambda uow: finished_sign_ins.by_code(
            uow, runtime.issuer, code=code, verifier=VERIFIER, client=HERE
        )
    _, codes = await add_app(alice, clock)
    token = (await first_step(alice))["mfa_token"]
    answer = Answer(recovery_code=codes[0])
    return lambda uow: second_step.finish(
        uow, runtime.issuer, runtime.prover, PARTY, HERE, token=token, answer=answer
    )


SIGN_INS = pytest.mark.parametrize(
    "signing_in", ["a second step", "a passkey", "a provider"], indirect=True
)


@SIGN_INS
async def test_a_sign_in_that_ends_during_the_reset_opens_nothing(
    signing_in: Doing, scene: Scene
) -> None:
    async with UnitOfWork(scene.runtime.database) as uow:
        await scene.set_password(uow)
        finishing = asyncio.create_task(scene.do(signing_in))
        done, _ = await asyncio.wait({finishing}, timeout=0.3)
        assert not done
    with pytest.raises(InvalidGrant):
        await finishing
    assert await scene.left() == 0


@SIGN_INS
async def test_a_session_that_is_opened_just_before_the_reset_is_ended_by_it(
    signing_in: Doing, scene: Scene
) -> None:
    async with UnitOfWork(scene.runtime.database) as uow:
        await signing_in(uow)
        resetting = asyncio.create_task(scene.do(scene.take_back))
        done, _ = await asyncio.wait({resetting}, timeout=0.3)
        assert not done
    await resetting
    assert await scene.left() == 0


@SIGN_INS
async def test_a_sign_in_that_ends_while_the_account_is_disabled_opens_nothing(
    signing_in: Doing, scene: Scene
) -> None:
    runtime, wanted = scene.runtime, AccountChange(is_disabled=True)
    async with UnitOfWork(runtime.database) as uow:
        await user_changes.change(
            uow, runtime.issuer, runtime.credentials, scene.user_id, wanted, by=Actor(HERE)
        )
        finishing = asyncio.create_task(scene.do(signing_in))
        done, _ = await asyncio.wait({finishing}, timeout=0.3)
        assert not done
    with pytest.raises(InvalidGrant):
        await finishing


@pytest.mark.parametrize("signing_in", ["a second step"], indirect=True)
async def test_a_second_step_that_ends_while_the_password_changes_opens_nothing(
    signing_in: Doing, scene: Scene
) -> None:
    async with UnitOfWork(scene.runtime.database) as uow:
        theirs = update(User).where(User.id == scene.user_id)
        await uow.session.execute(theirs.values(password_hash="another"))
        finishing = asyncio.create_task(scene.do(signing_in))
        done, _ = await asyncio.wait({finishing}, timeout=0.3)
        assert not done
    with pytest.raises(InvalidGrant):
        await finishing
