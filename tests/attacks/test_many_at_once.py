"""Many at once of what is bounded: what is counted is counted by one at a time."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from runcast.database import UnitOfWork
from runcast.errors import Conflict, TooMany
from runcast.services import (
    api_keys,
    registration,
    resets,
    shares,
    teams,
    verification,
)
from runcast.services.factors import factors, passkeys
from runcast.services.letter_bounds import PLACES, Kind
from runcast.services.own_account import Change
from runcast.services.users import Newcomer
from tests.tools.account_scenes import PARTY, Carrier, Doing, Scene, changing, written
from tests.tools.authenticator import Authenticator
from tests.tools.people import HERE, PASSWORD


async def at_once(scene: Scene, act: Doing, times: int = 8) -> list[Any]:
    """Return what each of so many got, who did the same at once: of a refusal, its type."""
    both = await asyncio.gather(*(scene.do(act) for _ in range(times)), return_exceptions=True)
    return [type(one) if isinstance(one, BaseException) else None for one in both]


@pytest.mark.parametrize(
    ("act", "module", "bound"),
    [
        ("a key", api_keys, "MAX_KEYS"),
        ("a share", shares, "MAX_SHARES"),
        ("a team", teams, "MAX_TEAMS"),
    ],
)
async def test_many_at_once_make_no_more_than_one_by_one(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, act: str, module: Any, bound: str
) -> None:
    # One team is there already.
    monkeypatch.setattr(module, bound, 3 if act == "a team" else 2)
    results = await at_once(scene, scene.acts[act])
    assert (results.count(None), results.count(Conflict)) == (2, 6)


async def test_many_passkeys_at_once_are_no_more_than_one_may_have(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passkeys, "MAX_PASSKEYS", 2)
    prover = scene.runtime.prover

    async def add(uow: UnitOfWork) -> None:
        begun = await passkeys.begin(uow, prover, PARTY, scene.user_id)
        # Who begins anew gives up what was begun: here each goes on with their own.
        credential = Authenticator().create(begun.options)
        await factors.add_passkey(
            uow,
            prover,
            PARTY,
            scene.by,
            scene.user_id,
            code=begun.code,
            credential=credential,
            name="x",
        )

    results = await at_once(scene, add)
    assert (results.count(None), set(results)) == (1, {None, Conflict})


async def test_of_recovery_codes_made_many_times_at_once_ten_are_good(scene: Scene) -> None:
    results = await at_once(scene, scene.acts["recovery codes"])
    assert set(results) == {None}
    async with UnitOfWork(scene.runtime.database) as uow:
        assert (await factors.overview(uow, scene.user_id)).recovery_codes == 10


async def test_many_who_ask_for_a_letter_at_once_get_one(scene: Scene) -> None:
    carrier = Carrier()
    registrar = written(scene.runtime, carrier)
    change = changing(scene.runtime, registrar, scene.by)
    wanted = Change(email="new@example.com", current_password=PASSWORD)
    for doing, refused in (
        (lambda uow: resets.ask(uow, registrar, "alice@example.com", client=HERE), None),
        (lambda uow: verification.ask(uow, registrar, scene.user_id, by=scene.by), TooMany),
        (lambda uow: change(uow, wanted), TooMany),
    ):
        results = await at_once(scene, doing)
        assert set(results) == {None, refused}
        await registrar.mailer.settled()
        assert len(carrier.taken) == 1
        carrier.taken.clear()


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
async def test_many_who_register_one_address_at_once_write_five_letters_to_it(
    scene: Scene, email: str
) -> None:
    carrier = Carrier()
    registrar = replace(written(scene.runtime, carrier), requires_verified=True)
    newcomer = Newcomer(email, PASSWORD)
    results = await at_once(
        scene, lambda uow: registration.register(uow, registrar, newcomer, client=HERE), 10
    )
    assert set(results) == {None}
    await registrar.mailer.settled()
    assert [letter.to for letter in carrier.taken] == [email] * PLACES[Kind.ACCOUNT]
