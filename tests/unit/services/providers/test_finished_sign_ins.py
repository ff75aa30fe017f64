"""The code at the end of a sign-in: for whoever has the verifier, once, while the account is not disabled."""

import base64
import hashlib
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import update

from runcast.database import UnitOfWork
from runcast.errors import InvalidGrant
from runcast.models import Session, User
from runcast.runtime import Runtime
from runcast.services.principals import Client
from runcast.services.providers import finished_sign_ins
from runcast.services.sessions import Grant
from tests.tools.people import SignedIn

HERE = Client("a program", "192.0.2.1")
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")


@pytest.fixture
async def code(runtime: Runtime, alice: SignedIn) -> str:
    """Return a code for alice."""
    async with UnitOfWork(runtime.database) as uow:
        return await finished_sign_ins.offer(
            uow, runtime.clock, UUID(alice.user["id"]), CHALLENGE.decode()
        )


async def exchange(runtime: Runtime, code: str, verifier: str = VERIFIER) -> Grant:
    """Return what a code gives."""
    async with UnitOfWork(runtime.database) as uow:
        return await finished_sign_ins.by_code(
            uow, runtime.issuer, code=code, verifier=verifier, client=HERE
        )


async def test_it_opens_a_session_of_whoever_exchanges_it(
    runtime: Runtime, alice: SignedIn, code: str
) -> None:
    grant = await exchange(runtime, code)
    principal = await runtime.credentials.principal(grant.access_token)
    async with UnitOfWork(runtime.database) as uow:
        session = await uow.session.get_one(Session, principal.session_id)
    assert str(principal.user_id) == alice.user["id"]
    assert (session.methods, session.user_agent) == ("fed", "a program")


@pytest.mark.parametrize("verifier", ["", "w" * 43, CHALLENGE.decode(), "\ud800"])
async def test_a_wrong_verifier_uses_it_up(runtime: Runtime, code: str, verifier: str) -> None:
    for shown in (verifier, VERIFIER):
        with pytest.raises(InvalidGrant):
            await exchange(runtime, code, shown)


async def test_it_is_good_once(runtime: Runtime, code: str) -> None:
    await exchange(runtime, code)
    with pytest.raises(InvalidGrant):
        await exchange(runtime, code)


async def test_a_disabled_account_gets_nothing(
    runtime: Runtime, alice: SignedIn, code: str
) -> None:
    async with UnitOfWork(runtime.database) as uow:
        disabled = update(User).values(disabled_at=datetime(2026, 1, 1, tzinfo=UTC))
        await uow.session.execute(disabled)
    with pytest.raises(InvalidGrant):
        await exchange(runtime, code)
