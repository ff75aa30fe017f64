"""Refusals as `application/problem+json` (RFC 9457): one shape for all that can go wrong."""

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException

from runcast.database.failures import DRIVER_ERRORS, may_pass
from runcast.dependencies import heeds_credential
from runcast.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    InsufficientScope,
    InvalidInput,
    InvalidToken,
    MethodNotAllowed,
    MfaRequired,
    NotFound,
    PasswordRefused,
    RuncastError,
    TokenRefused,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    Unprocessable,
)
from runcast.schemas.problems import Problem, TokenProblem

logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
CHALLENGE = {"WWW-Authenticate": "Bearer"}
BAD_TOKEN_CHALLENGE = {"WWW-Authenticate": 'Bearer error="invalid_token"'}  # RFC 6750, 3.1
# A path that is unknown to programs may be a page in browsers (RFC 9111, 4.2.2; RFC 6749, 5.2).
NOT_STORED = {"Cache-Control": "no-store"}
RETRY_LATER = {"Retry-After": "1"}  # RFC 9110, 10.2.3
# The first that fits.
_HEADERS = (
    (InvalidToken, BAD_TOKEN_CHALLENGE),
    (Unauthenticated, CHALLENGE),
    (Unavailable, RETRY_LATER),
)
MAX_ERRORS = 100
# What is no JSON is handed on as bytes, which are of no type that a body has.
_NO_JSON = frozenset({"model_attributes_type", "dict_type", "list_type"})
_NO_BODY = frozenset({204, 304})
# What Starlette and FastAPI refuse by themselves is told as our own refusal of that status.
_KINDS: dict[int, type[RuncastError]] = {
    kind.status: kind
    for kind in (
        BadRequest,
        Unauthenticated,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        Conflict,
        TooLarge,
        Unprocessable,
    )
}


def install(app: FastAPI) -> None:
    """Answer every refusal and every crash of the application with a problem."""
    app.add_exception_handler(RuncastError, _refusal)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(RequestValidationError, _validation)
    for kind in DRIVER_ERRORS:
        app.add_exception_handler(kind, _failure_of_the_database)
    app.add_exception_handler(Exception, _crash)
    # FastAPI's documented way to extend what it generates is to replace the method.
    app.openapi = partial(_document, app.openapi)  # type: ignore[method-assign]


def responses(*errors: type[RuncastError]) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI entries of these refusals, for a route's `responses`.

    Wherever a credential is needed, one may be shown that was not made for this.
    """
    titles: dict[int, list[type[RuncastError]]] = {}
    implied = (InsufficientScope,) if Unauthenticated in errors else ()
    for error in (*errors, *implied):
        titles.setdefault(error.status, []).append(error)
    return {status: _response(same) for status, same in titles.items()}


def _response(errors: Iterable[type[RuncastError]]) -> dict[str, Any]:
    model = TokenProblem if any(issubclass(error, TokenRefused) for error in errors) else Problem
    return {
        "description": "; ".join(error.title for error in errors),
        "content": {MEDIA_TYPE: {"schema": _reference(model)}},
    }


def _document(generate: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return FastAPI's OpenAPI with problems in it, and FastAPI's own 422 replaced by one."""
    document = generate()
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for model in (Problem, TokenProblem):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
    for path in document.get("paths", {}).values():
        for operation in path.values():
            documented = operation.get("responses", {})
            _replace_validation_error(documented)
            if operation.get("security"):
                # Whoever asks is counted.
                documented.setdefault("429", _response([TooMany]))
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    return document


def _replace_validation_error(documented: dict[str, Any]) -> None:
    if "422" in documented:
        description = documented["422"].get("description", "Unprocessable")
        schema = _reference(Problem)
        documented["422"] = {
            "description": description,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }


