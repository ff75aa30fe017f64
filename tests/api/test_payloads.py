"""What is over 32 KiB stands behind a reference, and is had whole by those who see the execution."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from runcast.application import Runcast
from tests.tools.people import SignedIn
from tests.tools.work import Prepare, Works, ended, logged, start, start_item

LARGE = "é" * 20_000
SIZE = 40_002


@pytest.fixture
def prepare(works: Works) -> Prepare:
    """Register handlers."""
    return works.register


def path(execution: dict[str, Any], ref: str) -> str:
    """Return where a payload is."""
    return f"/api/executions/{execution['id']}/payloads/{ref}"


async def test_a_large_result_is_referred_to_in_its_event_and_had_whole(
    app: Runcast, alice: SignedIn
) -> None:
    execution = await ended(app, alice, await start(alice, "echo", input=LARGE))
    final = (await logged(alice, execution))[-1]
    assert final["data"] == {"result": {"$ref": "result", "size": SIZE}}
    for ref in ("result", "input"):
        answer = await alice.get(path(execution, ref))
        assert (answer.status_code, answer.json()) == (200, LARGE)
        assert answer.headers["Content-Type"] == "application/json"
        assert len(answer.content) == SIZE


async def test_a_large_result_of_a_step_is_had_by_the_seq_of_its_event(
    app: Runcast, alice: SignedIn
) -> None:
    execution = await ended(app, alice, await start(alice, "make", input=[40_000]))
    (event,) = [e for e in await logged(alice, execution) if e["kind"] == "step.succeeded"]
    reference = event["data"]["result"]
    assert reference == {"$ref": str(event["seq"]), "size": SIZE}
    assert (await alice.get(path(execution, reference["$ref"]))).json() == "x" * 40_000


async def test_a_small_value_can_be_had_too(app: Runcast, alice: SignedIn) -> None:
    execution = await ended(app, alice, await start(alice, "echo", input=None))
    assert (await alice.get(path(execution, "input"))).text == "null"


async def test_there_is_no_payload_where_nothing_is_referred_to(
    app: Runcast, alice: SignedIn
) -> None:
    execution = await ended(app, alice, await start(alice, "add", input={"numbers": [13]}))
    for ref in ("result", "1", "99"):
        assert (await alice.get(path(execution, ref))).status_code == 404


@pytest.mark.parametrize("ref", ["error", "0", "-1", "owner_id", "1%00", "9" * 17, "%C3%A9"])
async def test_a_reference_that_is_none_is_refused(alice: SignedIn, ref: str) -> None:
    assert (await alice.get(path({"id": str(uuid4())}, ref))).status_code == 422


async def test_a_payload_is_seen_by_those_who_see_its_execution(
    app: Runcast, alice: SignedIn, bob: SignedIn, client: httpx2.AsyncClient
) -> None:
    private = await ended(app, alice, await start(alice, "echo", input=LARGE))
    content = {"handler": "echo", "metadata": {"input": LARGE}}
    public = await ended(app, alice, await start_item(alice, visibility="public", **content))
    for ref in ("input", "result", "1"):
        assert (await bob.get(path(private, ref))).status_code == 404
        assert (await client.get(path(private, ref))).status_code == 401
    for ref in ("input", "result"):
        assert (await bob.get(path(public, ref))).json() == LARGE
        assert (await client.get(path(public, ref))).json() == LARGE
