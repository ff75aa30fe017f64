"""Refusals as `application/problem+json` (RFC 9457): one shape for all that can go wrong."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from runcast.errors import RuncastError, Unauthenticated
from runcast.schemas.problems import Problem

logger = logging.getLogger(__name__)
CHALLENGE = {"WWW-Authenticate": "Bearer"}


def install(app: FastAPI) -> None:
    """Answer every refusal and every crash of the application with a problem."""
    app.add_exception_handler(RuncastError, _refusal)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(Exception, _crash)


def responses(*errors: type[RuncastError]) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI entries of these refusals, for a route's `responses`."""
    return {
        error.status: {
            "model": Problem,
            "description": error.title,
            "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
        }
        for error in errors
    }


def _answer(
    status: int, title: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return Response(
        orjson.dumps(body), status, headers=headers, media_type="application/problem+json"
    )


def _refusal(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RuncastError)
    headers = CHALLENGE if error.status == Unauthenticated.status else None
    return _answer(error.status, error.title, error.detail, headers=headers, code=error.code)


def _http_exception(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == Unauthenticated.status:
        headers.setdefault("WWW-Authenticate", "Bearer")
    title = HTTPStatus(error.status_code).phrase
    return _answer(error.status_code, title, str(error.detail), headers=headers)


def _validation(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = [
        {"loc": list(part["loc"]), "msg": part["msg"], "type": part["type"]}
        for part in error.errors()
    ]
    detail = "; ".join(f"{'.'.join(map(str, p['loc']))}: {p['msg']}" for p in problems[:3])
    return _answer(422, "Unprocessable", detail, code="invalid_request", errors=problems)


def _crash(request: Request, error: Exception) -> Response:
    logger.error("%s %s crashed", request.method, request.url.path, exc_info=error)
    return _answer(500, "Internal error", "The server failed; its log says why.", code="internal")
