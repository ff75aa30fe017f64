"""An item as an answer: its bytes, its tag, and no owner for those who are not."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import orjson

from runcast.routes import item_answers
from runcast.schemas.items import Item
from runcast.services.item_lists import ItemPage
from runcast.services.items import StoredItem

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ITEM = StoredItem(UUID(int=1), UUID(int=2), None, "a", None, {"x": ["é"]}, "public", 3, NOON, NOON)


def test_an_answer_holds_what_its_schema_says() -> None:
    answer = item_answers.one(ITEM, 201, {"Location": "/api/items/1"})
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"3"')
    assert (answer.headers["Location"], answer.media_type) == ("/api/items/1", "application/json")
    item = Item.model_validate_json(bytes(answer.body), extra="forbid")
    assert item.model_dump(mode="json") == orjson.loads(answer.body) | {
        "created_at": "2026-01-01T12:00:00Z",
        "updated_at": "2026-01-01T12:00:00Z",
    }


def test_those_who_are_not_its_owner_are_not_told_who_is() -> None:
    answer = item_answers.one(replace(ITEM, owner_id=None))
    assert "owner_id" not in orjson.loads(answer.body)


def test_what_differs_by_reader_is_not_shared_by_caches() -> None:
    for answer in (item_answers.one(ITEM), item_answers.unchanged(ITEM)):
        assert answer.headers["Vary"] == "Authorization"
        assert answer.headers["Cache-Control"] == "private, no-cache"


def test_unchanged_has_a_tag_and_no_body() -> None:
    answer = item_answers.unchanged(ITEM)
    assert (answer.status_code, answer.body, answer.headers["ETag"]) == (304, b"", '"3"')


def test_a_page_tells_its_cursor() -> None:
    page = orjson.loads(item_answers.many(ItemPage([ITEM, ITEM], "next")).body)
    assert (len(page["items"]), page["next_cursor"]) == (2, "next")
