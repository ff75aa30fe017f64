"""Requests that are under way while credentials are ended.

Who ends credentials and who makes them hold the same row: in either order nothing is left that opens the
account.
"""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from runcast.database import UnitOfWork
from runcast.errors import InvalidToken, RuncastError
from runcast.models import User
from runcast.services.own_account import Change
from tests.tools.account_scenes import Scene, changing
from tests.tools.people import PASSWORD

NEW = "a password that is new"
ACTS = (
    "a key",
    "a share",
    "an app",
    "no app",
    "recovery codes",
    "a passkey",
    "no passkey",
    "a team",
    "an invitation",
    "a letter",
    "a name",
    "somebody's rights",
)
# Those that end in one statement after the row was waited for; a passkey's code is used up first.
MAKING = ("a key", "a share", "recovery codes")


@pytest.mark.parametrize("act", [act for act in ACTS if act != "a passkey"])
async def test_who_was_let_in_before_the_reset_does_nothing_after_it(
    scene: Scene, act: str
) -> None:
    await scene.do(scene.take_back)
    with pytest.raises(InvalidToken):
        await scene.do(scene.acts[act])
    assert await scene.left() == 0


@pytest.mark.parametrize("act", MAKING)
async def test_who_comes_during_the_reset_waits_for_it_and_makes_nothing(
    scene: Scene, act: str
) -> None:
    async with UnitOfWork(scene.runtime.database) as uow:
        await scene.take_back(uow)
        doing = asyncio.create_task(scene.do(scene.acts[act]))
        done, _ = await asyncio.wait({doing}, timeout=0.3)
        assert not done
    with pytest.raises(InvalidToken):
        await doing
    assert await scene.left() == 0


@pytest.mark.parametrize("act", ["an app", "a passkey", *MAKING])
async def test_what_is_made_just_before_the_reset_is_ended_by_it(scene: Scene, act: str) -> None:
    async with UnitOfWork(scene.runtime.database) as uow:
        await scene.acts[act](uow)
        resetting = asyncio.create_task(scene.do(scene.take_back))
        done, _ = await asyncio.wait({resetting}, timeout=0.3)
        assert not done
    await resetting
    assert await scene.left() == 0


async def test_a_passkey_whose_code_was_used_up_before_the_reset_is_not_kept_after_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, may_go_on = asyncio.Event(), asyncio.Event()
    commit = UnitOfWork.commit

    async def pausing(uow: UnitOfWork) -> None:
        await commit(uow)
        if not reached.is_set():
            reached.set()
            await may_go_on.wait()

    monkeypatch.setattr(UnitOfWork, "commit", pausing)
    adding = asyncio.create_task(scene.do(scene.acts["a passkey"]))
    await reached.wait()
    await scene.do(scene.take_back)
    may_go_on.set()
    with pytest.raises(InvalidToken):
        await adding
    assert await scene.left() == 0


@pytest.mark.parametrize("wanted", [Change(password=NEW), Change(email="evil@example.com")])
async def test_the_old_password_changes_nothing_once_it_is_another(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, wanted: Change
) -> None:
    passwords = scene.runtime.registrar.passwords
    verify = passwords.verify

    async def verified(*arguments: Any) -> bool:
        is_right = await verify(*arguments)
        theirs = update(User).where(User.id == scene.user_id)
        await scene.do(lambda uow: uow.session.execute(theirs.values(password_hash="another")))
        return is_right

    monkeypatch.setattr(passwords, "verify", verified)
    change = changing(scene.runtime, scene.runtime.registrar, scene.by)
    with pytest.raises(RuncastError, match="not the password that you have now"):
        await scene.do(lambda uow: change(uow, replace(wanted, current_password=PASSWORD)))
    async with UnitOfWork(scene.runtime.database) as uow:
        query = select(User.email, User.password_hash).where(User.id == scene.user_id)
        row = (await uow.session.execute(query)).one()
    assert tuple(row) == ("alice@example.com", "another")
