"""Retrying what has ended: a new execution, in which finished steps are not run again."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from runcast.application import Runcast
from runcast.lifecycle import State
from tests.tools.people import SignedIn
from tests.tools.work import LATER, Prepare, Works, ended, logged, reached, start, start_item


@pytest.fixture
def prepare(works: Works) -> Prepare:
    """Register handlers."""
    return works.register


async def retry(client: httpx2.AsyncClient, execution: dict[str, Any]) -> httpx2.Response:
    """Ask for the execution to be started anew."""
    return await client.post(f"/api/executions/{execution['id']}/retry")


async def test_a_retry_is_a_new_execution_and_the_old_one_stays(
    app: Runcast, alice: SignedIn
) -> None:
    content = {"handler": "add", "metadata": {"input": {"numbers": [13]}}}
    old = await ended(app, alice, await start_item(alice, **content))
    answer = await retry(alice, old)
    new = answer.json()
    assert answer.status_code == 201
    assert new["id"] != old["id"]
    for name in ("handler", "item_id", "input", "owner_id", "priority"):
        assert new[name] == old[name]
    assert (new["retry_of"], old["retry_of"]) == (old["id"], None)
    events = await logged(alice, new)
    assert (events[0]["kind"], events[0]["data"]) == ("execution.queued", {"retry_of": old["id"]})
    assert (await alice.get(f"/api/executions/{old['id']}")).json() == old


async def test_what_lives_is_not_retried(app: Runcast, alice: SignedIn) -> None:
    queued = await start(alice, "hold", run_at=LATER)
    running = await start(alice, "hold")
    await reached(app, running, State.RUNNING)
    for execution in (queued, running):
        answer = await retry(alice, execution)
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


async def test_what_was_cancelled_is_retried_too(app: Runcast, alice: SignedIn) -> None:
    held = await start(alice, "echo", priority=5, run_at=LATER)
    await alice.post(f"/api/executions/{held['id']}/cancel")
    new = (await retry(alice, held)).json()
    assert new["priority"] == 5
    assert (await ended(app, alice, new))["state"] == "succeeded"


async def test_finished_steps_are_copied_and_not_run_again(
    app: Runcast, alice: SignedIn, works: Works
) -> None:
    large = 40_000
    works.broken = True
    first = await start(alice, "make", input=[1, large])
    assert (await ended(app, alice, first))["error"]["message"] == "RuntimeError: broken"
    second = (await retry(alice, first)).json()
    assert (await ended(app, alice, second))["state"] == "failed"
    works.broken = False
    third = (await retry(alice, second)).json()
    done = await ended(app, alice, third)
    assert (done["state"], done["result"]) == ("succeeded", [1, large])
    assert works.made == [1, large]
    for new, origin in ((second, first), (third, second)):
        queued, *copied = (await logged(alice, new))[:3]
        assert (queued["seq"], queued["kind"]) == (1, "execution.queued")
        assert [event["kind"] for event in copied] == ["step.succeeded"] * 2
        assert {event["data"]["copied_from"] for event in copied} == {origin["id"]}
        assert copied[0]["data"]["result"] == "x"
        reference = copied[1]["data"]["result"]
        assert reference == {"$ref": "3", "size": large + 2}
        value = await alice.get(f"/api/executions/{new['id']}/payloads/3")
        assert value.json() == "x" * large


async def test_an_input_that_the_handler_takes_no_more_is_refused(
    app: Runcast, alice: SignedIn
) -> None:
    old = await ended(app, alice, await start(alice, "echo", input={"numbers": "all"}))
    runtime = app.state.runtime
    async with runtime.database.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE executions SET handler = 'add'")
    answer = await retry(alice, old)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert answer.json()["errors"][0]["loc"] == ["execution", "input", "numbers"]


async def test_only_its_owner_retries(
    app: Runcast, alice: SignedIn, bob: SignedIn, client: httpx2.AsyncClient
) -> None:
    public = await start_item(alice, handler="echo", visibility="public")
    private = await start(alice, "echo")
    for execution in (public, private):
        await ended(app, alice, execution)
    assert (await retry(bob, public)).status_code == 403
    assert (await retry(bob, private)).status_code == 404
    assert (await retry(bob, {"id": str(uuid4())})).status_code == 404
    for execution in (public, private, {"id": str(uuid4())}):
        assert (await retry(client, execution)).status_code == 401
    assert len((await alice.get("/api/executions")).json()["items"]) == 2
