"""A server of canned answers behind an httpx2 transport, which keeps what it was asked."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx2

from runcast_client import Client, Credential

URL = "http://runcast.test"
Answer = tuple[int, Any]


class RecordedServer:
    """Answers from `answer(request)`, or in order from a list; keeps the requests."""

    def __init__(
        self, *answers: Answer, answer: Callable[[httpx2.Request], Answer] | None = None
    ) -> None:
        self.requests: list[httpx2.Request] = []
        self._answers = list(answers)
        self._answer = answer

    def client(self, credential: Credential | None = None) -> Client:
        """Return a client of this server."""
        return Client(URL, credential, http_client=self.http())

    def http(self) -> httpx2.AsyncClient:
        """Return the HTTP client that ends here."""
        return httpx2.AsyncClient(transport=httpx2.MockTransport(self._handle))

    @property
    def last(self) -> httpx2.Request:
        """The newest request."""
        return self.requests[-1]

    @property
    def tokens(self) -> list[str | None]:
        """The Authorization headers, in order."""
        return [request.headers.get("authorization") for request in self.requests]

    def _handle(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        status, body = self._answer(request) if self._answer else self._answers.pop(0)
        if body is None:
            return httpx2.Response(status)
        return httpx2.Response(
            status, content=body if isinstance(body, bytes) else json.dumps(body)
        )


def form_of(request: httpx2.Request) -> dict[str, str]:
    """Return the fields of a form."""
    return {name: values[0] for name, values in parse_qs(request.content.decode()).items()}


def tokens(number: int, expires_in: float = 300) -> dict[str, Any]:
    """Return what the token endpoint grants, numbered."""
    return {
        "access_token": f"a{number}",
        "refresh_token": f"r{number}",
        "token_type": "bearer",
        "expires_in": expires_in,
    }
