"""Schemas of handlers: what is none, what breaks one, and that nothing is fetched for one."""

import json
import socket
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import AnyUrl, TypeAdapter

from runcast.services import json_schemas
from runcast.services.json_schemas import MAX_MESSAGE_LENGTH, MAX_PROBLEMS


@pytest.mark.parametrize(
    "schema", [{"type": "nothing"}, {"pattern": "("}, {"$ref": "#/$defs/x"}, 5, None]
)
def test_what_is_no_schema_is_refused(schema: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        json_schemas.check(schema)


@pytest.mark.parametrize("schema", [True, {}, {"type": "boolean"}, {"enum": ["a", 1, None]}])
def test_what_is_a_schema_is_taken(schema: Any) -> None:
    json_schemas.check(schema)


def test_no_file_is_read_for_a_schema(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_text(json.dumps({"type": "string"}))
    with pytest.raises(ValueError, match="disabled"):
        json_schemas.check({"$ref": elsewhere.as_uri()})


def test_no_address_is_asked_for_a_schema() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        with pytest.raises(ValueError, match="disabled"):
            json_schemas.check({"$ref": f"http://127.0.0.1:{server.getsockname()[1]}/x"})
        with pytest.raises(BlockingIOError):
            server.accept()


def test_problems_say_where_in_the_request_they_are() -> None:
    schema = {"properties": {"rates": {"items": {"type": "number"}}}}
    found = json_schemas.problems(schema, {"rates": [1, "x"]}, ("body", "value"))
    assert [(one["loc"], one["type"]) for one in found] == [
        (["body", "value", "rates", 1], "schema")
    ]
    assert json_schemas.problems(schema, {"rates": [1]}, ()) == []


def test_problems_are_bounded_in_number_and_length() -> None:
    found = json_schemas.problems({"items": {"type": "null"}}, ["x" * 10_000] * 200, ())
    assert len(found) == MAX_PROBLEMS
    assert all(len(one["msg"]) == MAX_MESSAGE_LENGTH for one in found)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (date, ["2026-12-31"], ["31.12.2026", ""]),
        (datetime, ["2026-12-31T10:00:00Z", "2026-12-31T10:00:00"], ["soon"]),
        (time, ["10:00", "10:00:00Z"], ["noon"]),
        (timedelta, ["PT1H", "01:00:00"], ["nonsense"]),
        (UUID, ["0191d1b1-0000-7000-8000-000000000000", "0191d1b1000070008000000000000000"], ["x"]),
        (AnyUrl, ["https://example.com/ü"], ["no address"]),
    ],
)
def test_formats_are_judged_as_the_handlers_types_judge_them(
    kind: Any, good: list[str], bad: list[str]
) -> None:
    schema = TypeAdapter(kind).json_schema()
    assert [json_schemas.problems(schema, text, ()) for text in good] == [[]] * len(good)
    assert all(json_schemas.problems(schema, text, ()) for text in bad)


def test_other_formats_are_left_to_the_handler() -> None:
    for name in ("email", "color"):
        assert json_schemas.problems({"type": "string", "format": name}, "?", ()) == []
