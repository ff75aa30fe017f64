"""The grants below HTTP: races decided one way and then the other."""

import pytest

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.errors import InvalidGrant
from runcast.runtime import Runtime
from runcast.services import grants, refresh_tokens
from runcast.services.sessions import Grant, changed
from tests.tools.people import HERE, SignedIn


async def rotate(runtime: Runtime, token: str) -> Grant:
    """Return what a rotation in a unit of its own hands out."""
    async with UnitOfWork(runtime.database) as uow:
        return await grants.by_refresh_token(
            uow, runtime.issuer, runtime.credentials, token, client=HERE
        )


async def test_who_loses_a_race_gets_what_the_winner_got(
    app: Runcast, alice: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime: Runtime = app.state.runtime
    token = alice.tokens["refresh_token"]
    won: list[Grant] = []

    async def overtaken(uow: UnitOfWork, statement: object) -> bool:
        monkeypatch.setattr(grants, "changed", changed)
        won.append(await rotate(runtime, token))
        return await changed(uow, statement)

    monkeypatch.setattr(grants, "changed", overtaken)
    lost = await rotate(runtime, token)
    assert lost.refresh_token == won[0].refresh_token


async def test_who_loses_a_race_by_two_rotations_is_a_replay(
    app: Runcast, alice: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime: Runtime = app.state.runtime
    token = alice.tokens["refresh_token"]
    won: list[Grant] = []

    async def overtaken(uow: UnitOfWork, statement: object) -> bool:
        monkeypatch.setattr(grants, "changed", changed)
        won.append(await rotate(runtime, token))
        won.append(await rotate(runtime, won[0].refresh_token))
        return await changed(uow, statement)

    monkeypatch.setattr(grants, "changed", overtaken)
    with pytest.raises(InvalidGrant):
        await rotate(runtime, token)
    with pytest.raises(InvalidGrant):
        await rotate(runtime, won[1].refresh_token)


async def test_a_session_ended_in_the_middle_of_a_rotation_stays_ended(
    app: Runcast, alice: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime: Runtime = app.state.runtime

    async def overtaken(uow: UnitOfWork, statement: object) -> bool:
        monkeypatch.setattr(grants, "changed", changed)
        assert (await alice.post("/api/auth/logout")).status_code == 204
        return await changed(uow, statement)

    monkeypatch.setattr(grants, "changed", overtaken)
    with pytest.raises(InvalidGrant):
        await rotate(runtime, alice.tokens["refresh_token"])


async def test_a_genuine_token_past_the_bound_ends_nothing(
    app: Runcast, alice: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime: Runtime = app.state.runtime
    newest = alice.tokens["refresh_token"]
    for _ in range(4):
        newest = (await rotate(runtime, newest)).refresh_token
    monkeypatch.setattr(refresh_tokens, "MAX_STEPS", 3)
    with pytest.raises(InvalidGrant):
        await rotate(runtime, alice.tokens["refresh_token"])
    assert (await rotate(runtime, newest)).refresh_token
