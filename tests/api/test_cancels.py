"""Cancelling: at once what is queued, by asking what runs, and never what has ended otherwise."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from runcast.application import Runcast
from runcast.lifecycle import State
from runcast.runtime import Runtime
from runcast.services import cancels
from runcast.services.event_log.units import RequestCancel
from tests.tools.people import SignedIn
from tests.tools.questions import child_of
from tests.tools.stories import Story, begin, queued
from tests.tools.work import LATER, Prepare, Works, ended, logged, reached, start, start_item


@pytest.fixture
def prepare(works: Works) -> Prepare:
    """Register handlers."""
    return works.register


async def cancel(client: httpx2.AsyncClient, execution: dict[str, Any]) -> httpx2.Response:
    """Ask for the execution to end."""
    return await client.post(f"/api/executions/{execution['id']}/cancel")


async def test_what_is_queued_is_cancelled_at_once(alice: SignedIn) -> None:
    execution = await start(alice, "echo", run_at=LATER)
    answer = await cancel(alice, execution)
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert answer.json()["finished_at"] is not None
    events = await logged(alice, execution)
    assert [event["kind"] for event in events] == [
        "execution.queued",
        "cancel.requested",
        "execution.cancelled",
    ]
    assert [event["data"].get("by") for event in events[1:]] == [alice.user["id"]] * 2


async def test_what_runs_is_asked_to_end(app: Runcast, alice: SignedIn) -> None:
    execution = await start(alice, "hold")
    await reached(app, execution, State.RUNNING)
    answer = await cancel(alice, execution)
    assert answer.status_code == 200
    assert (await ended(app, alice, execution))["state"] == "cancelled"
    kinds = [event["kind"] for event in await logged(alice, execution)]
    assert kinds[-2:] == ["cancel.requested", "execution.cancelled"]


async def test_twice_is_as_good_as_once(app: Runcast, alice: SignedIn, works: Works) -> None:
    execution = await start(alice, "linger")
    # What is claimed, and has not begun to linger yet, would be cancelled at once.
    assert await asyncio.to_thread(works.lingers.wait, 10)
    for _ in range(2):
        answer = await cancel(alice, execution)
        assert (answer.status_code, answer.json()["state"]) == (200, "running")
    works.let_go.set()
    await ended(app, alice, execution)
    answer = await cancel(alice, execution)
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    kinds = [event["kind"] for event in await logged(alice, execution)]
    assert kinds.count("cancel.requested") == 1


@pytest.mark.parametrize(("numbers", "state"), [([1], "succeeded"), ([13], "failed")])
async def test_what_has_ended_otherwise_is_a_conflict(
    app: Runcast, alice: SignedIn, numbers: list[int], state: str
) -> None:
    execution = await start(alice, "add", input={"numbers": numbers})
    before = await ended(app, alice, execution)
    assert before["state"] == state
    answer = await cancel(alice, execution)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert (await alice.get(f"/api/executions/{execution['id']}")).json() == before


async def test_a_cancel_reaches_children_and_theirs(app: Runcast, alice: SignedIn) -> None:
    runtime: Runtime = app.state.runtime
    parent = await begin(runtime, alice.user["id"])
    child = await child_of(parent.id, runtime, alice.user["id"])
    grandchild = await child_of(child, runtime, alice.user["id"])
    other = await queued(runtime, alice.user["id"])
    answer = await cancel(alice, {"id": str(parent.id)})
    assert (answer.status_code, answer.json()["state"]) == (200, "running")
    for each in (child, grandchild):
        events = await logged(alice, {"id": str(each)})
        assert [event["kind"] for event in events[1:]] == [
            "cancel.requested",
            "execution.cancelled",
        ]
        assert {event["data"]["by"] for event in events[1:]} == {alice.user["id"]}
    assert (await runtime.reader.head(other)).state == State.QUEUED


async def test_a_cancel_reaches_more_children_than_fit_a_page(
    app: Runcast, alice: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cancels, "CHILDREN_AT_ONCE", 3)
    runtime: Runtime = app.state.runtime
    parent = await begin(runtime, alice.user["id"])
    children = [await child_of(parent.id, runtime, alice.user["id"]) for _ in range(7)]
    children += [await child_of(child, runtime, alice.user["id"]) for child in list(children)]
    await cancel(alice, {"id": str(parent.id)})
    heads = await runtime.reader.heads(children)
    assert {head.state for head in heads.values()} == {State.CANCELLED}


async def test_children_that_have_ended_stay_as_they_ended(
    app: Runcast, alice: SignedIn, bob: SignedIn
) -> None:
    runtime: Runtime = app.state.runtime
    parent = await begin(runtime, alice.user["id"])
    child = Story(runtime, await child_of(parent.id, runtime, alice.user["id"]), 0)
    await runtime.log.write(RequestCancel(child.id, UUID(bob.user["id"])))
    head = await child.head()
    assert (await cancel(alice, {"id": str(parent.id)})).status_code == 200
    assert await child.head() == head


async def test_a_cancel_that_was_cut_short_is_finished_by_the_next(
    app: Runcast, alice: SignedIn
) -> None:
    runtime: Runtime = app.state.runtime
    parent = await queued(runtime, alice.user["id"])
    child = await child_of(parent, runtime, alice.user["id"])
    grandchild = await child_of(child, runtime, alice.user["id"])
    for each in (parent, child):
        await runtime.log.write(RequestCancel(each, UUID(alice.user["id"])))
    assert (await cancel(alice, {"id": str(parent)})).status_code == 200
    assert (await runtime.reader.head(grandchild)).state == State.CANCELLED


async def test_only_its_owner_cancels(
    alice: SignedIn, bob: SignedIn, client: httpx2.AsyncClient
) -> None:
    public = await start_item(alice, handler="hold", visibility="public")
    private = await start(alice, "hold")
    assert (await cancel(bob, public)).status_code == 403
    assert (await cancel(bob, private)).status_code == 404
    assert (await cancel(bob, {"id": str(uuid4())})).status_code == 404
    for execution in (public, private, {"id": str(uuid4())}):
        assert (await cancel(client, execution)).status_code == 401
    for execution in (public, private):
        kinds = [event["kind"] for event in await logged(alice, execution)]
        assert "cancel.requested" not in kinds
