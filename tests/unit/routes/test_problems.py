"""Refusals as they are answered, and as the OpenAPI document tells of them."""

import sqlite3
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, field_validator

from runcast.database.failures import DatabaseAway
from runcast.errors import (
    Forbidden,
    InsufficientScope,
    InvalidGrant,
    InvalidInput,
    NotFound,
    Unauthenticated,
    UnsupportedGrantType,
)
from runcast.routes import problems

PROBLEM = "#/components/schemas/Problem"
TOKEN_PROBLEM = "#/components/schemas/TokenProblem"


_JSON = {"Content-Type": "application/json"}


class _Named(BaseModel):
    name: str

    @field_validator("name")
    @classmethod
    def _is_long_enough(cls, name: str) -> str:
        if len(name) < 2:
            raise ValueError("too short a name")
        return name


def document() -> dict[str, Any]:
    """Return the document of an application with one endpoint of its user's own."""
    app = FastAPI()
    problems.install(app)

    @app.get("/things/{number}", responses=problems.responses(NotFound))
    async def read(number: int) -> dict[str, int]:
        return {"number": number}

    return app.openapi()


def references(node: Any) -> set[str]:
    """Return every `$ref` in the document."""
    if isinstance(node, dict):
        here = {node["$ref"]} if "$ref" in node else set()
        return here.union(*(references(member) for member in node.values()))
    return (
        set().union(*(references(member) for member in node)) if isinstance(node, list) else set()
    )


def schema_of(response: dict[str, Any]) -> object:
    """Return the one schema of a documented refusal."""
    (media_type,) = response["content"]
    assert media_type == "application/problem+json"
    return response["content"][media_type]["schema"]


def test_a_refusal_is_documented_as_a_problem() -> None:
    response = document()["paths"]["/things/{number}"]["get"]["responses"]["404"]
    assert schema_of(response) == {"$ref": PROBLEM}


def test_422_is_a_problem_on_every_endpoint_a_users_own_too() -> None:
    found = document()
    response = found["paths"]["/things/{number}"]["get"]["responses"]["422"]
    assert schema_of(response) == {"$ref": PROBLEM}
    assert "HTTPValidationError" not in found["components"]["schemas"]


def test_every_reference_leads_somewhere() -> None:
    found = document()
    for reference in references(found):
        assert reference.removeprefix("#/components/schemas/") in found["components"]["schemas"]


def test_refusals_of_one_status_are_one_entry() -> None:
    entries = problems.responses(InvalidGrant, UnsupportedGrantType, Unauthenticated)
    assert entries.keys() == {400, 401, 403}
    assert entries[400]["description"] == "Invalid grant; Unsupported grant type"
    assert schema_of(entries[400]) == {"$ref": TOKEN_PROBLEM}
    # Where a credential is needed, one may be shown that was not made for it.
    assert entries[403]["description"] == "Not within the credential's scopes"


def test_the_document_is_the_same_when_it_is_asked_for_again() -> None:
    app = FastAPI()
    problems.install(app)
    assert app.openapi() == app.openapi()


@pytest.fixture
async def own() -> AsyncIterator[httpx2.AsyncClient]:
    """Yield a client of an application whose routes are all its user's own."""
    app = FastAPI()
    problems.install(app)

    @app.get("/raise/{status}")
    async def fail(status: int) -> None:
        raise HTTPException(status, "because", headers={"X-Mine": "1"})

    @app.post("/numbers")
    async def numbers(found: list[int]) -> int:
        return sum(found)

    @app.post("/names")
    async def name(given: _Named) -> str:
        return given.name

    @app.put("/numbers")
    async def replace(found: list[int]) -> int:
        return len(found)

    @app.get("/input")
    async def refuse() -> None:
        raise InvalidInput("not this", [{"loc": ["body", 0], "msg": "not this", "type": "schema"}])

    @app.get("/away")
    async def ask_who_is_away() -> None:
        raise DatabaseAway("connection refused")

    @app.get("/wrong")
    async def ask_wrongly() -> None:
        raise sqlite3.OperationalError("no such table")

    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


