"""Bad input is refused clearly and nothing is lost: what the design lists, on every endpoint."""

import json
import shutil
from collections.abc import AsyncIterator, Callable
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from runcast import Run, Runcast
from runcast.errors import TooLarge
from runcast.services import addresses as mail_addresses
from runcast.services import password_rules, passwords, random_tokens
from tests.conftest import CHEAP_HASHES, SECRET
from tests.tools import raw
from tests.tools.administrators import promote
from tests.tools.clock import FakeClock
from tests.tools.databases import Databases
from tests.tools.operations import Operation, operations
from tests.tools.people import PASSWORD, SignedIn, sign_in
from tests.tools.work import LATER, Works, ended, logged, start

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALL = operations()
WITH_JSON = [one for one in ALL if "application/json" in one.media_types]
WITH_FORM = [one for one in ALL if "application/x-www-form-urlencoded" in one.media_types]
WITH_BODY = [*WITH_JSON, *WITH_FORM]
MEBIBYTE = 2**20
PROBLEM = "application/problem+json"
BROKEN: dict[str, tuple[str | bytes, str]] = {
    "malformed": ('{"x": 1', "not valid JSON"),
    "two documents": ("{}{}", "not valid JSON"),
    "no UTF-8": (b'{"x": "\xff"}', "not valid JSON"),
    "a surrogate in UTF-8": (b'{"x": "\xed\xa0\x80"}', "not valid JSON"),
    "a raw NUL": (b'{"x": "\x00"}', "not valid JSON"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "not valid JSON"),
    "a NUL": (r'{"x": ["\u0000"]}', "NUL"),
    "a NUL in a key": (r'{"\u0000": 1}', "NUL"),
    "a leading surrogate": (r'{"x": "\ud800"}', "surrogate"),
    "a trailing surrogate": (r'{"x": "\udc00 1234567890123456"}', "surrogate"),
    "NaN": ('{"x": NaN}', "JSON"),
    "Infinity": ('{"x": [-Infinity]}', "JSON"),
    "an infinite number": ('{"x": 1e999}', "not finite"),
    "2**53": ('{"x": 9007199254740992}', "integer"),
    "-2**53": ('{"x": -9007199254740992}', "integer"),
    "5000 digits": ('{"x": ' + "9" * 5000 + "}", "integer"),
    "65 levels": ('{"x":' * 65 + "1" + "}" * 65, "nested"),
    "100,000 levels": ("[" * 100_000, ""),
}

FORM_TYPES = (
    b"application/x-www-form-urlencoded",
    b"application/x-www-form-urlencoded; charset=utf-16",
    b"multipart/form-data; boundary=x",
    b"multipart/form-data; boundary=x; charset=punycode",
    b"multipart/form-data; boundary=\xff",
    b"multipart/form-data",
)
ODD_FORMS = (
    b"grant_type=password&username=%00&password=%00",
    b"grant_type=password&username=%ED%A0%80@a.example&password=%FF",
    b"grant_type=refresh_token&refresh_token=%00",
    b"grant_type=%00",
    b"&&&=&%",
    b"\x00\xff",
    b"x=1&" * 2000,
    b'--x\r\nContent-Disposition: form-data; name="grant_type"\r\n\r\n\xff\r\n--x--\r\n',
)
FAR_OFF = (
    "9999-12-31T23:59:59-23:59",
    "9999-12-31T23:59:59-00:01",
    "0001-01-01T00:00:00+23:59",
    "1969-12-31T23:59:59Z",
    "2030-01-31T12:00:00",
    "1900000000",
)
HEADERS = (
    b"accept", b"authorization", b"content-type", b"content-length", b"cookie", b"host",
    b"idempotency-key", b"if-match", b"if-none-match", b"last-event-id", b"origin", b"user-agent",
    b"\xff",
)  # fmt: skip


