"""Whether a passkey proves something below HTTP: races, flags that changed, and by which methods."""

import asyncio
from uuid import UUID

import pytest

from runcast.database import UnitOfWork
from runcast.runtime import Runtime
from runcast.services.factors import challenges, passkey_proofs
from runcast.services.factors.passkey_proofs import Verified
from runcast.services.factors.relying_party import RelyingParty
from tests.tools.authenticator import BE, BS, UP, UV, Authenticator, encode
from tests.tools.people import HERE, SignedIn
from tests.tools.second_factors import add_passkey

PARTY = RelyingParty("localhost", ("http://localhost",))


async def shown(
    runtime: Runtime, key: Authenticator, user_id: UUID | None = None, text: str | None = None
) -> Verified | None:
    """Return what a key proves that is shown for a new challenge."""
    challenge = challenges.make(runtime.prover.sealer, runtime.clock)
    made = key.get({"challenge": encode(challenge.value)}) if text is None else text
    async with UnitOfWork(runtime.database) as uow:
        return await passkey_proofs.by_challenge(
            uow, runtime.prover, PARTY, HERE, code=challenge.code, text=made, user_id=user_id
        )


@pytest.mark.parametrize(("synced", "told"), [(True, "swk user mfa"), (False, "hwk user mfa")])
def test_methods_say_whether_the_key_moves(synced: bool, told: str) -> None:
    assert passkey_proofs.methods(synced=synced) == told


async def test_it_proves_whose_it_is(runtime: Runtime, alice: SignedIn, bob: SignedIn) -> None:
    key = Authenticator()
    await add_passkey(alice, key)
    mine, his = UUID(alice.user["id"]), UUID(bob.user["id"])
    assert await shown(runtime, key) == Verified(mine, "hwk user mfa")
    assert await shown(runtime, key, mine) == Verified(mine, "hwk user mfa")
    assert await shown(runtime, key, his) is None


async def test_one_that_begins_to_be_copied_about_is_not_what_it_was(
    runtime: Runtime, alice: SignedIn
) -> None:
    key = Authenticator()
    await add_passkey(alice, key)
    key.flags = UP | UV | BE | BS
    assert await shown(runtime, key) is None


async def test_of_two_with_one_count_at_once_one_gets_through(
    runtime: Runtime, alice: SignedIn
) -> None:
    key = Authenticator()
    await add_passkey(alice, key)
    key.counts = 0
    key.count += 1
    found = await asyncio.gather(*(shown(runtime, key) for _ in range(4)))
    assert len([one for one in found if one is not None]) == 1


async def test_one_that_does_not_count_may_be_shown_at_once(
    runtime: Runtime, alice: SignedIn
) -> None:
    key = Authenticator(counts=0)
    await add_passkey(alice, key)
    found = await asyncio.gather(*(shown(runtime, key) for _ in range(4)))
    assert None not in found


@pytest.mark.parametrize("text", ["", "{}", "null", "\ud800"])
async def test_what_is_no_credential_proves_nothing(runtime: Runtime, text: str) -> None:
    assert await shown(runtime, Authenticator(), text=text) is None
