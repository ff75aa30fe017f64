"""The route class of every Runcast endpoint: bodies are strict JSON of at most 1 MiB, or refused."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from runcast import strict_json
from runcast.errors import BadRequest, TooLarge

MAX_BODY_BYTES = 2**20


class StrictRequest(Request):
    """A request with a bounded body, whose `json()` keeps the rules of `runcast.strict_json`."""

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Yield the body as it arrives.

        Raises:
            TooLarge: more has come than Runcast takes.
        """
        size = 0
        async for chunk in super().stream():
            size += len(chunk)
            if size > MAX_BODY_BYTES:
                raise TooLarge(f"a body holds at most {MAX_BODY_BYTES} bytes")
            yield chunk

    async def json(self) -> Any:
        """Return the parsed body.

        Raises:
            json.JSONDecodeError: the body breaks a rule; FastAPI answers it with 422.
        """
        try:
            return await _read(await self.body())
        except strict_json.InvalidDocument as error:
            raise json.JSONDecodeError(str(error), "", 0) from None


async def _read(text: bytes) -> Any:
    if len(text) <= strict_json.MAX_ON_THE_LOOP:
        return strict_json.loads(text)
    return await asyncio.to_thread(strict_json.loads, text)


class StrictRoute(APIRoute):
    """An APIRoute that reads its body through `StrictRequest`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return FastAPI's handler, handed a strict request where the endpoint takes a body."""
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle

        async def strictly(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive)
            # FastAPI answers 400 to whatever goes wrong while it reads a body, and its own bound
            # on bodies answers in plain text; read here, a refusal is a problem like all others.
            try:
                await strict.body()
            except ClientDisconnect:
                raise BadRequest("the client left before its request had ended") from None
            return await handle(strict)

        return strictly


def router(prefix: str, tag: str) -> APIRouter:
    """Return a router under `/api` for one noun, with strict bodies of at most 1 MiB."""
    return APIRouter(prefix=f"/api{prefix}", tags=[tag], route_class=StrictRoute)
