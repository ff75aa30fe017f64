"""What the rows say of credentials, asked for many at once."""

from datetime import timedelta
from typing import Any

import pytest

from runcast.database.prepared_reads import PreparedRead
from runcast.runtime import Runtime
from runcast.services import random_tokens
from runcast.services.live_credentials import LiveCredentials
from runcast.services.principals import Principal, Shared
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn, make_key
from tests.tools.stories import begin


@pytest.fixture
def live(runtime: Runtime) -> LiveCredentials:
    """Return what asks the application's database."""
    return LiveCredentials(runtime.database, runtime.clock, timedelta(days=30))


async def shared(runtime: Runtime, alice: SignedIn) -> tuple[str, dict[str, Any]]:
    """Return the path and the body of a share of an execution of alice's."""
    path = f"/api/executions/{(await begin(runtime, alice.user['id'])).id}/share"
    answer = await alice.post(path)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return path, made


async def test_a_key_and_a_share_are_found_by_their_hashes(
    runtime: Runtime, live: LiveCredentials, alice: SignedIn
) -> None:
    key = await make_key(alice, "app")
    _, made = await shared(runtime, alice)
    found = await live.by_key(random_tokens.hash_of(key["key"]))
    assert found is not None
    assert (str(found.key_id), found.scopes) == (key["id"], ["app"])
    seen = await live.by_share(random_tokens.hash_of(made["token"]))
    assert seen is not None
    assert (str(seen.share_id), str(seen.execution_id)) == (made["id"], made["execution_id"])
    assert await live.by_key(b"x") is None
    assert await live.by_share(b"x") is None


async def test_sessions_keys_and_shares_are_judged_together(
    *,
    runtime: Runtime,
    live: LiveCredentials,
    alice: SignedIn,
    bob: SignedIn,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = await make_key(alice, "app")
    path, made = await shared(runtime, alice)
    tokens = (alice.token, bob.token, key["key"], made["token"])
    viewers = [await runtime.credentials.viewer(token) for token in tokens]
    reads: list[PreparedRead] = []
    fetch = runtime.database.fetch

    async def counting(read: PreparedRead, **values: Any) -> Any:
        reads.append(read)
        return await fetch(read, **values)

    monkeypatch.setattr(runtime.database, "fetch", counting)
    assert await live.still_good(viewers) == set(viewers)
    assert len(reads) == 2
    await bob.post("/api/auth/logout")
    await alice.delete(f"/api/auth/keys/{key['id']}")
    assert await live.still_good(viewers) == {viewers[0], viewers[3]}
    await alice.delete(f"{path}s/{made['id']}")
    assert await live.still_good(viewers) == {viewers[0]}
    clock.advance(300)
    assert await live.still_good(viewers) == set()


async def test_nothing_is_asked_for_nobody(
    live: LiveCredentials, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime.database, "fetch", None)
    assert await live.still_good([]) == set()


async def test_by_a_key_an_administrator_is_none(
    runtime: Runtime, live: LiveCredentials, alice: SignedIn
) -> None:
    key = await make_key(alice, "app")
    viewer = await runtime.credentials.viewer(key["key"])
    assert isinstance(viewer, Principal)
    assert not isinstance(viewer, Shared)
    (found,) = await live.by_ids(keys=[viewer.key_id] if viewer.key_id else [])
    assert found.principal(None).is_admin is False