@pytest.mark.parametrize(
    ("status", "title", "code"),
    [
        (400, "Bad request", "bad_request"),
        (401, "Not signed in", "unauthenticated"),
        (404, "Not found", "not_found"),
        (418, "I'm a Teapot", None),
        (499, "Error", None),
    ],
)
async def test_an_http_exception_is_a_problem(
    own: httpx2.AsyncClient, status: int, title: str, code: str | None
) -> None:
    answer = await own.get(f"/raise/{status}")
    assert answer.status_code == status
    problem = {"type": "about:blank", "title": title, "status": status, "detail": "because"}
    assert answer.json() == problem | ({"code": code} if code else {})
    assert answer.headers["X-Mine"] == "1"
    assert ("WWW-Authenticate" in answer.headers) is (status == 401)


@pytest.mark.parametrize("status", [204, 304])
async def test_an_answer_that_has_no_body_is_given_none(
    own: httpx2.AsyncClient, status: int
) -> None:
    answer = await own.get(f"/raise/{status}")
    assert (answer.status_code, answer.content) == (status, b"")
    assert "Content-Type" not in answer.headers


async def test_another_method_is_told_those_of_every_route_of_the_path(
    own: httpx2.AsyncClient,
) -> None:
    answer = await own.delete("/numbers")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, PUT")
    assert answer.json()["code"] == "method_not_allowed"
    assert answer.json()["title"] == answer.json()["detail"] == "Method not allowed"


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "text/plain"}])
async def test_who_sends_json_under_another_name_is_told_the_name(
    own: httpx2.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await own.post("/numbers", content=b"[1, 2]", headers=headers)
    (error,) = answer.json()["errors"]
    assert error["msg"] == "send JSON, with the header Content-Type: application/json"
    named = await own.post("/numbers", content=b'{"a": 1}', headers=_JSON)
    assert "Content-Type" not in named.text


async def test_what_a_validator_says_is_told_in_its_own_words(own: httpx2.AsyncClient) -> None:
    answer = await own.post("/names", json={"name": "x"})
    assert answer.json()["errors"][0]["msg"] == "too short a name"
    assert answer.json()["detail"] == "body.name: too short a name"


async def test_refused_fields_are_told_and_bounded(own: httpx2.AsyncClient) -> None:
    answer = await own.post("/numbers", json=["x"] * 1000)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert [error["loc"] for error in answer.json()["errors"][:2]] == [["body", 0], ["body", 1]]
    assert len(answer.json()["errors"]) == problems.MAX_ERRORS


async def test_malformed_json_is_told_with_its_reason(own: httpx2.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await own.post("/numbers", content=b"[1,", headers=headers)
    (error,) = answer.json()["errors"]
    assert error["type"] == "json_invalid"
    assert error["msg"].startswith("JSON decode error: ")
    assert error["msg"] in answer.json()["detail"]


async def test_a_refused_input_says_where(own: httpx2.AsyncClient) -> None:
    problem = (await own.get("/input")).json()
    assert (problem["status"], problem["code"]) == (422, "invalid_input")
    assert problem["errors"] == [{"loc": ["body", 0], "msg": "not this", "type": "schema"}]


async def test_a_database_that_is_away_is_503_and_says_when_to_come_back(
    own: httpx2.AsyncClient,
) -> None:
    answer = await own.get("/away")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "1"


async def test_a_statement_that_is_wrong_is_a_crash(own: httpx2.AsyncClient) -> None:
    with pytest.raises(sqlite3.OperationalError):
        await own.get("/wrong")


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (Forbidden("not yours"), ["GET /thing refused: forbidden"]),
        (InsufficientScope(("app",)), ["GET /thing refused: insufficient_scope"]),
        (NotFound("none"), []),
    ],
)
async def test_who_tries_what_they_may_not_do_leaves_a_line(
    caplog: pytest.LogCaptureFixture, error: Exception, lines: list[str]
) -> None:
    app = FastAPI()
    problems.install(app)

    @app.get("/thing")
    async def read() -> None:
        raise error

    caplog.set_level("INFO", "runcast.routes.problems")
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
        await client.get("/thing?token=secret")
    assert [r.getMessage() for r in caplog.records if r.name == "runcast.routes.problems"] == lines
