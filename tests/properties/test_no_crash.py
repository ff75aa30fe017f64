"""Nothing that a client sends causes a 500: random requests at every operation, signed in or not."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_from_bytes, urlencode
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runcast.application import Runcast
from tests.tools import raw
from tests.tools.operations import Operation, operations
from tests.tools.people import SignedIn
from tests.tools.questions import ask
from tests.tools.stories import begin
from tests.tools.work import Prepare, Works, ended, start_item

OPERATIONS = [one for one in operations() if one.path != "/api/auth/logout"]
HEADERS = (
    b"accept", b"authorization", b"content-length", b"content-type", b"cookie", b"host",
    b"idempotency-key", b"if-match", b"if-none-match", b"last-event-id", b"user-agent",
)  # fmt: skip
WORDS = (
    "", "echo", "add", "password", "refresh_token", "public", "queued", "-name", "/a:1", "\0",
    "a@example.com", "2030-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-00:01", "\ud800", "é" * 300,
)  # fmt: skip
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
# Without these a random request would seldom get past the first look at it.
LIKELY: dict[str, st.SearchStrategy[Any]] = {
    "handler": st.sampled_from(["echo", "add", "hold"]),
    "run_at": st.datetimes().map("{:%Y-%m-%dT%H:%M:%SZ}".format)
    | st.sampled_from([word for word in WORDS if "T00" in word]),
    **{
        name: st.sampled_from([word for word in WORDS if ":00" in word or ":59" in word])
        for name in ("expires_at", "since", "until")
    },
    "scopes": st.just(["items:read"]),
    "priority": st.integers(-1000, 1000),
    "name": st.text(min_size=1),
    "metadata": st.dictionaries(st.text(), values, max_size=3),
    "email": st.text(min_size=1, max_size=10).map("{}@example.com".format),
    "password": st.text(min_size=8),
    "grant_type": st.sampled_from(["password", "refresh_token"]),
    "limit": st.integers(1, 200),
    "where": st.tuples(st.text(), values).map(lambda pair: f"/{pair[0]}:{json.dumps(pair[1])}"),
}
odd = st.sampled_from(WORDS).map(lambda word: word.encode("utf-8", "surrogatepass")) | st.binary(
    max_size=20
)
Pairs = list[tuple[str, Any]]


def pairs(names: Iterable[str]) -> st.SearchStrategy[Pairs]:
    """Return some of these names with likely values, unlikely ones, and now and then another name."""
    known = [st.tuples(st.just(name), LIKELY.get(name, values)) for name in names]
    one = st.one_of(*known, *known, st.tuples(st.sampled_from([*LIKELY, "x", "\0"]), values))
    return st.lists(one, max_size=5)


def encoded(pairs: Pairs) -> bytes:
    """Return names and values as a query or a form."""
    texts = [
        (name, value if isinstance(value, str) else json.dumps(value)) for name, value in pairs
    ]
    return urlencode(texts, errors="surrogatepass").encode()


def bodies(operation: Operation) -> st.SearchStrategy[bytes]:
    """Return bodies: documents and forms of its fields, or anything."""
    likely = pairs(operation.fields)
    documents = likely.map(lambda found: json.dumps(dict(found)).encode())
    return documents | documents | likely.map(encoded) | st.binary(max_size=50)


def queries(operation: Operation) -> st.SearchStrategy[bytes]:
    """Return queries of its parameters, or anything."""
    return st.just(b"") | pairs(operation.queries).map(encoded) | odd


def likely_type(operation: Operation) -> st.SearchStrategy[bytes]:
    """Return what it takes, or something else."""
    taken = [media_type.encode() for media_type in operation.media_types] or [b""]
    return st.sampled_from(taken) | media_types


media_types = st.sampled_from(
    (
        b"application/json", b"application/merge-patch+json", b"application/x-www-form-urlencoded",
        b"multipart/form-data; boundary=x", b"text/plain", b"",
    )
)  # fmt: skip
headers = st.dictionaries(st.sampled_from(HEADERS), odd | st.just(b"text/event-stream"), max_size=1)


@pytest.fixture
def prepare() -> Prepare:
    """Register handlers."""
    return Works().register


@pytest.fixture
async def address(
    app: Runcast, alice: SignedIn, live: dict[str, str]
) -> Callable[[Operation], str]:
    """Return how an operation is addressed: at what has ended, or at what asks where it acts."""
    execution = await ended(app, alice, await start_item(alice, handler="echo"))
    over = {
        "item_id": execution["item_id"],
        "execution_id": execution["id"],
        "session_id": str(UUID(int=0)),
        "user_id": str(UUID(int=0)),
        "team_id": str(UUID(int=0)),
        "key_id": str(UUID(int=0)),
        "passkey_id": str(UUID(int=0)),
        "share_id": str(UUID(int=0)),
        "identity_id": str(UUID(int=0)),
        "provider": "acme",
        "invitation_id": str(UUID(int=0)),
        "ref": "input",
    }

    def of(operation: Operation) -> str:
        acts = (live.keys() - over.keys()) & set(operation.parameters)
        return operation.address(over | live if acts else over)

    return of


@pytest.fixture
async def live(app: Runcast, alice: SignedIn) -> dict[str, str]:
    """Return something of alice's that runs and asks, in the place of what has ended."""
    story = await begin(app.state.runtime, alice.user["id"])
    await ask(story, "q1", {"type": ["boolean", "object", "null"]})
    return {"execution_id": str(story.id), "question": "q1", "name": "go"}


@dataclass(frozen=True)
class Sent:
    """One random request."""

    operation: Operation
    odd_id: bytes | None
    query: bytes
    headers: dict[bytes, bytes]
    body: bytes


def requests(operation: Operation) -> st.SearchStrategy[Sent]:
    """Return requests at an operation."""
    together = st.tuples(likely_type(operation), headers).map(
        lambda found: {b"content-type": found[0]} | found[1]
    )
    odd_ids = st.none() | st.none() | odd
    return st.builds(
        Sent, st.just(operation), odd_ids, queries(operation), together, bodies(operation)
    )


@settings(
    max_examples=800,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(sent=st.sampled_from(OPERATIONS).flatmap(requests), signed_in=st.sampled_from([1, 1, 0]))
async def test_no_request_crashes_the_server(
    app: Runcast,
    alice: SignedIn,
    address: Callable[[Operation], str],
    sent: Sent,
    signed_in: int,
) -> None:
    path = address(sent.operation).encode()
    if sent.odd_id is not None:
        path = path.rpartition(b"/")[0] + b"/" + quote_from_bytes(sent.odd_id).encode()
    credential = {b"authorization": alice.headers["Authorization"].encode()} if signed_in else {}
    answer = await raw.send(
        app,
        sent.operation.method,
        path + b"?" + sent.query,
        list((credential | sent.headers).items()),
        [sent.body],
    )
    assert 200 <= answer.status < 500
    if answer.status >= 400:
        problem: dict[str, Any] = json.loads(answer.body)
        assert answer.media_type == "application/problem+json"
        assert problem["status"] == answer.status
