"""The gateway: a refused credential is renewed once, and a cut caller loses no token."""

import asyncio
import time

import httpx2
import pytest

from clients.python.tests.recorded_server import URL, Answer, RecordedServer, form_of, tokens
from runcast_client.credentials import StaticToken, TokenPair, Tokens
from runcast_client.errors import (
    MalformedAnswer,
    NotFound,
    SignedOut,
    TimedOut,
    TooManyRequests,
    Unauthenticated,
    Unreachable,
)
from runcast_client.gateway import Gateway, segment

NO: Answer = (401, {"title": "Not signed in"})


def pair() -> TokenPair:
    return TokenPair(Tokens("a1", "r1", renew_at=time.time() + 300))


async def test_a_refused_request_is_sent_again_under_the_renewed_token() -> None:
    server = RecordedServer(NO, (200, tokens(2)), (200, {"fine": True}))
    async with server.http() as http:
        assert await Gateway(URL, pair(), http).call("GET", "/api/x") == {"fine": True}
    assert server.tokens == ["Bearer a1", None, "Bearer a2"]
    assert form_of(server.requests[1]) == {"grant_type": "refresh_token", "refresh_token": "r1"}


async def test_a_second_refusal_signs_out() -> None:
    server = RecordedServer(NO, (200, tokens(2)), NO)
    async with server.http() as http:
        with pytest.raises(SignedOut):
            await Gateway(URL, pair(), http).call("GET", "/api/x")


async def test_a_refused_refresh_signs_out() -> None:
    server = RecordedServer(NO, (400, {"error": "invalid_grant"}))
    async with server.http() as http:
        with pytest.raises(SignedOut):
            await Gateway(URL, pair(), http).call("GET", "/api/x")


async def test_a_refused_api_key_signs_out_without_a_second_try() -> None:
    server = RecordedServer(NO)
    async with server.http() as http:
        with pytest.raises(SignedOut):
            await Gateway(URL, StaticToken("key"), http).call("GET", "/api/x")
    assert server.tokens == ["Bearer key"]


async def test_nobody_signed_in_is_told_the_problem() -> None:
    server = RecordedServer(NO)
    async with server.http() as http:
        with pytest.raises(Unauthenticated):
            await Gateway(URL, None, http).call("GET", "/api/x")


async def waited(
    *answers: httpx2.Response, path: str = "/api/x", patience: float = 5.0
) -> tuple[object, list[float]]:
    """Return what a call came to under these answers, and how long it waited between them."""
    left, waits = list(answers), list[float]()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    transport = httpx2.MockTransport(lambda _request: left.pop(0))
    async with httpx2.AsyncClient(transport=transport) as http:
        gateway = Gateway(URL, StaticToken("key"), http, patience=patience, sleep=sleep)
        try:
            return await gateway.call("POST", path, body={}), waits
        except TooManyRequests as refused:
            return refused.retry_after, waits


def too_often(seconds: str) -> httpx2.Response:
    return httpx2.Response(429, headers={"Retry-After": seconds}, json={"title": "Too many"})


async def test_what_came_too_often_is_sent_again_when_the_server_said() -> None:
    fine = httpx2.Response(200, json={"fine": True})
    assert await waited(too_often("5"), too_often("1"), fine) == ({"fine": True}, [5.0, 1.0])


async def test_what_comes_too_often_again_and_again_is_told() -> None:
    assert await waited(too_often("1"), too_often("1"), too_often("2")) == (2.0, [1.0, 1.0])


async def test_what_would_have_to_wait_for_long_is_told_at_once() -> None:
    assert await waited(too_often("6")) == (6.0, [])
    assert await waited(httpx2.Response(429, json={})) == (None, [])


async def test_how_long_is_short_may_be_said() -> None:
    fine = httpx2.Response(200, json={})
    assert await waited(too_often("60"), fine, patience=60.0) == ({}, [60.0])


async def test_signing_in_is_never_tried_again_by_itself() -> None:
    assert await waited(too_often("1"), path="/api/auth/register") == (1.0, [])


