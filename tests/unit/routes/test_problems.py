"""Refusals as the OpenAPI document tells of them."""

from typing import Any

from fastapi import FastAPI

from runcast.errors import InvalidGrant, NotFound, Unauthenticated, UnsupportedGrantType
from runcast.routes import problems

PROBLEM = "#/components/schemas/Problem"
TOKEN_PROBLEM = "#/components/schemas/TokenProblem"


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
    assert entries.keys() == {400, 401}
    assert entries[400]["description"] == "Invalid grant; Unsupported grant type"
    assert schema_of(entries[400]) == {"$ref": TOKEN_PROBLEM}


def test_the_document_is_the_same_when_it_is_asked_for_again() -> None:
    app = FastAPI()
    problems.install(app)
    assert app.openapi() == app.openapi()
