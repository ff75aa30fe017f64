"""Executions: what is asked of the server, and what comes back."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from clients.python.tests.recorded_server import RecordedServer
from runcast_client import Execution, Handler

EXECUTION: dict[str, Any] = {"id": "e1", "state": "queued", "handler": "h", "mood": "new"}


async def test_a_handler_is_started_with_what_was_given() -> None:
    server = RecordedServer((201, EXECUTION))
    at = datetime(2025, 1, 1, tzinfo=UTC)
    async with server.client() as client:
        execution = await client.executions.start(
            "h", input={"n": 1}, idempotency_key="k", priority=2, run_at=at
        )
    assert execution == Execution("e1", "queued", "h")
    assert server.last.url.path == "/api/executions"
    assert server.last.headers["idempotency-key"] == "k"
    assert json.loads(server.last.content) == {
        "handler": "h",
        "input": {"n": 1},
        "priority": 2,
        "run_at": "2025-01-01T00:00:00+00:00",
    }


async def test_an_item_is_started_with_its_own_input() -> None:
    server = RecordedServer((201, EXECUTION))
    async with server.client() as client:
        await client.executions.start(item_id="i1")
    assert server.last.url.path == "/api/items/i1/executions"
    assert json.loads(server.last.content) == {}
    assert "idempotency-key" not in server.last.headers


@pytest.mark.parametrize(("handler", "item_id"), [(None, None), ("h", "i1")])
async def test_a_start_takes_a_handler_or_an_item(handler: str | None, item_id: str | None) -> None:
    async with RecordedServer().client() as client:
        with pytest.raises(ValueError, match="either"):
            await client.executions.start(handler, item_id=item_id)


async def test_a_list_is_filtered() -> None:
    server = RecordedServer((200, {"items": [EXECUTION], "next_cursor": None}))
    async with server.client() as client:
        found = client.executions.list(state="queued", handler="h", parent_id="p")
        assert [execution.id async for execution in found] == ["e1"]
    assert server.last.url.params.multi_items() == [
        ("state", "queued"),
        ("handler", "h"),
        ("parent_id", "p"),
    ]


@pytest.mark.parametrize("verb", ["cancel", "retry"])
async def test_a_verb_is_posted_with_its_key(verb: str) -> None:
    server = RecordedServer((200, EXECUTION))
    async with server.client() as client:
        execution = await getattr(client.executions, verb)("e1", idempotency_key="k")
    assert execution.id == "e1"
    assert (server.last.method, server.last.url.path) == ("POST", f"/api/executions/e1/{verb}")
    assert server.last.headers["idempotency-key"] == "k"


async def test_an_answer_goes_to_its_question() -> None:
    server = RecordedServer((200, {**EXECUTION, "open_questions": 1}))
    async with server.client() as client:
        execution = await client.executions.answer(
            "e1", "approve/2", {"ok": False}, idempotency_key="k"
        )
    assert execution.open_questions == 1
    assert server.last.url.raw_path == b"/api/executions/e1/answers/approve%2F2"
    assert json.loads(server.last.content) == {"value": {"ok": False}}
    assert server.last.headers["idempotency-key"] == "k"


@pytest.mark.parametrize("data", [None, [1]])
async def test_a_signal_goes_by_its_name(data: Any) -> None:
    server = RecordedServer((200, EXECUTION))
    async with server.client() as client:
        await client.executions.signal("e1", "go:on", data)
    assert server.last.url.raw_path == b"/api/executions/e1/signals/go%3Aon"
    assert json.loads(server.last.content) == {"data": data}
    assert "idempotency-key" not in server.last.headers


async def test_one_execution_is_read() -> None:
    async with RecordedServer((200, EXECUTION)).client() as client:
        assert (await client.executions.get("e1")).state == "queued"


async def test_a_page_of_the_log_is_read() -> None:
    page = {
        "events": [{"seq": 6, "kind": "log"}],
        "oldest": 1,
        "head": 9,
        "next_after": 8,
        "gap": None,
    }
    server = RecordedServer((200, page))
    async with server.client() as client:
        found = await client.executions.events("e1", after=5, limit=3, kind="log")
    assert ([event.seq for event in found.events], found.next_after) == ([6], 8)
    assert server.last.url.params.multi_items() == [("after", "5"), ("limit", "3"), ("kind", "log")]


async def test_a_payload_is_read_by_its_ref() -> None:
    server = RecordedServer((200, [1, 2]))
    async with server.client() as client:
        assert await client.executions.payload("e1", "p/1") == [1, 2]
    assert server.last.url.raw_path == b"/api/executions/e1/payloads/p%2F1"


async def test_handlers_are_listed() -> None:
    handlers = {"items": [{"name": "h", "live": True, "since": "?"}], "next_cursor": None}
    async with RecordedServer((200, handlers)).client() as client:
        assert [handler async for handler in client.handlers()] == [Handler("h", live=True)]
