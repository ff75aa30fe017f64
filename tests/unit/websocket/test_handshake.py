"""The first words of a feed."""

import asyncio
from uuid import uuid4

import pytest

from runcast.runtime import Runtime
from runcast.websocket import handshake
from runcast.websocket.incoming import Refused
from tests.tools.people import SignedIn
from tests.tools.wires import MemorySocket, accepted


async def refused_with(socket: MemorySocket, runtime: Runtime, execution_id: str = "") -> int:
    """Return the close code with which a feed is refused."""
    with pytest.raises(Refused) as refused:
        await handshake.open_feed(socket.websocket, execution_id or str(uuid4()), runtime)
    return refused.value.close_code


async def test_a_header_and_a_cursor_open_a_feed(runtime: Runtime, alice: SignedIn) -> None:
    execution_id = uuid4()
    for query, after in ((b"", 0), (b"after=41", 41), (b"after=latest", None)):
        headers = {"Authorization": f"bearer  {alice.token}"}
        socket = await accepted(headers=headers, query_string=query)
        opened = await handshake.open_feed(socket.websocket, str(execution_id), runtime)
        assert (opened.execution_id, opened.after) == (execution_id, after)
        assert opened.viewer is not None
        assert str(opened.viewer.subject) == alice.user["id"]


async def test_null_opens_a_feed_for_nobody(runtime: Runtime) -> None:
    socket = await accepted()
    socket.say('{"type":"auth","token":null}')
    opened = await handshake.open_feed(socket.websocket, str(uuid4()), runtime)
    assert opened.viewer is None


async def test_the_origin_is_judged_before_all_else(runtime: Runtime) -> None:
    headers = {"Origin": "https://evil.example", "Authorization": "Bearer x"}
    socket = await accepted(headers=headers, query_string=b"after=x")
    assert await refused_with(socket, runtime) == 4403


async def test_a_bad_cursor_is_judged_before_the_sign_in(runtime: Runtime) -> None:
    socket = await accepted(query_string=b"after=x", headers={"Authorization": "Bearer x"})
    assert await refused_with(socket, runtime) == 4400


async def test_an_id_that_is_none_is_judged_after_the_sign_in(
    runtime: Runtime, alice: SignedIn
) -> None:
    good, bad = [
        await accepted(headers={"Authorization": f"Bearer {token}"})
        for token in (alice.token, "nonsense")
    ]
    assert await refused_with(good, runtime, "no-uuid") == 4404
    assert await refused_with(bad, runtime, "no-uuid") == 4401


@pytest.mark.parametrize(
    ("offered", "taken"),
    [([], None), (["runcast.v2"], None), (["x", "runcast.v1"], "runcast.v1")],
)
def test_the_subprotocol_is_taken_if_it_is_offered(offered: list[str], taken: str | None) -> None:
    async def choose() -> str | None:
        return handshake.subprotocol(MemorySocket(subprotocols=offered).websocket)

    assert asyncio.run(choose()) == taken
