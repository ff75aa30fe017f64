"""The console answers with its pages where no route does, and nowhere else."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from runcast import Runcast
from runcast.console import Console, read
from runcast.routes import problems

SCRIPT = "/assets/index-Dn_x-wJ1.js"
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
INDEX = b"<!doctype html><title>Runcast</title>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of pages as the build leaves it."""
    made = tmp_path / "console_files"
    (made / "assets").mkdir(parents=True)
    (made / "index.html").write_bytes(INDEX)
    (made / "icon.svg").write_bytes(b"<svg/>")
    (made / ".digest").write_text("of the sources")
    script = made / SCRIPT[1:]
    script.write_bytes(b"import(0)")
    script.with_name(f"{script.name}.br").write_bytes(b"what brotli made")
    script.with_name(f"{script.name}.gz").write_bytes(gzip.compress(b"import(0)"))
    (tmp_path / "secret.txt").write_text("not for the world")
    return made


def application(console: Console, app: FastAPI) -> httpx2.AsyncClient:
    """Return a client of an application with routes of its own, and the console behind them."""
    app.router.default = console
    transport = httpx2.ASGITransport(app)
    return httpx2.AsyncClient(transport=transport, base_url="http://testserver")


def plain_app() -> FastAPI:
    """Return an application without accounts, which refuses as Runcast does."""
    app = FastAPI(redirect_slashes=False)
    problems.install(app)
    app.get("/api/things", response_model=None)(lambda: {"things": []})
    return app


@pytest.fixture
async def client(folder: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """Yield a client of an application with a console."""
    app = plain_app()
    console = Console(app.router.default)
    await console.open(folder)
    async with application(console, app) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/items", "/executions/0192-1", "/index.html"])
async def test_its_page_is_answered_wherever_a_browser_goes_and_is_asked_for_each_time(
    client: httpx2.AsyncClient, path: str
) -> None:
    answer = await client.get(path, headers=PAGE)
    assert (answer.status_code, answer.content) == (200, INDEX)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["vary"] == "Accept, Accept-Encoding"


async def test_the_first_page_is_answered_whatever_is_accepted(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/")).content == INDEX


async def test_a_page_that_is_known_already_is_not_sent_again(client: httpx2.AsyncClient) -> None:
    tag = (await client.get("/")).headers["etag"]
    for header in (tag, f'"other", W/{tag}'):
        again = await client.get("/items", headers={**PAGE, "If-None-Match": header})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == "no-cache"
    assert (await client.get("/", headers={"If-None-Match": '"other"'})).status_code == 200


async def test_what_has_a_hash_in_its_name_is_kept_for_ever(client: httpx2.AsyncClient) -> None:
    script = await client.get(SCRIPT, headers={"Accept-Encoding": "identity"})
    assert (script.content, script.headers["vary"]) == (b"import(0)", "Accept-Encoding")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    icon = await client.get("/icon.svg")
    assert (icon.headers["content-type"], icon.headers["cache-control"]) == (
        "image/svg+xml",
        "no-cache",
    )


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, GZIP;q=0.5", "gzip"),
        ("br; q=0.0, gzip;q=0", None),
        ("zstd", None),
        ("", None),
    ],
)
async def test_the_best_coding_that_is_accepted_is_sent(
    client: httpx2.AsyncClient, accepted: str, coding: str | None
) -> None:
    request = client.build_request("GET", SCRIPT, headers={"Accept-Encoding": accepted})
    answer = await client.send(request, stream=True)
    sent = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == coding
    plain, br = b"import(0)", b"what brotli made"
    assert (gzip.decompress(sent) if coding == "gzip" else sent) == (
        br if coding == "br" else plain
    )
    assert answer.headers["content-length"] == str(len(sent))


async def test_each_coding_has_a_tag_of_its_own(client: httpx2.AsyncClient) -> None:
    tags = set()
    for coding in ("identity", "gzip"):
        answer = await client.get(SCRIPT, headers={"Accept-Encoding": coding})
        tags.add(answer.headers["etag"])
    assert len(tags) == 2


async def test_a_head_is_answered_like_a_get_without_the_body(client: httpx2.AsyncClient) -> None:
    got, head = await client.get("/"), await client.head("/")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == got.headers
    assert head.headers["content-length"] == str(len(INDEX))


