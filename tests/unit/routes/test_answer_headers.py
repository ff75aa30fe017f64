"""Answers tell browsers to be careful, and what an endpoint says itself stays."""

import httpx2
import pytest

from runcast.routes.answer_headers import careful
from tests.tools.people import SignedIn


def told(path: str, *headers: tuple[bytes, bytes], scheme: str = "http") -> dict[bytes, bytes]:
    """Return the headers of an answer, which come once each."""
    completed = careful(headers, path, scheme)
    assert len(dict(completed)) == len(completed)
    return dict(completed)


def test_documents_of_the_api_are_no_pages_and_are_not_kept() -> None:
    assert told("/api/items") == {
        b"x-content-type-options": b"nosniff",
        b"referrer-policy": b"same-origin",
        b"content-security-policy": (
            b"default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
        ),
        b"cache-control": b"no-store",
    }


@pytest.mark.parametrize("path", ["/", "/mine", "/apiary"])
def test_pages_of_ones_own_say_themselves_what_they_load(path: str) -> None:
    assert told(path).keys() == {b"x-content-type-options", b"referrer-policy"}


def test_the_docs_are_framed_by_nobody() -> None:
    assert b"frame-ancestors 'none'" in told("/docs")[b"content-security-policy"]


def test_what_an_endpoint_says_stays() -> None:
    headers = told("/api/items/1", (b"Cache-Control", b"private, no-cache"))
    assert headers[b"Cache-Control"] == b"private, no-cache"
    assert b"cache-control" not in headers


def test_over_tls_browsers_are_told_to_stay_there() -> None:
    assert told("/", scheme="https")[b"strict-transport-security"] == b"max-age=31536000"
    assert b"strict-transport-security" not in told("/")


async def test_every_answer_is_careful(client: httpx2.AsyncClient, alice: SignedIn) -> None:
    for answer in (
        await alice.get("/api/items"),
        await client.get("/api/items"),
        await client.get("/api/no/such/thing"),
        await alice.post("/api/items", json={"no": "item"}),
    ):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