async def shout(run: Run, sizes: list[int]) -> list[bool]:
    """Emit data of these many bytes of JSON, and return which were taken."""
    return [_taken(run, "é" * ((size - 11) // 2) + "x" * ((size - 11) % 2)) for size in sizes]


def _taken(run: Run, text: str) -> bool:
    try:
        run.emit("shout", text=text)
    except ValueError:
        return False
    return True


# What is refused changes nothing, so that all of it can be asked of one application of each kind.
@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def database_url(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """Return the URL of a migrated database, of one kind and then of the other."""
    if request.param == "postgres":
        postgres: Databases = request.getfixturevalue("postgres")
        return postgres.emptied()
    path = tmp_path_factory.mktemp("bad_input") / "runcast.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(database_url: str) -> AsyncIterator[Runcast]:
    """Yield a started application with handlers."""
    options = {"secret_key": SECRET, "rate_limits": "off", **CHEAP_HASHES}
    app = Runcast(database_url=database_url, clock=FakeClock(), **options)
    Works().register(app)
    app.handler(shout)
    async with app.router.lifespan_context(app):
        yield app


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def alice(app: Runcast) -> AsyncIterator[SignedIn]:
    """Yield a client signed in as alice@example.com, who may ask for everything."""
    async with sign_in(app, "alice@example.com") as client:
        await promote(app, client)
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def addresses(alice: SignedIn) -> dict[str, str]:
    """Return something of alice's for each name that stands in a path."""
    item = (await alice.post("/api/items", json={"name": "a", "handler": "echo"})).json()
    execution = await start(alice, "echo", run_at=LATER)
    team = (await alice.post("/api/teams", json={"name": "a"})).json()
    return {
        "item_id": item["id"],
        "execution_id": execution["id"],
        "session_id": str(uuid4()),
        "user_id": alice.user["id"],
        "team_id": team["id"],
        "key_id": str(uuid4()),
        "passkey_id": str(uuid4()),
        "share_id": str(uuid4()),
        "identity_id": str(uuid4()),
        "provider": "acme",
        "invitation_id": str(uuid4()),
        "ref": "input",
        "question": "q1",
        "name": "go",
    }


def signed(client: SignedIn) -> list[tuple[bytes, bytes]]:
    """Return the client's credential as a raw header."""
    return [(b"authorization", client.headers["Authorization"].encode())]


async def everything(alice: SignedIn) -> list[Any]:
    """Return what a request could have changed."""
    paths = ("/api/items", "/api/executions", "/api/auth/me")
    return [(await alice.get(path)).json() for path in paths]


async def test_there_are_endpoints_to_try() -> None:
    assert {str(one) for one in WITH_BODY} >= {
        "POST /api/auth/register",
        "POST /api/auth/token",
        "PATCH /api/auth/me",
        "POST /api/items",
        "PUT /api/items/{item_id}",
        "PATCH /api/items/{item_id}",
        "POST /api/executions",
        "POST /api/items/{item_id}/executions",
        "POST /api/executions/{execution_id}/answers/{question}",
        "POST /api/executions/{execution_id}/signals/{name}",
    }
    assert all(one in WITH_BODY for one in ALL if one.media_types)


@pytest.mark.parametrize("operation", WITH_JSON, ids=str)
async def test_a_body_that_is_no_strict_json_is_refused_with_the_rule_it_breaks(
    alice: SignedIn, addresses: dict[str, str], operation: Operation
) -> None:
    before = await everything(alice)
    for (why, (body, rule)), media_type in product(BROKEN.items(), operation.media_types):
        answer = await alice.request(
            operation.method,
            operation.address(addresses),
            content=body,
            headers={"Content-Type": media_type},
        )
        assert (answer.status_code, answer.headers["Content-Type"]) == (422, PROBLEM), why
        (error,) = answer.json()["errors"]
        assert error["type"] == "json_invalid", why
        assert rule in error["msg"], why
    assert await everything(alice) == before


@pytest.mark.parametrize("operation", WITH_JSON, ids=str)
async def test_an_unknown_field_is_refused(
    alice: SignedIn, addresses: dict[str, str], operation: Operation
) -> None:
    before = await everything(alice)
    answer = await alice.request(
        operation.method, operation.address(addresses), json={"colour": "red"}
    )
    assert answer.status_code == 422
    found = {tuple(error["loc"]): error["type"] for error in answer.json()["errors"]}
    assert found["body", "colour"] == "extra_forbidden"
    assert await everything(alice) == before


@pytest.mark.parametrize("operation", WITH_JSON, ids=str)
async def test_a_body_of_another_content_type_is_refused(
    alice: SignedIn, addresses: dict[str, str], operation: Operation
) -> None:
    before = await everything(alice)
    for media_type in (None, b"text/plain", b"application/xml", b"\xff", b"json"):
        headers = [] if media_type is None else [(b"Content-Type", media_type)]
        answer = await alice.request(
            operation.method, operation.address(addresses), content=b"{}", headers=headers
        )
        assert (answer.status_code, answer.headers["Content-Type"]) == (422, PROBLEM), media_type
    assert await everything(alice) == before


async def chunked(body: bytes) -> AsyncIterator[bytes]:
    """Yield a body in pieces, with no length announced."""
    for start_ in range(0, len(body), 2**16):
        yield body[start_ : start_ + 2**16]


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
async def test_a_body_over_a_mebibyte_is_too_large(
    alice: SignedIn, addresses: dict[str, str], operation: Operation
) -> None:
    url, headers = operation.address(addresses), {"Content-Type": operation.media_types[0]}
    over = b" " * (MEBIBYTE + 1)
    for body in (over, chunked(over)):
        answer = await alice.request(operation.method, url, content=body, headers=headers)
        assert (answer.status_code, answer.headers["Content-Type"]) == (413, PROBLEM)
        assert answer.json()["code"] == TooLarge.code
    answer = await alice.request(operation.method, url, content=over[1:], headers=headers)
    assert answer.status_code in {400, 422}


async def test_there_are_moments_to_try() -> None:
    sent = {(str(one), name) for one in ALL for name in (*one.moments, *one.moments_asked)}
    assert sent >= {
        ("POST /api/auth/keys", "expires_at"),
        ("POST /api/executions/{execution_id}/share", "expires_at"),
        ("POST /api/executions", "run_at"),
        ("GET /api/audit", "since"),
        ("GET /api/audit", "until"),
    }


@pytest.mark.parametrize(
    "operation", [one for one in ALL if one.moments or one.moments_asked], ids=str
)
async def test_a_moment_that_no_database_holds_is_refused(
    alice: SignedIn, addresses: dict[str, str], operation: Operation
) -> None:
    url = operation.address(addresses)
    rest = {"name": "a", "scopes": ["items:read"], "handler": "echo"}
    fitting = {name: rest[name] for name in operation.fields if name in rest}
    for moment in FAR_OFF:
        for name in operation.moments:
            body = {**fitting, name: moment}
            answer = await alice.request(operation.method, url, json=body)
            assert answer.status_code == 422, (name, moment)
            assert {tuple(error["loc"]) for error in answer.json()["errors"]} == {("body", name)}
        for name in operation.moments_asked:
            answer = await alice.request(operation.method, url, params={name: moment})
            assert answer.status_code == 422, (name, moment)


@pytest.fixture
def worked_on(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the lengths of what addresses, codes and passwords are made of from now on."""
    lengths: list[int] = []

    def noting(work: Callable[..., Any]) -> Callable[..., Any]:
        def noted(text: str, *more: Any, **named: Any) -> Any:
            lengths.append(len(text))
            return work(text, *more, **named)

        return noted

    places = (
        (mail_addresses, "validate_email"),
        (random_tokens, "hash_of"),
        (passwords, "_normalised"),
        (password_rules, "_folded"),
        (json, "loads"),
    )
    for module, name in places:
        monkeypatch.setattr(module, name, noting(getattr(module, name)))
    return lengths


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
async def test_a_text_that_fills_the_body_costs_no_work(
    alice: SignedIn, addresses: dict[str, str], worked_on: list[int], operation: Operation
) -> None:
    url, long = operation.address(addresses), "x" * (MEBIBYTE - 300)
    rest = {"email": "a@example.com", "password": PASSWORD, "code": "rco_x", "name": "a"}
    for field in operation.fields:
        body = {name: rest[name] for name in operation.fields if name in rest} | {field: long}
        if operation in WITH_JSON:
            answer = await alice.request(operation.method, url, json=body)
        else:
            answer = await alice.request(operation.method, url, data=body)
        assert answer.status_code < 500, field
        assert max(worked_on, default=0) <= 2048, field


@pytest.mark.parametrize("field", ["username", "password"])
async def test_what_is_too_long_signs_in_nobody_like_what_is_wrong(
    alice: SignedIn, worked_on: list[int], field: str
) -> None:
    form = {"grant_type": "password", "username": "alice@example.com", "password": PASSWORD}
    for long in ("x" * (MEBIBYTE - 300), "x" * 1025 + "@example.com", "a@" + "b." * 200_000):
        answer = await alice.post("/api/auth/token", data={**form, field: long})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
        assert max(worked_on, default=0) <= 1024


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
async def test_what_is_refused_is_documented(operation: Operation) -> None:
    malformed = "422" if operation in WITH_JSON else "400"
    assert {malformed, "413"} <= set(operation.document["responses"])


async def test_an_odd_form_is_refused(app: Runcast) -> None:
    for media_type, body in product(FORM_TYPES, ODD_FORMS):
        headers = [(b"content-type", media_type)]
        answer = await raw.send(app, "POST", b"/api/auth/token", headers, [body])
        assert (answer.status, answer.media_type) == (400, PROBLEM), (media_type, body)


@pytest.mark.parametrize("operation", [one for one in ALL if one.parameters], ids=str)
async def test_odd_bytes_in_a_path_are_refused(
    app: Runcast, alice: SignedIn, operation: Operation
) -> None:
    for odd in ("%00", "a%00", "%FF", "%ED%A0%80", "%", "%zz", "\xff", "a\\b", "x" * 9000):
        path = operation.address(dict.fromkeys(operation.parameters, odd))
        answer = await raw.send(app, operation.method, path.encode("latin-1"), signed(alice))
        assert (answer.status, answer.media_type) == (422, PROBLEM), odd


@pytest.mark.parametrize("operation", [one for one in ALL if one.method == "GET"], ids=str)
async def test_odd_bytes_in_a_query_crash_nothing(
    app: Runcast, alice: SignedIn, addresses: dict[str, str], operation: Operation
) -> None:
    path = operation.address(addresses).encode()
    for query in (b"\xff", b"%FF=%00", b"cursor=%ED%A0%80", b"x" * 9000, b"handler=%00", b"&=&="):
        answer = await raw.send(app, operation.method, path + b"?" + query, signed(alice))
        # 404: no provider is configured here.
        allowed = {404, 422} if "provider" in operation.parameters else {200, 403, 422}
        assert answer.status in allowed, query
        answer = await raw.send(app, operation.method, path + b"/?" + query, signed(alice))
        assert answer.status in {404, 422}, query


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
async def test_odd_and_huge_headers_crash_nothing(
    app: Runcast, alice: SignedIn, addresses: dict[str, str], method: str
) -> None:
    target = "/api/executions" if method == "POST" else f"/api/items/{addresses['item_id']}"
    for name, value in product(HEADERS, (b"", b"\x00", b"\xff", b"Bearer \xff.", b"x" * MEBIBYTE)):
        headers = dict(signed(alice)) | {b"content-type": b"application/json", name: value}
        answer = await raw.send(app, method, target.encode(), list(headers.items()), [b"{}"])
        assert answer.status < 500, (name, value[:10])
        assert answer.status == 200 or answer.media_type == PROBLEM, (name, value[:10])


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "OPTIONS", "BREW"])
async def test_an_unknown_path_is_a_problem_whatever_is_accepted(
    alice: SignedIn, method: str
) -> None:
    accepted = ("text/html", "application/json", "*/*", "nonsense", "")
    paths = ("/api", "/api/", "/api/nothing", "/api/items/", "/api//items")
    for path, accept in product(paths, accepted):
        answer = await alice.request(method, path, headers={"Accept": accept})
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, PROBLEM), path


async def test_another_method_is_told_all_that_the_path_takes(
    alice: SignedIn, addresses: dict[str, str]
) -> None:
    for path in {one.path for one in ALL}:
        here = [one for one in ALL if one.path == path]
        answer = await alice.request("BREW", here[0].address(addresses))
        assert (answer.status_code, answer.headers["Content-Type"]) == (405, PROBLEM), path
        assert answer.headers["Allow"] == ", ".join(sorted(one.method for one in here))


async def test_an_emit_over_64_kib_is_refused_where_it_is_made(
    app: Runcast, alice: SignedIn
) -> None:
    sizes = [100, 65_536, 65_537, 200_000]
    done = await ended(app, alice, await start(alice, "shout", input=sizes))
    assert done["result"] == [True, True, False, False]
    shouts = [event for event in await logged(alice, done) if event["kind"] == "shout"]
    assert len(shouts) == 2


async def test_a_body_where_none_is_taken_is_not_read(
    app: Runcast, alice: SignedIn, addresses: dict[str, str]
) -> None:
    target = f"/api/executions/{addresses['execution_id']}".encode()
    answer = await raw.send(app, "GET", target, signed(alice), [b"x" * MEBIBYTE] * 3)
    assert answer.status == 200
