"""Every HTTP endpoint says what it answers: a model, an empty 204, a documented 303, or documented bytes."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI, Response
from fastapi.routing import APIRoute, APIWebSocketRoute, iter_route_contexts
from pydantic import BaseModel
from starlette.routing import Mount, Route

from runcast import Runcast
from runcast.routes.strict_route import StrictRoute

# FastAPI's own pages, which are no part of the API that they tell of.
PAGES = {"/docs", "/docs/oauth2-redirect", "/redoc", "/openapi.json"}


def undeclared(app: FastAPI) -> Iterator[str]:
    """Yield each endpoint that does not say what it answers, the mounted and the hidden too."""
    for context in iter_route_contexts(app.routes):
        route, path = context.original_route, context.path
        if isinstance(route, APIWebSocketRoute) or path in PAGES:
            continue
        if not isinstance(route, APIRoute) or not _declares(route):
            yield f"{', '.join(sorted(context.methods or ['*']))} {path}"


def _declares(route: APIRoute) -> bool:
    status = route.status_code or 200
    if status == 204 or route.response_model not in {None, Any}:
        return True
    response = route.responses.get(status, {})
    if status == 303:
        return "Location" in response.get("headers", {})
    content = response.get("content", {})
    return bool(content) and all("schema" in media for media in content.values())


def test_every_endpoint_of_runcast_says_what_it_answers() -> None:
    assert list(undeclared(Runcast())) == []


def test_the_walker_sees_every_endpoint() -> None:
    seen = {context.path for context in iter_route_contexts(Runcast().routes)}
    assert seen >= {"/api/items/{item_id}", "/api/executions", "/health/live", "/ws/{execution_id}"}


class Thing(BaseModel):
    """What good endpoints answer."""

    name: str


def anything() -> Any:
    """Answer with whatever comes."""


def nothing() -> None:
    """Answer null."""


def bytes_of_some_kind() -> Response:
    """Answer with bytes."""
    return Response()


def unsaid():  # type: ignore[no-untyped-def]  # noqa: ANN201 - what the walker must find
    """Answer with who knows what."""


@pytest.mark.parametrize("endpoint", [anything, nothing, bytes_of_some_kind, unsaid])
def test_an_endpoint_that_says_nothing_is_found(endpoint: Any) -> None:
    app = Runcast()
    app.post("/mine")(endpoint)
    app.get("/hidden", include_in_schema=False)(endpoint)
    assert list(undeclared(app)) == ["POST /mine", "GET /hidden"]


def test_endpoints_past_fastapi_are_found() -> None:
    app = Runcast()
    app.router.routes.append(Route("/raw", nothing))
    app.router.routes.append(Mount("/mounted", FastAPI()))
    assert list(undeclared(app)) == ["GET, HEAD /raw", "* /mounted"]


def test_a_redirect_that_does_not_say_so_is_found() -> None:
    app = Runcast()
    app.get("/mine", status_code=303)(bytes_of_some_kind)
    assert list(undeclared(app)) == ["GET /mine"]


def test_a_stream_without_a_schema_is_found() -> None:
    app = Runcast()
    app.get("/mine", responses={200: {"content": {"text/csv": {}}}})(bytes_of_some_kind)
    assert list(undeclared(app)) == ["GET /mine"]


def test_endpoints_that_say_what_they_answer_pass() -> None:
    app = Runcast()
    stream: dict[int | str, dict[str, Any]] = {
        200: {"content": {"text/csv": {"schema": {"type": "string"}}}}
    }
    app.get("/model", response_model=Thing)(unsaid)
    app.delete("/empty", status_code=204)(nothing)
    app.get("/stream", responses=stream)(bytes_of_some_kind)
    assert list(undeclared(app)) == []


def test_every_endpoint_under_api_reads_strict_bodies() -> None:
    lax = [
        context.path
        for context in iter_route_contexts(Runcast().routes)
        if (context.path or "").startswith("/api")
        and not isinstance(context.original_route, StrictRoute)
    ]
    assert lax == []


def test_every_refusal_is_documented_as_a_problem() -> None:
    responses = [
        (path, method, status, set(response.get("content", {})))
        for path, methods in Runcast().openapi()["paths"].items()
        for method, operation in methods.items()
        for status, response in operation["responses"].items()
        if status >= "400"
    ]
    assert [one for one in responses if one[3] != {"application/problem+json"}] == []
