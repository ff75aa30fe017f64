"""Lists of items over HTTP: order, filters, cursors, and what is refused."""

from typing import Any

import pytest

from runcast.schemas.items import Item
from runcast.schemas.pages import Page
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn


async def create(owner: SignedIn, **content: Any) -> str:
    """Keep an item, and return its id."""
    answer = await owner.post("/api/items", json={"name": "a"} | content)
    assert answer.status_code == 201, answer.text
    item_id: str = answer.json()["id"]
    return item_id


async def ids(owner: SignedIn, **query: Any) -> list[str]:
    """Return the ids on the first page of a list."""
    answer = await owner.get("/api/items", params=query)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def test_a_list_holds_whole_items_in_pages(alice: SignedIn) -> None:
    first, second, third = [await create(alice, metadata={"n": n}) for n in range(3)]
    answer = await alice.get("/api/items", params={"limit": 2})
    page = Page[Item].model_validate_json(answer.content, extra="forbid")
    assert [str(item.id) for item in page.items] == [first, second]
    assert answer.json()["items"][0] == (await alice.get(f"/api/items/{first}")).json()
    assert await ids(alice, limit=2, cursor=page.next_cursor) == [third]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("id", "012"),
        ("-id", "210"),
        ("name", "120"),
        ("-name", "021"),
        ("updated_at", "021"),
        ("-updated_at", "120"),
        ("+name", "120"),
        (" name", "120"),
    ],
)
async def test_the_sort_is_the_one_asked_for(
    alice: SignedIn, clock: FakeClock, sort: str, order: str
) -> None:
    made = [await create(alice, name=name) for name in ("b", "B", "a")]
    clock.advance(1)
    await alice.patch(f"/api/items/{made[2]}", json={"metadata": {"x": 1}})
    clock.advance(1)
    await alice.patch(f"/api/items/{made[1]}", json={"metadata": {"x": 1}})
    assert await ids(alice, sort=sort) == [made[int(n)] for n in order]


async def test_where_compares_json_at_a_pointer(alice: SignedIn) -> None:
    red = await create(alice, metadata={"color": "red", "tags": [{"a/b": 1}]})
    null = await create(alice, metadata={"color": None, "tags": []})
    assert await ids(alice, where='/color:"red"') == [red]
    assert await ids(alice, where="/color:null") == [null]
    assert await ids(alice, where="/tags/0/a~1b:1.0") == [red]
    assert await ids(alice, where="/tags/0:true") == []
    assert await ids(alice, where=["/tags:[]", "/color:null"]) == [null]
    assert await ids(alice, where=["/tags:[]", '/color:"red"']) == []


async def test_q_finds_parts_of_words_in_name_and_metadata(alice: SignedIn) -> None:
    coffee = await create(alice, name="Café Größe", metadata={"rates": [0.25], "Note": "100%_done"})
    other = await create(alice, name="cafe", metadata={"a": {"b": ["DEEP", True, None]}})
    assert await ids(alice, q="CAFÉ grösse") == [coffee]
    assert await ids(alice, q="rates 0.25 note") == [coffee]
    assert await ids(alice, q="0%_d") == [coffee]
    assert await ids(alice, q="%") == [coffee]
    assert await ids(alice, q="eep") == [other]
    assert await ids(alice, q="true") == []
    assert await ids(alice, q="null") == []
    assert await ids(alice, q="cafe deep größe") == []


@pytest.mark.parametrize("nothing", ["", "  ", "\u00a0\t"])
async def test_q_without_a_word_asks_for_nothing(alice: SignedIn, nothing: str) -> None:
    item = await create(alice)
    assert await ids(alice, q=nothing) == [item]


async def test_q_goes_by_what_an_item_is_now(alice: SignedIn) -> None:
    item = await create(alice, name="before", metadata={"color": "red"})
    await alice.patch(f"/api/items/{item}", json={"metadata": {"color": "blue"}})
    assert (await ids(alice, q="red"), await ids(alice, q="before blue")) == ([], [item])
    await alice.put(f"/api/items/{item}", json={"name": "after"})
    assert (await ids(alice, q="before"), await ids(alice, q="after")) == ([], [item])


