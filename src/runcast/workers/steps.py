"""Durable steps: done once, whatever crashes, and handed back from the log ever after."""

import asyncio
import random
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, to_jsonable_python

from runcast import strict_json
from runcast.lifecycle import backoff_seconds
from runcast.services.event_log.units import StepResult
from runcast.workers.digests import digest, is_large
from runcast.workers.emitter import Emitter
from runcast.workers.handlers import result_type
from runcast.workers.journal import Held, Journal
from runcast.workers.threads import ThreadSlots
from runcast.workers.threads import call as call_function
from runcast.workers.waits import Waits

MAX_RESULT_BYTES = 2**20
MAX_MESSAGE_LENGTH = 4000

current_step: ContextVar[str | None] = ContextVar("current_step", default=None)


class StepFailed(Exception):
    """A step has failed for good. `code` and `message` are what the log says of it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class InvalidResult(ValueError):
    """What a function returned cannot be kept as JSON of at most 1 MiB, or is not what it announced."""

    code = "invalid_result"


class RunCancelled(Exception):
    """The handler ends its execution as cancelled; raise what `run.cancelled(reason)` returns."""

    def __init__(self, reason: str | None) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Call:
    """One durable call of a function."""

    key: str
    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    retries: int
    timeout: float | None


class Steps:
    """Runs steps, and hands back those that the journal holds."""

    def __init__(self, emitter: Emitter, journal: Journal, waits: Waits) -> None:
        self._emitter = emitter
        self._journal = journal
        self._waits = waits
        self._threads = ThreadSlots()

    async def run(self, call: Call) -> Any:
        """Return the call's result, through JSON and its annotation, once it is committed.

        Raises:
            StepFailed: it failed, after its retries; or the log says that it had.
            journal.HandlerChanged: the log holds it with other arguments.
        """
        told = await digest_of(call.arguments)
        adapter = result_type(call.function)
        held = self._journal.ask(call.key, told)
        if held is not None:
            return _handed_back(held, adapter)
        async with self._waits.at_work():
            await self._emitter.wait_for_room()
            text, value = await self._run_until_it_works(call, told, adapter)
            self._emitter.add(StepResult(call.key, text, told, self._emitter.now()))
            await self._emitter.flush()
            return value

    async def _run_until_it_works(
        self, call: Call, told: str, adapter: TypeAdapter[Any]
    ) -> tuple[str, Any]:
        """Return the result as JSON text, and as a replay will hand it back."""
        for tried in range(1, call.retries + 2):
            async with self._threads.slot(call.function):
                self._emitter.emit("step.started", {"key": call.key, "name": call.name})
                try:
                    text = as_json(await self._run_once(call), adapter)
                    return text, _read_back(text, adapter)
                except RunCancelled:
                    raise
                except Exception as error:  # noqa: BLE001 - whatever else a step raises is its failure
                    await self._failed(call, told, error, will_retry=tried <= call.retries)
            await asyncio.sleep(backoff_seconds(tried, random.random()))  # noqa: S311 - jitter
        raise AssertionError("the last failure raises")

    async def _run_once(self, call: Call) -> Any:
        token = current_step.set(call.key)
        try:
            async with asyncio.timeout(call.timeout):
                return await call_function(call.function, *call.arguments, name=f"step {call.key}")
        finally:
            current_step.reset(token)

    async def _failed(self, call: Call, told: str, error: Exception, *, will_retry: bool) -> None:
        said = describe(error)
        data = {"key": call.key, "error": said, "will_retry": will_retry, "digest": told}
        self._emitter.emit("step.failed", data)
        if not will_retry:
            await self._emitter.flush()
            raise StepFailed(said["code"], said["message"]) from error


async def digest_of(arguments: Any) -> str:
    """Return the digest of arguments, made in a thread if there is much to read."""
    if is_large(arguments):
        return await asyncio.to_thread(digest, arguments)
    return digest(arguments)


def as_json(value: Any, adapter: TypeAdapter[Any]) -> str:
    """Return what a function returned as JSON text, by its annotation.

    Raises:
        InvalidResult: it cannot be kept.
    """
    try:
        plain = to_jsonable_python(adapter.dump_python(value, mode="json", warnings=False))
        text = strict_json.dumps(plain)
    except (PydanticSerializationError, strict_json.InvalidDocument) as error:
        raise InvalidResult(f"the result is no JSON: {error}") from error
    if len(text) > MAX_RESULT_BYTES:
        raise InvalidResult(f"the result is over {MAX_RESULT_BYTES // 2**20} MiB of JSON")
    return text.decode()


def describe(error: BaseException) -> dict[str, str]:
    """Return what the log says of an exception: no traceback, and text that JSON can hold."""
    own, kind, text = getattr(error, "code", None), type(error).__name__, str(error)
    if isinstance(own, str):
        # The code says what kind it is, and the text was written for whoever reads both.
        return {"code": own, "message": plain(text or kind)}
    code = "timeout" if isinstance(error, TimeoutError) else "exception"
    return {"code": code, "message": plain(f"{kind}: {text}" if text else kind)}


def plain(text: str) -> str:
    """Return a text as JSON can hold it in any database, and no longer than 4,000 characters."""
    short = text[:MAX_MESSAGE_LENGTH].replace("\0", "\N{REPLACEMENT CHARACTER}")
    return short.encode("utf-8", "replace").decode()


def _handed_back(held: Held, adapter: TypeAdapter[Any]) -> Any:
    if held.error is not None:
        raise StepFailed(held.error["code"], held.error["message"])
    return _read_back(orjson.dumps(held.result), adapter)


def _read_back(text: str | bytes, adapter: TypeAdapter[Any]) -> Any:
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        raise InvalidResult(f"the result is not what its annotation says: {error}") from error
