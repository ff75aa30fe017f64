"""The route class of every Runcast endpoint: bodies are strict JSON, or refused with 422."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from runcast import strict_json

MAX_BODY_BYTES = 2**20


class StrictRequest(Request):
    """A request whose `json()` keeps the rules of `runcast.strict_json`."""

    async def json(self) -> Any:
        """Return the parsed body.

        Raises:
            json.JSONDecodeError: the body breaks a rule; FastAPI answers it with 422.
        """
        try:
            return strict_json.loads(await self.body())
        except strict_json.InvalidDocument as error:
            raise json.JSONDecodeError(str(error), "", 0) from None


class StrictRoute(APIRoute):
    """An APIRoute that reads its body through `StrictRequest`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return FastAPI's handler, handed a strict request."""
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strictly


def router(prefix: str, tag: str) -> APIRouter:
    """Return a router under `/api` for one noun, with strict bodies of at most 1 MiB."""
    return APIRouter(
        prefix=f"/api{prefix}",
        tags=[tag],
        route_class=StrictRoute,
        max_body_size=MAX_BODY_BYTES,
    )
