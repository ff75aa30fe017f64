"""Nothing that a client sends causes a 500: random requests at every operation, signed in or not."""

import json
from typing import Any
from urllib.parse import quote_from_bytes
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runcast.application import Runcast
from tests.tools import raw
from tests.tools.operations import Operation, operations
from tests.tools.people import SignedIn
from tests.tools.work import Prepare, Works, ended, start_item

OPERATIONS = [one for one in operations() if one.path != "/api/auth/logout"]
FIELDS = (
    "cookie", "current_password", "cursor", "email", "grant_type", "handler", "input", "limit",
    "metadata", "name", "password", "priority", "refresh_token", "run_at", "setup_token", "sort",
    "username", "visibility", "where", "after", "kind", "state", "item_id",
)  # fmt: skip
HEADERS = (
    b"accept", b"authorization", b"content-length", b"content-type", b"cookie", b"host",
    b"idempotency-key", b"if-match", b"if-none-match", b"last-event-id", b"user-agent",
)  # fmt: skip
WORDS = (
    "", "echo", "add", "password", "refresh_token", "public", "queued", "-name", "/a:1", "\0",
    "a@example.com", "2030-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "\ud800", "é" * 300,
)  # fmt: skip
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
documents = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), values, max_size=5)
bodies = (
    documents.map(lambda document: json.dumps(document).encode())
    | st.lists(st.tuples(st.sampled_from(FIELDS), st.binary(max_size=20)), max_size=4).map(
        lambda form: b"&".join(k.encode() + b"=" + quote_from_bytes(v).encode() for k, v in form)
    )
    | st.binary(max_size=50)
)
odd_text = st.sampled_from(WORDS).map(lambda word: word.encode("utf-8", "surrogatepass"))
pieces = odd_text | st.binary(max_size=20)
queries = st.lists(
    st.tuples(st.sampled_from(FIELDS).map(str.encode) | pieces, pieces, st.booleans()), max_size=3
).map(
    lambda pairs: b"&".join(
        name + b"=" + (quote_from_bytes(value).encode() if quoted else value)
        for name, value, quoted in pairs
    )
)
media_types = st.sampled_from(
    (
        b"application/json", b"application/merge-patch+json", b"application/x-www-form-urlencoded",
        b"multipart/form-data; boundary=x", b"text/plain", b"",
    )
)  # fmt: skip
headers = st.dictionaries(
    st.sampled_from(HEADERS), pieces | st.just(b"text/event-stream"), max_size=2
)


@pytest.fixture
def prepare() -> Prepare:
    """Register handlers."""
    return Works().register


@pytest.fixture
async def addresses(app: Runcast, alice: SignedIn) -> dict[str, str]:
    """Return something of alice's that has ended for each name that stands in a path."""
    execution = await ended(app, alice, await start_item(alice, handler="echo"))
    return {
        "item_id": execution["item_id"],
        "execution_id": execution["id"],
        "session_id": str(UUID(int=0)),
        "ref": "input",
    }


@settings(
    max_examples=1000,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    operation=st.sampled_from(OPERATIONS),
    odd_path=st.none() | pieces,
    query=queries,
    sent=headers,
    media_type=media_types,
    body=bodies,
    signed_in=st.booleans(),
)
async def test_no_request_crashes_the_server(
    app: Runcast,
    alice: SignedIn,
    addresses: dict[str, str],
    *,
    operation: Operation,
    odd_path: bytes | None,
    query: bytes,
    sent: dict[bytes, bytes],
    media_type: bytes,
    body: bytes,
    signed_in: bool,
) -> None:
    path = operation.address(addresses).encode()
    if odd_path is not None:
        path = path.rpartition(b"/")[0] + b"/" + quote_from_bytes(odd_path).encode()
    credential = {b"authorization": alice.headers["Authorization"].encode()} if signed_in else {}
    together: dict[bytes, bytes] = {b"content-type": media_type} | credential | sent
    answer = await raw.send(
        app, operation.method, path + b"?" + query, list(together.items()), [body]
    )
    assert 200 <= answer.status < 500
    if answer.status >= 400:
        problem: dict[str, Any] = json.loads(answer.body)
        assert answer.media_type == "application/problem+json"
        assert problem["status"] == answer.status