@pytest.mark.parametrize("path", ["/", SCRIPT, "/items"])
async def test_every_answer_is_guarded(client: httpx2.AsyncClient, path: str) -> None:
    headers = (await client.get(path, headers=PAGE)).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "publickey-credentials-get=(self)" in headers["permissions-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/nothing",
        "/ws/nothing",
        "/health/nothing",
        "/metrics",
        "/docs/nothing",
        "/.well-known/change-password",
        "/assets/gone-12345678.js",
        "/assets/gone",
        "/favicon.ico",
        "/.digest",
        f"{SCRIPT}.br",
    ],
)
async def test_what_is_no_page_stays_unknown(client: httpx2.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers=PAGE)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"
    assert answer.headers["cache-control"] == "no-store"
    assert "vary" not in answer.headers


@pytest.mark.parametrize("accepted", ["application/json", "*/*"])
async def test_a_program_is_told_that_a_path_is_unknown_and_no_cache_that_it_is_to_browsers(
    client: httpx2.AsyncClient, accepted: str
) -> None:
    answer = await client.get("/items", headers={"Accept": accepted})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (answer.headers["cache-control"], answer.headers["vary"]) == ("no-store", "Accept")


@pytest.mark.parametrize(
    "path",
    ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "//etc/passwd"],
)
async def test_no_path_leads_out_of_the_folder(client: httpx2.AsyncClient, path: str) -> None:
    url = httpx2.URL("http://testserver").copy_with(raw_path=path.encode())
    answer = await client.get(url)
    assert answer.status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_pages_are_only_read(client: httpx2.AsyncClient, method: str) -> None:
    refused = await client.request(method, "/", headers=PAGE)
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
    assert (await client.request(method, "/items", headers=PAGE)).status_code == 404


async def test_a_method_that_a_route_does_not_take_stays_refused(
    client: httpx2.AsyncClient,
) -> None:
    refused = await client.post("/api/things", headers=PAGE)
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET")


async def test_routes_of_ones_own_win(folder: Path) -> None:
    app = plain_app()
    app.get("/", response_model=None)(lambda: "mine")
    app.get("/items/{name}", response_model=None)(lambda name: f"my {name}")
    console = Console(app.router.default)
    await console.open(folder)
    async with application(console, app) as client:
        assert (await client.get("/", headers=PAGE)).json() == "mine"
        assert (await client.get("/items/1", headers=PAGE)).json() == "my 1"
        assert (await client.get("/items", headers=PAGE)).content == INDEX


async def test_below_a_path_of_another_application_its_own_paths_count(folder: Path) -> None:
    inner = plain_app()
    console = Console(inner.router.default)
    await console.open(folder)
    inner.router.default = console
    outer = FastAPI()
    outer.mount("/runs", inner)
    transport = httpx2.ASGITransport(outer)
    async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
        assert (await client.get("/runs/icon.svg")).content == b"<svg/>"
        assert (await client.get("/runs/api/nothing", headers=PAGE)).status_code == 404


async def test_without_a_build_a_page_says_how_to_make_one(tmp_path: Path) -> None:
    app = plain_app()
    console = Console(app.router.default)
    await console.open(tmp_path / "nowhere")
    assert not console.is_built
    async with application(console, app) as client:
        for path in ("/", "/items"):
            answer = await client.get(path, headers=PAGE)
            assert answer.status_code == 404
            assert "make console" in answer.text
            kept = [answer.headers[name] for name in ("cache-control", "vary")]
            assert kept == ["no-store", "Accept"]
        assert (await client.get("/api/x", headers=PAGE)).json()["code"] == "not_found"
        assert (await client.get("/")).json()["code"] == "not_found"


def test_a_folder_is_read_with_its_encoded_twins(folder: Path) -> None:
    files = read(folder)
    assert files.keys() == {"/index.html", "/icon.svg", SCRIPT}
    assert list(files[SCRIPT].bodies) == ["br", "gzip", "identity"]


async def test_a_socket_that_nobody_serves_is_closed_as_before(folder: Path) -> None:
    sent: list[Any] = []

    async def otherwise(scope: Any, _receive: Any, _send: Any) -> None:
        sent.append(scope["type"])

    console = Console(otherwise)
    await console.open(folder)

    async def nothing(*_: Any) -> Any:
        raise AssertionError("nobody listens")

    await console({"type": "websocket", "path": "/", "headers": []}, nothing, nothing)
    assert sent == ["websocket"]


async def test_the_setting_leaves_it_out(app: Runcast) -> None:
    assert app.console is not None
    assert app.router.default is app.console
    without = Runcast(console="off")
    assert without.console is None
    transport = httpx2.ASGITransport(without)
    async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
        assert (await client.get("/", headers=PAGE)).json()["code"] == "not_found"
