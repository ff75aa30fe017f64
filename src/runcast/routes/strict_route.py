"""The route class of every Runcast endpoint: who asks first, then what, in a way that has one meaning.

Bodies are strict JSON of at most 1 MiB, or refused.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Collection, Coroutine, Iterator
from typing import Any, get_args, get_origin

from fastapi import APIRouter, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from runcast import rate_limits, strict_json
from runcast.dependencies import get_runtime, limits_of, needs_credential
from runcast.errors import BadRequest, TokenRefused, TooLarge, Unauthenticated
from runcast.routes.operation_ids import operation_id

MAX_BODY_BYTES = 2**20
_UNREADABLE = (RequestValidationError, HTTPException, BadRequest, TooLarge)


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
        """Return FastAPI's handler, which is asked only what may be, in a way that has one meaning."""
        handle = self._reading_strictly(super().get_route_handler())
        once = frozenset(_single(self.dependant))
        is_private = needs_credential(self.dependant)

        async def judged(request: Request) -> Response:
            # FastAPI would read the body first, and judge it before it asks who has sent it.
            if is_private and "authorization" not in request.headers:
                raise Unauthenticated("sign in first")
            if b"&" in request.scope["query_string"]:
                _check_repeated(request, once)
            return await handle(request)

        return judged

    def _reading_strictly(
        self, handle: Callable[[Request], Coroutine[Any, Any, Response]]
    ) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        if self.body_field is None:
            return handle
        limits = tuple(limits_of(self.dependant))

        async def strictly(request: Request) -> Response:
            # FastAPI reads the body before it asks what an endpoint depends on.
            for limit in limits:
                await limit(request, await get_runtime(request))
            try:
                return await read(request)
            except _UNREADABLE as error:
                # Who sends what cannot be read comes no further than this, and has made work all the same.
                # What the token endpoint refuses was read, and is counted there as it should be.
                if not isinstance(error, TokenRefused) and not rate_limits.is_counted(request):
                    rate_limits.count_request(request, await get_runtime(request), None)
                raise

        async def read(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive)
            # FastAPI answers 400 to whatever goes wrong while it reads a body, and its own bound
            # on bodies answers in plain text; read here, a refusal is a problem like all others.
            try:
                await strict.body()
            except ClientDisconnect:
                raise BadRequest("the client left before its request had ended") from None
            return await handle(strict)

        return strictly


def _single(dependant: Dependant) -> Iterator[str]:
    """Yield the names of the query's parameters that are no lists."""
    for param in dependant.query_params:
        kind = param.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields = kind.model_fields.items()
            yield from (field.alias or name for name, field in fields if not _is_list(field))
        elif not _is_list(param.field_info):
            yield param.alias
    for inner in dependant.dependencies:
        yield from _single(inner)


def _is_list(field: FieldInfo) -> bool:
    kinds = (field.annotation, *get_args(field.annotation))
    return any(get_origin(kind) is list for kind in kinds)


def _check_repeated(request: Request, once: Collection[str]) -> None:
    """Refuse a parameter that is given twice and means one thing: others on the way may read the other."""
    counts = Counter(name for name, _ in request.query_params.multi_items())
    repeated = [name for name in counts if counts[name] > 1 and name in once]
    if repeated:
        raise RequestValidationError(
            [
                {"loc": ("query", name), "msg": "given more than once", "type": "repeated"}
                for name in repeated
            ]
        )


def router(prefix: str, tag: str) -> APIRouter:
    """Return a router under `/api` for one noun, with strict bodies of at most 1 MiB."""
    return APIRouter(
        prefix=f"/api{prefix}",
        tags=[tag],
        route_class=StrictRoute,
        generate_unique_id_function=operation_id,
    )