async def test_q_goes_with_every_other_filter_sort_and_cursor(alice: SignedIn) -> None:
    made = [
        await create(alice, name=f"Red {n}", metadata={"n": n % 2}, handler="x") for n in range(5)
    ]
    await create(alice, name="blue", metadata={"n": 0}, handler="x")
    query: dict[str, Any] = {"where": "/n:0", "handler": "x", "sort": "-name", "limit": 2}
    page = (await alice.get("/api/items", params=query | {"q": "red  R"})).json()
    assert [item["id"] for item in page["items"]] == [made[4], made[2]]
    after = query | {"cursor": page["next_cursor"], "q": "r RED"}
    assert await ids(alice, **after) == [made[0]]


async def test_q_finds_no_item_of_others(alice: SignedIn, bob: SignedIn) -> None:
    await create(alice, name="secret", visibility="public")
    assert await ids(bob, q="secret") == []


async def test_handler_and_visibility_filter(alice: SignedIn) -> None:
    plain = await create(alice)
    public = await create(alice, handler="sweep", visibility="public")
    assert await ids(alice, handler="sweep") == [public]
    assert await ids(alice, visibility="private") == [plain]


async def test_others_items_are_on_no_list_even_if_public(alice: SignedIn, bob: SignedIn) -> None:
    await create(alice, visibility="public")
    assert await ids(bob) == []


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"sort": "name"},
        {"sort": "-id"},
        {"where": "/a:1"},
        {"handler": "x"},
        {"visibility": "private"},
        {"q": "x"},
    ],
)
async def test_a_cursor_of_another_list_is_refused(
    alice: SignedIn, elsewhere: dict[str, str]
) -> None:
    for _ in range(2):
        await create(alice, handler="x", metadata={"a": 1})
    for made, used in (({}, elsewhere), (elsewhere, {})):
        page = await alice.get("/api/items", params={"limit": "1"} | made)
        cursor = page.json()["next_cursor"]
        answer = await alice.get("/api/items", params={"cursor": cursor} | used)
        assert answer.status_code == 422


async def test_a_cursor_of_someone_else_is_refused(alice: SignedIn, bob: SignedIn) -> None:
    for _ in range(2):
        await create(alice)
    cursor = (await alice.get("/api/items", params={"limit": 1})).json()["next_cursor"]
    assert (await bob.get("/api/items", params={"cursor": cursor})).status_code == 422


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "201"),
        ("limit", "9" * 5000),
        ("cursor", ""),
        ("cursor", "nonsense"),
        ("cursor", "é\0"),
        ("cursor", "A" * 4000),
        ("sort", "colour"),
        ("sort", "--id"),
        ("sort", "id\n"),
        ("where", "nonsense"),
        ("where", "/a:NaN"),
        ("where", "/a:9007199254740992"),
        ("where", '/a:"\\u0000"'),
        ("where", '/a:"\\ud800"'),
        ("where", "/\0:1"),
        ("where", "/a:" + "[" * 65 + "]" * 65),
        ("where", "/a" * 17 + ":1"),
        ("where", "/a:1" + " " * 2000),
        ("handler", "\0"),
        ("visibility", "secret"),
        ("q", "a" * 201),
        ("q", "a\0b"),
        ("q", " ".join("abcdefghijk")),
    ],
)
async def test_a_query_that_cannot_be_meant_is_refused(
    alice: SignedIn, name: str, value: str
) -> None:
    answer = await alice.get("/api/items", params={name: value})
    assert answer.status_code == 422, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_eleven_conditions_are_too_many(alice: SignedIn) -> None:
    assert (await alice.get("/api/items", params={"where": ["/a:1"] * 10})).status_code == 200
    assert (await alice.get("/api/items", params={"where": ["/a:1"] * 11})).status_code == 422


async def test_the_longest_conditions_all_at_once_are_answered(alice: SignedIn) -> None:
    metadata: dict[str, Any] = {}
    for _ in range(16):
        metadata = {"a": metadata}
    found = await create(alice, metadata=metadata)
    assert await ids(alice, where=["/a" * 16 + ":{}"] * 10) == [found]
