"""Keys are kept as hashes, bounded in number, and their uses are noted."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from runcast.database import Database, UnitOfWork
from runcast.errors import Conflict
from runcast.ids import TimeOrderedIds
from runcast.models import ApiKey
from runcast.scopes import Scope
from runcast.services import api_keys, random_tokens
from runcast.services.api_keys import KeyRequest
from runcast.services.audit import Audit
from runcast.services.principals import Principal
from tests.tools.clock import FakeClock
from tests.tools.people import HERE
from tests.tools.rows import add_user

REQUEST = KeyRequest("a program", [Scope.APP, Scope.ITEMS_READ, Scope.APP])


@pytest.fixture
async def owner(database: Database) -> Principal:
    """Return somebody who makes keys."""
    return await somebody(database)


async def somebody(database: Database) -> Principal:
    """Return a new user, as they act with a session."""
    return Principal(await add_user(database), "x", "x", False, None, None)


async def make(database: Database, clock: FakeClock, owner: Principal) -> tuple[UUID, str]:
    """Make a key; return its id and its text."""
    async with UnitOfWork(database) as uow:
        view, text = await api_keys.make(
            uow, Audit(clock, TimeOrderedIds()), owner, REQUEST, client=HERE
        )
    return view.id, text


async def test_a_key_is_kept_as_its_hash(
    database: Database, clock: FakeClock, owner: Principal
) -> None:
    key_id, text = await make(database, clock, owner)
    async with database.session() as session:
        kept = await session.get_one(ApiKey, key_id)
    assert (kept.hash, kept.hint) == (random_tokens.hash_of(text), text[:8])
    assert kept.scopes == ["app", "items:read"]
    assert text not in repr(vars(kept))


async def test_nobody_has_more_keys_than_one_can_oversee(
    database: Database, clock: FakeClock, owner: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_keys, "MAX_KEYS", 2)
    other = await somebody(database)
    for _ in range(2):
        await make(database, clock, owner)
    with pytest.raises(Conflict, match="more than 2 keys"):
        await make(database, clock, owner)
    await make(database, clock, other)


async def test_uses_are_noted_of_keys_that_are_still_there(
    database: Database, clock: FakeClock, owner: Principal
) -> None:
    used, _ = await make(database, clock, owner)
    unused, _ = await make(database, clock, owner)
    clock.advance(60)
    async with UnitOfWork(database) as uow:
        await api_keys.note_uses(uow, {used: clock.now(), uuid4(): clock.now()})
    async with database.session() as session:
        found = (await session.scalars(select(ApiKey))).all()
    assert {key.id: key.last_used_at for key in found} == {used: clock.now(), unused: None}
