"""Items one at a time, over HTTP: who may, which version, what a patch does, what is refused."""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from runcast.application import Runcast
from runcast.schemas.items import Item
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn
from tests.tools.rows import add_execution

JSON = {"Content-Type": "application/json"}
MERGE_PATCH = {"Content-Type": "application/merge-patch+json"}


async def create(owner: httpx2.AsyncClient, **content: Any) -> dict[str, Any]:
    """Keep an item named `a`, and return it as answered."""
    answer = await owner.post("/api/items", json={"name": "a"} | content)
    assert answer.status_code == 201, answer.text
    item: dict[str, Any] = answer.json()
    return item


def address(item: dict[str, Any]) -> str:
    """Return where the item is."""
    return f"/api/items/{item['id']}"


async def test_an_item_is_answered_as_it_was_made(alice: SignedIn, clock: FakeClock) -> None:
    content = {
        "name": "sweep",
        "handler": "ml.sweep",
        "metadata": {"input": {"rates": [0.1, 1, None, True, "é😀"]}},
        "visibility": "private",
    }
    answer = await alice.post("/api/items", json=content)
    item = answer.json()
    moment = clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert item == content | {
        "id": item["id"],
        "owner_id": alice.user["id"],
        "team_id": None,
        "version": 1,
        "created_at": moment,
        "updated_at": moment,
    }
    assert UUID(item["id"]).version == 7
    assert (answer.headers["ETag"], answer.headers["Location"]) == ('"1"', address(item))
    again = await alice.get(answer.headers["Location"])
    assert (again.status_code, again.json(), again.headers["ETag"]) == (200, item, '"1"')
    assert str(Item.model_validate_json(again.content, extra="forbid").id) == item["id"]


async def test_what_is_left_out_has_its_default(alice: SignedIn) -> None:
    item = await create(alice)
    assert (item["handler"], item["metadata"], item["visibility"]) == (None, {}, "private")


async def test_put_replaces_the_whole_content(alice: SignedIn, clock: FakeClock) -> None:
    item = await create(alice, handler="x", metadata={"a": 1}, visibility="public")
    clock.advance(1)
    answer = await alice.put(address(item), json={"name": "b"})
    changed = answer.json()
    assert changed["updated_at"] > item["updated_at"]
    kept = {name: item[name] for name in ("id", "owner_id", "team_id", "created_at")}
    defaults: dict[str, Any] = {"handler": None, "metadata": {}, "visibility": "private"}
    assert changed == kept | defaults | {
        "name": "b",
        "version": 2,
        "updated_at": changed["updated_at"],
    }
    assert answer.headers["ETag"] == '"2"'


@pytest.mark.parametrize("headers", [JSON, MERGE_PATCH])
async def test_patch_merges_the_whole_item(alice: SignedIn, headers: dict[str, str]) -> None:
    metadata = {"a": {"b": 1, "c": 2}, "list": [1, 2], "gone": True}
    item = await create(alice, handler="x", metadata=metadata, visibility="public")
    patch = {"handler": None, "metadata": {"a": {"b": 3}, "list": [{"x": None}], "gone": None}}
    answer = await alice.patch(address(item), content=json.dumps(patch), headers=headers)
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert changed["metadata"] == {"a": {"b": 3, "c": 2}, "list": [{"x": None}]}
    assert (changed["handler"], changed["name"], changed["visibility"]) == (None, "a", "public")


async def test_a_null_in_a_patch_gives_back_the_default(alice: SignedIn) -> None:
    item = await create(alice, metadata={"a": 1}, visibility="public")
    answer = await alice.patch(address(item), json={"metadata": None, "visibility": None})
    assert (answer.json()["metadata"], answer.json()["visibility"]) == ({}, "private")


@pytest.mark.parametrize(
    "patch",
    [{"name": None}, {"name": ""}, {"metadata": [1]}, {"metadata": "x"}, {"id": "x"}, [], None],
)
async def test_a_patch_to_something_else_than_an_item_is_refused(
    alice: SignedIn, patch: Any
) -> None:
    item = await create(alice, metadata={"a": 1})
    answer = await alice.patch(address(item), content=json.dumps(patch), headers=MERGE_PATCH)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (await alice.get(address(item))).json() == item


async def test_a_refused_patch_says_which_field_it_was(alice: SignedIn) -> None:
    item = await create(alice)
    answer = await alice.patch(address(item), json={"name": None})
    assert answer.json()["errors"][0]["loc"] == ["body", "name"]


@pytest.mark.parametrize(
    ("method", "body"), [("PATCH", {}), ("PATCH", {"name": "a"}), ("PUT", {"name": "a"})]
)
async def test_what_changes_nothing_keeps_version_and_time(
    alice: SignedIn, clock: FakeClock, method: str, body: dict[str, Any]
) -> None:
    item = await create(alice)
    clock.advance(1)
    answer = await alice.request(method, address(item), json=body)
    assert (answer.json(), answer.headers["ETag"]) == (item, '"1"')


