"""The way to the server: each request carries the credential, renewed once where it was refused."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

import httpx2

from runcast_client.alarm import Alarm
from runcast_client.credentials import Credential, Tokens, read_tokens
from runcast_client.errors import MalformedAnswer, ProblemError, SignedOut, TimedOut, Unreachable
from runcast_client.problems import problem_from

T = TypeVar("T")
Params = Sequence[tuple[str, str]]
TIMEOUT_SECONDS = 30.0
PATIENCE_SECONDS = 5.0
AGAIN = 2
"""So many times a request that came too often is sent again."""

SIGNING_IN = "/api/auth/"
"""Below it nothing is tried again by itself: who mistypes a password is told at once."""


class Gateway:
    """Requests to one server under one credential (None: only what is public).

    `timeout` is the seconds that a request may take, None for no bound; `patience` the longest
    `Retry-After` that is waited out. `answers` rings whenever the server has answered.
    """

    def __init__(
        self,
        base_url: str,
        credential: Credential | None,
        http: httpx2.AsyncClient,
        *,
        timeout: float | None = TIMEOUT_SECONDS,
        patience: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.credential = credential
        self.http = http
        self.answers = Alarm()
        self._timeout = timeout
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._asked: set[asyncio.Future[Any]] = set()

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        params: Params = (),
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Return the answer's JSON, None where it has no body.

        What was refused as too often is sent again when the server said, if that is soon.

        Raises ProblemError for a refusal, SignedOut where the credential is at its end,
        Unreachable where no answer came, TimedOut where none came in time.
        """
        request: dict[str, Any] = {"params": params, "headers": headers or {}}
        if body is not None:
            request["json"] = body
        response = await self._authorized(method, path, request)
        for _ in range(0 if path.startswith(SIGNING_IN) else AGAIN):
            seconds = self._soon(response)
            if seconds is None:
                break
            await self._sleep(seconds)
            response = await self._authorized(method, path, request)
        return read_answer(response)

    async def token(self, refused: str | None = None) -> str | None:
        """Return the token to send; None without a credential. Never returns what was `refused`."""
        if self.credential is None:
            return None
        token = await self._to_the_end(self.credential.token(self.refresh, refused=refused))
        if token is None or token == refused:
            raise SignedOut("the credential was refused, and there is no other")
        return token

    async def forget(self) -> None:
        """Drop the credential, for it and for this gateway."""
        credential, self.credential = self.credential, None
        if credential is not None:
            await credential.forget()

    async def grant(self, form: Mapping[str, str]) -> Tokens:
        """Ask the token endpoint (RFC 6749); raises InvalidGrant where it refuses."""
        response = await self.send("POST", "/api/auth/token", {"data": form}, None)
        return read_tokens(_object(read_answer(response)), self._clock())

    async def refresh(self, refresh_token: str) -> Tokens:
        """Exchange a refresh token for new tokens."""
        return await self.grant({"grant_type": "refresh_token", "refresh_token": refresh_token})

    async def send(
        self,
        method: str,
        path: str,
        request: Mapping[str, Any],
        token: str | None,
        *,
        stream: bool = False,
    ) -> httpx2.Response:
        """Send one request as it is, and return whatever answer came; raises Unreachable, TimedOut.

        A stream only has to begin in time.
        """
        headers = {**request.get("headers", {}), **bearer(token)}
        built = self.http.build_request(
            method, self.base_url + path, **{**request, "headers": headers}
        )
        try:
            async with asyncio.timeout(self._timeout):
                response = await self.http.send(built, stream=stream)
        except (TimeoutError, httpx2.TimeoutException) as error:
            raise TimedOut(f"{self.base_url}: it took too long") from error
        except httpx2.TransportError as error:
            raise Unreachable(f"{self.base_url}: {reason(error)}") from error
        # A proxy answers 502 for a server that is down.
        if response.status_code < 500 and response.status_code != 429:
            self.answers.ring()
        return response

    async def settle(self) -> None:
        """Wait until every question to the credential is answered, so that nothing is lost."""
        await asyncio.gather(*self._asked, return_exceptions=True)

    async def _authorized(
        self, method: str, path: str, request: Mapping[str, Any]
    ) -> httpx2.Response:
        token = await self.token()
        response = await self.send(method, path, request, token)
        if response.status_code != 401 or token is None:
            return response
        renewed = await self.token(refused=token)
        response = await self.send(method, path, request, renewed)
        if response.status_code == 401:
            raise SignedOut("the renewed credential was refused") from _problem(response)
        return response

    def _soon(self, response: httpx2.Response) -> float | None:
        """Return in how many seconds what came too often may be sent again, if that is soon.

        It was refused before anything was done, so that what starts or changes something may too.
        """
        if response.status_code != 429:
            return None
        seconds = _problem(response).retry_after
        return seconds if seconds is not None and seconds <= self._patience else None

    async def _to_the_end(self, question: Awaitable[T]) -> T:
        """Await the question; a cancelled caller leaves it running.

        A refresh cut short after the server has rotated the token would lose the successor, and
        the next use of the old one could end the whole session as a replay.
        """
        asked = asyncio.ensure_future(question)
        self._asked.add(asked)
        asked.add_done_callback(self._answered)
        return await asyncio.shield(asked)

    def _answered(self, asked: asyncio.Future[Any]) -> None:
        """Forget the question; its error, if any, is for whoever still waits for it."""
        self._asked.discard(asked)
        if not asked.cancelled():
            asked.exception()


def reason(error: Exception) -> str:
    """Return what an error says, or its name where it says nothing."""
    return str(error) or type(error).__name__


def bearer(token: str | None) -> dict[str, str]:
    """Return the header that carries the token (RFC 6750), or none."""
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def segment(value: str) -> str:
    """Return a value as one segment of a path."""
    return quote(value, safe="")


def read_answer(response: httpx2.Response) -> Any:
    """Return the JSON of a good answer, None for an empty one; raise what a refusal stands for."""
    if response.status_code >= 400:
        raise _problem(response)
    if not response.content:
        return None
    try:
        return response.json()
    except ValueError as error:
        raise MalformedAnswer(f"no JSON came from {response.url}") from error


def _problem(response: httpx2.Response) -> ProblemError:
    return problem_from(response.status_code, response.headers, response.content)


def _object(answer: object) -> Mapping[str, Any]:
    if not isinstance(answer, dict):
        raise MalformedAnswer("no object came where one was promised")
    return answer
