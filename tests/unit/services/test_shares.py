"""Shares are kept as hashes, and bounded in number."""

from uuid import UUID

import pytest

from runcast.database import UnitOfWork
from runcast.errors import Conflict
from runcast.models import Share
from runcast.runtime import Runtime
from runcast.services import random_tokens, shares
from runcast.services.principals import Principal
from tests.tools.people import HERE, SignedIn
from tests.tools.stories import begin


async def make(runtime: Runtime, owner: Principal, execution_id: UUID) -> tuple[UUID, str]:
    """Make a share; return its id and its token."""
    async with UnitOfWork(runtime.database) as uow:
        view, token = await shares.make(uow, runtime.audit, owner, execution_id, None, client=HERE)
    return view.id, token


async def test_a_share_is_kept_as_its_hash_and_there_is_no_end_of_them_but_one(
    runtime: Runtime, alice: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shares, "MAX_SHARES", 2)
    owner = await runtime.credentials.principal(alice.token)
    one, other = [await begin(runtime, alice.user["id"]) for _ in range(2)]
    share_id, token = await make(runtime, owner, one.id)
    async with runtime.database.session() as session:
        kept = await session.get_one(Share, share_id)
    assert kept.hash == random_tokens.hash_of(token)
    await make(runtime, owner, one.id)
    with pytest.raises(Conflict, match="more than 2 shares"):
        await make(runtime, owner, one.id)
    await make(runtime, owner, other.id)
