"""Items: what is asked of the server, and what comes back."""

import json
from typing import Any

import pytest

from clients.python.tests.recorded_server import RecordedServer
from runcast_client import Item, MalformedAnswer, VersionMismatch

ITEM: dict[str, Any] = {"id": "i1", "name": "sweep", "version": 3, "metadata": {"a": {"b": 1}}}


async def test_an_item_is_created_with_its_defaults() -> None:
    server = RecordedServer((201, ITEM))
    async with server.client() as client:
        item = await client.items.create("sweep", handler="h", metadata={"a": {"b": 1}})
    assert item == Item("i1", "sweep", 3, metadata={"a": {"b": 1}})
    assert (server.last.method, server.last.url.path) == ("POST", "/api/items")
    assert json.loads(server.last.content) == {
        "name": "sweep",
        "handler": "h",
        "metadata": {"a": {"b": 1}},
        "visibility": "private",
    }


async def test_a_list_is_fetched_page_by_page() -> None:
    second = {**ITEM, "id": "i2"}
    server = RecordedServer(
        (200, {"items": [ITEM], "next_cursor": "c+1"}),
        (200, {"items": [second], "next_cursor": None}),
    )
    async with server.client() as client:
        found = client.items.list(q="sw", where={"a.b": 1, "c": "x"}, sort="-name", limit=1)
        assert [item.id async for item in found] == ["i1", "i2"]
    asked = [("q", "sw"), ("sort", "-name"), ("limit", "1"), ("where", "a.b:1"), ("where", 'c:"x"')]
    first, then = (request.url.params.multi_items() for request in server.requests)
    assert sorted(first) == sorted(asked)
    assert sorted(then) == sorted([*asked, ("cursor", "c+1")])


async def test_a_page_is_fetched_only_when_it_is_needed() -> None:
    server = RecordedServer((200, {"items": [ITEM], "next_cursor": "more"}))
    async with server.client() as client:
        assert (await anext(client.items.list())).id == "i1"
    assert len(server.requests) == 1


async def test_what_is_no_page_is_malformed() -> None:
    async with RecordedServer((200, [])).client() as client:
        with pytest.raises(MalformedAnswer):
            await anext(client.items.list())


async def test_one_item_is_read() -> None:
    server = RecordedServer((200, ITEM))
    async with server.client() as client:
        assert (await client.items.get("i/1")).version == 3
    assert server.last.url.raw_path == b"/api/items/i%2F1"


async def test_a_replacement_is_whole_and_meant_for_a_version() -> None:
    server = RecordedServer((200, ITEM))
    async with server.client() as client:
        await client.items.replace("i1", "sweep", visibility="public", if_match=3)
    assert server.last.method == "PUT"
    assert server.last.headers["if-match"] == '"3"'
    assert json.loads(server.last.content) == {
        "name": "sweep",
        "handler": None,
        "metadata": {},
        "visibility": "public",
    }


async def test_a_patch_is_sent_as_it_is() -> None:
    server = RecordedServer((200, ITEM))
    async with server.client() as client:
        await client.items.patch("i1", {"metadata": {"a": None}})
    assert server.last.method == "PATCH"
    assert "if-match" not in server.last.headers
    assert json.loads(server.last.content) == {"metadata": {"a": None}}


async def test_a_change_of_another_version_is_refused() -> None:
    async with RecordedServer((412, {"title": "Changed"})).client() as client:
        with pytest.raises(VersionMismatch):
            await client.items.delete("i1", if_match=2)


async def test_a_deletion_answers_nothing() -> None:
    server = RecordedServer((204, None))
    async with server.client() as client:
        await client.items.delete("i1", if_match=3)
    assert (server.last.method, server.last.headers["if-match"]) == ("DELETE", '"3"')
