"""A passkey alone opens a session for who may sign in, where it is known for whom passkeys are."""

from dataclasses import replace

import pytest

from runcast.database import UnitOfWork
from runcast.errors import InvalidGrant
from runcast.runtime import Runtime
from runcast.services.factors import passkey_sign_in
from runcast.services.factors.relying_party import RelyingParty
from runcast.services.sessions import Grant
from tests.tools.authenticator import Authenticator
from tests.tools.people import HERE, SignedIn
from tests.tools.second_factors import add_passkey

PARTY = RelyingParty("localhost", ("http://localhost",))


@pytest.fixture
async def key(alice: SignedIn) -> Authenticator:
    """Return alice's passkey."""
    key = Authenticator()
    await add_passkey(alice, key)
    return key


async def sign_in(
    runtime: Runtime,
    key: Authenticator,
    party: RelyingParty | None = PARTY,
    *,
    requires_verified: bool = False,
) -> Grant:
    """Return what a passkey gives."""
    asked = passkey_sign_in.ask(runtime.prover, PARTY)
    async with UnitOfWork(runtime.database) as uow:
        return await passkey_sign_in.finish(
            uow,
            replace(runtime.issuer, requires_verified=requires_verified),
            runtime.prover,
            party,
            HERE,
            code=asked.code,
            passkey=key.get(asked.options),
        )


async def test_it_opens_a_session(runtime: Runtime, alice: SignedIn, key: Authenticator) -> None:
    grant = await sign_in(runtime, key)
    principal = await runtime.credentials.principal(grant.access_token)
    assert str(principal.user_id) == alice.user["id"]


async def test_any_passkey_of_the_person_will_do(runtime: Runtime) -> None:
    asked = passkey_sign_in.ask(runtime.prover, PARTY)
    assert (asked.options["rpId"], asked.options["allowCredentials"]) == ("localhost", [])


@pytest.mark.parametrize(
    "party", [None, RelyingParty("elsewhere.example", ("https://elsewhere.example",))]
)
async def test_for_another_name_it_opens_nothing(
    runtime: Runtime, key: Authenticator, party: RelyingParty | None
) -> None:
    with pytest.raises(InvalidGrant):
        await sign_in(runtime, key, party)


async def test_where_addresses_are_verified_it_does_not_go_around_that(
    runtime: Runtime, key: Authenticator
) -> None:
    with pytest.raises(InvalidGrant, match="Confirm"):
        await sign_in(runtime, key, requires_verified=True)
