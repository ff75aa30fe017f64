"""Refusals become typed errors, whatever their body is."""

import json

import pytest

from runcast_client import errors
from runcast_client.problems import problem_from

TYPES = {
    400: errors.BadRequest,
    401: errors.Unauthenticated,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    412: errors.VersionMismatch,
    422: errors.Unprocessable,
    429: errors.TooManyRequests,
    500: errors.ServerFailed,
    503: errors.ServerFailed,
    418: errors.ProblemError,
}


@pytest.mark.parametrize(("status", "kind"), TYPES.items())
def test_each_status_has_its_type(status: int, kind: type[errors.ProblemError]) -> None:
    assert type(problem_from(status, {}, b"{}")) is kind


def test_a_problem_tells_what_the_document_told() -> None:
    document = {
        "type": "about:blank",
        "title": "Unprocessable",
        "status": 422,
        "detail": "unknown handler",
        "code": "unknown_handler",
        "errors": [{"loc": ["body", "handler"]}],
    }
    problem = problem_from(422, {}, json.dumps(document).encode())
    assert (problem.status, problem.title, problem.detail, problem.code) == (
        422,
        "Unprocessable",
        "unknown handler",
        "unknown_handler",
    )
    assert problem.errors == [{"loc": ["body", "handler"]}]
    assert str(problem) == "422 Unprocessable: unknown handler"


def test_the_token_endpoint_has_its_own_words() -> None:
    body = b'{"error": "invalid_grant", "error_description": "wrong password"}'
    problem = problem_from(400, {}, body)
    assert type(problem) is errors.InvalidGrant
    assert (problem.code, problem.detail) == ("invalid_grant", "wrong password")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b"null", b"\xff"])
def test_an_answer_from_something_between_is_a_problem_too(body: bytes) -> None:
    assert str(problem_from(502, {}, body)) == "502 HTTP 502"


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("Wed, 21 Oct 2015 07:28:00 GMT", None), ("-1", None)]
)
def test_retry_after_is_told_in_seconds(header: str, seconds: float | None) -> None:
    assert problem_from(429, {"retry-after": header}, b"{}").retry_after == seconds