@pytest.mark.parametrize("header", ['"1"', "*", '"7", "1"'])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_if_match_lets_the_version_it_names_be_changed(
    alice: SignedIn, method: str, header: str
) -> None:
    item = await create(alice)
    body = None if method == "DELETE" else {"name": "b"}
    answer = await alice.request(method, address(item), json=body, headers={"If-Match": header})
    assert answer.status_code in {200, 204}


@pytest.mark.parametrize("header", ['"2"', 'W/"1"', "1", '""'])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_if_match_refuses_every_other_version(
    alice: SignedIn, method: str, header: str
) -> None:
    item = await create(alice)
    body = None if method == "DELETE" else {"name": "b"}
    answer = await alice.request(method, address(item), json=body, headers={"If-Match": header})
    assert (answer.status_code, answer.json()["code"]) == (412, "version_mismatch")
    assert (await alice.get(address(item))).json() == item


async def test_patches_at_once_are_all_kept(alice: SignedIn) -> None:
    item = await create(alice)
    patches = [{"metadata": {str(n): n}} for n in range(20)]
    answers = await asyncio.gather(*(alice.patch(address(item), json=patch) for patch in patches))
    assert {answer.status_code for answer in answers} == {200}
    last = (await alice.get(address(item))).json()
    assert last["metadata"] == {str(n): n for n in range(20)}
    assert last["version"] == 21