async def test_ten_refused_requests_share_one_refresh() -> None:
    def answer(request: httpx2.Request) -> Answer:
        if request.url.path == "/api/auth/token":
            return 200, tokens(2)
        return NO if request.headers["authorization"] == "Bearer a1" else (200, {})

    server = RecordedServer(answer=answer)
    async with server.http() as http:
        gateway = Gateway(URL, pair(), http)
        await asyncio.gather(*(gateway.call("GET", "/api/x") for _ in range(10)))
    assert server.tokens.count(None) == 1


async def test_a_caller_that_is_cancelled_in_a_refresh_loses_no_token() -> None:
    asked, granted = asyncio.Event(), asyncio.Event()
    kept: list[Tokens | None] = []

    async def slow(request: httpx2.Request) -> httpx2.Response:
        asked.set()
        await granted.wait()
        return httpx2.Response(200, json=tokens(2))

    async def keep(changed: Tokens | None) -> None:
        kept.append(changed)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(slow)) as http:
        credential = TokenPair(Tokens("a1", "r1", renew_at=0.0), on_change=keep)
        gateway = Gateway(URL, credential, http)
        caller = asyncio.create_task(gateway.call("GET", "/api/x"))
        await asked.wait()
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        granted.set()
        await gateway.settle()
    assert [held.refresh_token for held in kept if held] == ["r2"]


async def test_no_answer_is_unreachable() -> None:
    def lost(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused", request=request)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(lost)) as http:
        with pytest.raises(Unreachable, match="refused"):
            await Gateway(URL, None, http).call("GET", "/api/x")


async def test_an_answer_that_takes_too_long_is_timed_out() -> None:
    async def never(request: httpx2.Request) -> httpx2.Response:
        await asyncio.Event().wait()
        raise AssertionError(request)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(never)) as http:
        with pytest.raises(TimedOut, match=URL):
            await Gateway(URL, None, http, timeout=0.01).call("GET", "/api/x")


async def test_what_the_http_client_finds_too_long_is_timed_out() -> None:
    def late(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout("late", request=request)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(late)) as http:
        with pytest.raises(TimedOut):
            await Gateway(URL, None, http, timeout=None).call("GET", "/api/x")


@pytest.mark.parametrize(
    ("status", "tells"), [(200, True), (404, True), (429, False), (502, False)]
)
async def test_answers_ring_where_the_server_can_do_what_it_is_asked(
    status: int, tells: bool
) -> None:
    async with RecordedServer((status, {})).http() as http:
        gateway = Gateway(URL, None, http)
        waiting = asyncio.create_task(gateway.answers.wait())
        await asyncio.sleep(0)
        await gateway.send("GET", "/api/x", {}, None)
        await asyncio.sleep(0)
        assert waiting.done() is tells
        waiting.cancel()


async def test_a_refusal_is_its_typed_error() -> None:
    server = RecordedServer((404, {"title": "Not found"}))
    async with server.http() as http:
        with pytest.raises(NotFound):
            await Gateway(URL, None, http).call("GET", "/api/x")


async def test_an_answer_without_a_body_is_none() -> None:
    async with RecordedServer((204, None)).http() as http:
        assert await Gateway(URL, None, http).call("DELETE", "/api/x") is None


async def test_an_answer_that_is_no_json_is_malformed() -> None:
    async with RecordedServer((200, b"<html>")).http() as http:
        with pytest.raises(MalformedAnswer):
            await Gateway(URL, None, http).call("GET", "/api/x")


async def test_a_base_url_may_have_a_path() -> None:
    server = RecordedServer((200, {}))
    async with server.http() as http:
        await Gateway(f"{URL}/below/", None, http).call("GET", "/api/x")
    assert str(server.last.url) == f"{URL}/below/api/x"


def test_an_id_cannot_leave_its_segment() -> None:
    assert segment("../auth/me?x#y") == "..%2Fauth%2Fme%3Fx%23y"