def _reference(model: type[Problem]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _answer(
    status: int, title: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    said = {**NOT_STORED, **(headers or {})}
    return Response(orjson.dumps(body), status, headers=said, media_type=MEDIA_TYPE)


def _refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, RuncastError)
    if isinstance(error, Forbidden):
        # Who tries what they may not do may be looking for what they may (OWASP ASVS 5.0, 16.3.2).
        logger.info("%s %s refused: %s", request.method, request.scope["path"], error.code)
    return problem(error)


def problem(error: RuncastError) -> Response:
    """Return the answer that tells of a refusal."""
    return _answer(
        error.status,
        error.title,
        error.detail,
        headers=_headers(error),
        code=error.code,
        **_members(error),
    )


def _failure_of_the_database(request: Request, error: Exception) -> Response:
    """Answer 503 where the database is away or busy; whatever else is wrong with it is a crash."""
    if not may_pass(error):
        raise error
    logger.warning("%s %s: %s", request.method, request.scope["path"], error)
    return _refusal(request, Unavailable("the database does not answer; try again"))


def _members(error: RuncastError) -> dict[str, Any]:
    """Return the members that only this kind of refusal has."""
    match error:
        case MfaRequired(token=token, methods=methods, passkey=passkey):
            asked = {"mfa_token": token, "methods": methods}
            more = asked if passkey is None else {**asked, "passkey": passkey}
            return {"error": error.code, "error_description": error.detail, **more}
        case TokenRefused():
            return {"error": error.code, "error_description": error.detail}
        case InvalidInput():
            return {"errors": error.problems}
        case PasswordRefused(detail=detail):
            place = ["body", "password"]
            return {"errors": [{"loc": place, "msg": detail, "type": "password_refused"}]}
        case _:
            return {}


def _headers(error: RuncastError) -> dict[str, str] | None:
    match error:
        case InsufficientScope(needed=needed):
            scope = f', scope="{" ".join(needed)}"' if needed else ""
            return {"WWW-Authenticate": f'Bearer error="insufficient_scope"{scope}'}
        case TooMany(retry_after=seconds):
            return {"Retry-After": str(seconds)}
        case _:
            return next((headers for kind, headers in _HEADERS if isinstance(error, kind)), None)


def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = error.status_code
    headers = dict(error.headers or {})
    if status in _NO_BODY:
        return Response(status_code=status, headers=headers)
    if status == Unauthenticated.status:
        headers.setdefault("WWW-Authenticate", "Bearer")
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        # Starlette names only the methods of the first route that has this path.
        headers["Allow"] = ", ".join(_methods(request)) or headers.get("Allow", "")
    kind, phrase = _KINDS.get(status), _phrase(status)
    if kind is None:
        return _answer(status, phrase, str(error.detail), headers=headers)
    detail = kind.title if error.detail == phrase else str(error.detail)
    return _answer(status, kind.title, detail, headers=headers, code=kind.code)


def _methods(request: Request) -> list[str]:
    """Return the methods that the application takes at this request's path (RFC 9110, 10.2.1)."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    routes = [route for route in iter_route_contexts(request.app.routes) if route.methods]
    found = [route.methods or () for route in routes if route.path_regex.match(path)]
    return sorted({method for methods in found for method in methods})


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if _is_nowhere(request, error):
        return _refusal(request, Unauthenticated("sign in first"))
    problems = [
        {"loc": list(part["loc"]), "msg": _message(request, part), "type": part["type"]}
        for part in error.errors()[:MAX_ERRORS]
    ]
    detail = "; ".join(f"{'.'.join(map(str, p['loc']))}: {p['msg']}" for p in problems[:3])
    return _answer(422, "Unprocessable", detail, code="invalid_request", errors=problems)


def _is_nowhere(request: Request, error: RequestValidationError) -> bool:
    """Tell whether a stranger asks for what cannot be there: that is 401, as for all that is not public."""
    dependant = getattr(request.scope.get("route"), "dependant", None)
    return (
        "authorization" not in request.headers
        and any(part["loc"][0] == "path" for part in error.errors())
        and dependant is not None
        and heeds_credential(dependant)
    )


def _message(request: Request, part: Mapping[str, Any]) -> str:
    if part["type"] == "json_invalid":
        return f"{part['msg']}: {part['ctx']['error']}"
    if part["loc"] == ("body",) and part["type"] in _NO_JSON and not _is_json(request):
        return "send JSON, with the header Content-Type: application/json"
    # A validator's own words, which are for people as they are.
    return str(part["msg"]).removeprefix("Value error, ")


def _is_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def _crash(request: Request, error: Exception) -> Response:
    logger.error("%s %s crashed", request.method, request.scope["path"], exc_info=error)
    return _answer(500, "Internal error", "The server failed; its log says why.", code="internal")