async def test_of_conditional_patches_at_once_one_wins(alice: SignedIn) -> None:
    item = await create(alice)
    patches = [{"metadata": {str(n): n}} for n in range(8)]
    answers = await asyncio.gather(
        *(alice.patch(address(item), json=patch, headers={"If-Match": '"1"'}) for patch in patches)
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7


@pytest.mark.parametrize("header", ['"1"', 'W/"1"', '"0", "1"', "*"])
async def test_a_known_version_is_not_sent_again(alice: SignedIn, header: str) -> None:
    item = await create(alice)
    answer = await alice.get(address(item), headers={"If-None-Match": header})
    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", '"1"')


async def test_a_new_version_is_sent(alice: SignedIn) -> None:
    item = await create(alice)
    await alice.patch(address(item), json={"name": "b"})
    answer = await alice.get(address(item), headers={"If-None-Match": '"1"'})
    assert (answer.status_code, answer.json()["name"]) == (200, "b")


async def test_a_public_item_is_read_by_anyone_without_its_owner(
    alice: SignedIn, bob: SignedIn, client: httpx2.AsyncClient
) -> None:
    item = await create(alice, visibility="public")
    del item["owner_id"]
    for reader in (bob, client):
        answer = await reader.get(address(item))
        assert (answer.status_code, answer.json()) == (200, item)
        assert answer.headers["Vary"] == "Authorization"


async def test_a_bad_credential_reads_not_even_what_is_public(
    alice: SignedIn, client: httpx2.AsyncClient
) -> None:
    item = await create(alice, visibility="public")
    answer = await client.get(address(item), headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_others_may_not_write_what_they_may_see(
    alice: SignedIn, bob: SignedIn, client: httpx2.AsyncClient, method: str
) -> None:
    item = await create(alice, visibility="public")
    body = None if method == "DELETE" else {"name": "b"}
    assert (await bob.request(method, address(item), json=body)).status_code == 403
    assert (await client.request(method, address(item), json=body)).status_code == 401
    assert (await alice.get(address(item))).json() == item


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_what_one_may_not_see_looks_like_what_is_not_there(
    alice: SignedIn, bob: SignedIn, client: httpx2.AsyncClient, method: str
) -> None:
    item = await create(alice)
    body = None if method in {"GET", "DELETE"} else {"name": "b"}
    for address_ in (address(item), f"/api/items/{uuid4()}"):
        assert (await bob.request(method, address_, json=body)).status_code == 404
        answer = await client.request(method, address_, json=body)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert (await alice.get(address(item))).json() == item


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_collection_asks_who_you_are(client: httpx2.AsyncClient, method: str) -> None:
    body = {"name": "a"} if method == "POST" else None
    assert (await client.request(method, "/api/items", json=body)).status_code == 401


async def test_a_deleted_item_is_gone(alice: SignedIn) -> None:
    item = await create(alice)
    answer = await alice.delete(address(item))
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await alice.get(address(item))).status_code == 404
    assert (await alice.delete(address(item))).status_code == 404


async def test_an_item_whose_execution_lives_is_not_deleted(app: Runcast, alice: SignedIn) -> None:
    item = await create(alice)
    owner_id, item_id = UUID(item["owner_id"]), UUID(item["id"])
    await add_execution(app.state.runtime.database, owner_id, item_id, "running")
    answer = await alice.delete(address(item))
    assert (answer.status_code, answer.json()["code"]) == (409, "still_live")
    assert (await alice.get(address(item))).status_code == 200


def nested(depth: int) -> str:
    """Return JSON text of an item whose body is nested this deep."""
    return '{"name": "a", "metadata": ' + '{"a":' * (depth - 2) + "{}" + "}" * (depth - 1)


REFUSED: dict[str, str | bytes] = {
    "malformed": '{"name": "a"',
    "no object": '["a"]',
    "no text": b'{"name": "\xff"}',
    "a NUL": '{"name": "a\\u0000b"}',
    "a NUL inside": '{"name": "a", "metadata": {"x": ["\\u0000"]}}',
    "a NUL in a key": '{"name": "a", "metadata": {"\\u0000": 1}}',
    "a lone surrogate": '{"name": "\\ud800"}',
    "a lone surrogate inside": '{"name": "a", "metadata": {"x": "\\udc00"}}',
    "NaN": '{"name": "a", "metadata": {"x": NaN}}',
    "Infinity": '{"name": "a", "metadata": {"x": -Infinity}}',
    "an infinite number": '{"name": "a", "metadata": {"x": 1e999}}',
    "2**53": '{"name": "a", "metadata": {"x": 9007199254740992}}',
    "-2**53": '{"name": "a", "metadata": {"x": -9007199254740992}}',
    "a huge integer": '{"name": "a", "metadata": {"x": ' + "9" * 5000 + "}}",
    "65 levels": nested(65),
    "10,000 levels": nested(10_000),
    "an unknown field": '{"name": "a", "colour": "red"}',
    "a field of ours": '{"name": "a", "version": 3}',
    "no name": "{}",
    "an empty name": '{"name": ""}',
    "a long name": json.dumps({"name": "x" * 201}),
    "a name that is no text": '{"name": 1}',
    "an unwritable handler": '{"name": "a", "handler": "a b"}',
    "an empty handler": '{"name": "a", "handler": ""}',
    "a long handler": json.dumps({"name": "a", "handler": "x" * 201}),
    "metadata that is a list": '{"name": "a", "metadata": []}',
    "metadata that is null": '{"name": "a", "metadata": null}',
    "another visibility": '{"name": "a", "visibility": "secret"}',
}


@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_bad_input_is_refused_and_nothing_changes(alice: SignedIn, method: str) -> None:
    item = await create(alice, name="before")
    url = "/api/items" if method == "POST" else address(item)
    for why, body in REFUSED.items():
        answer = await alice.request(method, url, content=body, headers=JSON)
        assert answer.status_code == 422, why
        assert answer.headers["Content-Type"] == "application/problem+json", why
        assert (await alice.get("/api/items")).json()["items"] == [item], why


async def test_a_bad_patch_is_refused_and_nothing_changes(alice: SignedIn) -> None:
    item = await create(alice, name="before")
    for why, body in REFUSED.items():
        if why in {"no name", "metadata that is null"}:
            continue
        answer = await alice.patch(address(item), content=body, headers=MERGE_PATCH)
        assert answer.status_code == 422, why
        assert (await alice.get(address(item))).json() == item, why


@pytest.mark.parametrize(
    "body",
    [
        nested(64),
        '{"name": "a", "metadata": {"x": [9007199254740991, -9007199254740991]}}',
        json.dumps({"name": "😀" * 200}),
        json.dumps({"name": "a", "handler": "x" * 200}),
    ],
)
async def test_what_is_just_within_the_bounds_is_kept(alice: SignedIn, body: str) -> None:
    answer = await alice.post("/api/items", content=body, headers=JSON)
    assert answer.status_code == 201, answer.text
    again = (await alice.get(answer.headers["Location"])).json()
    assert again | json.loads(body) == again


def body_of(size: int) -> bytes:
    """Return an item's body of exactly this many bytes."""
    empty = b'{"name":"a","metadata":{"x":""}}'
    return empty[:-3] + b"x" * (size - len(empty)) + empty[-3:]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
async def test_a_body_over_a_mebibyte_is_too_large(alice: SignedIn, method: str) -> None:
    item = await create(alice)
    url = "/api/items" if method == "POST" else address(item)
    answer = await alice.request(method, url, content=body_of(2**20 + 1), headers=JSON)
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"
    answer = await alice.request(method, url, content=body_of(2**20), headers=JSON)
    assert answer.is_success


async def test_an_id_that_is_none_is_refused(alice: SignedIn) -> None:
    assert (await alice.get("/api/items/a")).status_code == 422


async def test_each_answer_is_documented(app: Runcast) -> None:
    paths = app.openapi()["paths"]
    one = paths["/api/items/{item_id}"]
    documented = {
        method: set(operation["responses"])
        for method, operation in [*one.items(), *paths["/api/items"].items()]
    }
    assert documented == {
        "get": {"200", "401", "403", "404", "422", "429"},
        "post": {"201", "401", "403", "404", "413", "422", "429"},
        "put": {"200", "401", "403", "404", "412", "413", "422", "429"},
        "patch": {"200", "401", "403", "404", "412", "413", "422", "429"},
        "delete": {"204", "401", "403", "404", "409", "412", "422", "429"},
    }
    assert set(one["get"]["responses"]) == {"200", "304", "401", "403", "404", "422", "429"}
    assert set(one["patch"]["requestBody"]["content"]) == {
        "application/json",
        "application/merge-patch+json",
    }
