"""The last way to sign in is not taken away, by nobody and by no two at once."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, update

from runcast.database import Database, UnitOfWork
from runcast.errors import LastWayIn
from runcast.models import Identity, Passkey, User
from runcast.services import ways_in
from tests.tools.rows import MOMENT, add_user


async def give(database: Database, user_id: UUID, way: str) -> None:
    """Give somebody a way to sign in."""
    whose: dict[str, Any] = {"id": uuid4(), "user_id": user_id, "created_at": MOMENT}
    async with UnitOfWork(database) as uow:
        if way == "password":
            its = User.id == user_id
            await uow.session.execute(update(User).where(its).values(password_hash="x"))
        elif way == "identity":
            elsewhere = {"provider": "x", "issuer": "x", "subject": str(uuid4())}
            uow.session.add(Identity(last_used_at=MOMENT, **elsewhere, **whose))
        else:
            key = {"credential_id": uuid4().bytes, "public_key": b"", "sign_count": 0, "name": "x"}
            flags = {"transports": [], "synced": False, "backed_up": False}
            uow.session.add(Passkey(**key, **flags, **whose))


async def take_passkeys(database: Database, user_id: UUID) -> None:
    """Take somebody's passkeys away, if a way is left."""
    async with UnitOfWork(database) as uow:
        await ways_in.hold(uow, user_id)
        await uow.session.execute(delete(Passkey).where(Passkey.user_id == user_id))
        await ways_in.check_left(uow, user_id)


@pytest.mark.parametrize("way", ["password", "identity"])
async def test_one_other_way_is_enough(database: Database, way: str) -> None:
    user_id = await add_user(database)
    await give(database, user_id, "passkey")
    await give(database, user_id, way)
    await take_passkeys(database, user_id)


async def test_without_another_way_nothing_is_taken(database: Database) -> None:
    user_id = await add_user(database)
    await give(database, await add_user(database), "password")
    await give(database, user_id, "passkey")
    for _ in range(2):
        with pytest.raises(LastWayIn):
            await take_passkeys(database, user_id)


async def test_two_who_take_two_ways_at_once_do_not_take_both(database: Database) -> None:
    user_id = await add_user(database)
    await give(database, user_id, "passkey")
    await give(database, user_id, "identity")

    async def take_identities() -> None:
        async with UnitOfWork(database) as uow:
            await ways_in.hold(uow, user_id)
            await uow.session.execute(delete(Identity).where(Identity.user_id == user_id))
            await ways_in.check_left(uow, user_id)

    both = await asyncio.gather(
        take_passkeys(database, user_id), take_identities(), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in both) == ["LastWayIn", "NoneType"]


async def test_a_password_is_known_of(database: Database) -> None:
    user_id = await add_user(database)
    async with UnitOfWork(database) as uow:
        assert not await ways_in.has_password(uow, user_id)
    await give(database, user_id, "password")
    async with UnitOfWork(database) as uow:
        assert await ways_in.has_password(uow, user_id)
