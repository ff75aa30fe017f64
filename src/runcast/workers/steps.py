"""Durable steps: done once, whatever crashes, and handed back from the log ever after."""

import asyncio
import inspect
import random
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError, to_jsonable_python

from runcast import strict_json
from runcast.lifecycle import backoff_seconds
from runcast.services.event_log.units import StepResult
from runcast.workers.emitter import Emitter
from runcast.workers.handlers import result_type
from runcast.workers.journal import Held, Journal, digest
from runcast.workers.threads import in_thread

MAX_RESULT_BYTES = 2**20

current_step: ContextVar[str | None] = ContextVar("current_step", default=None)


class StepFailed(Exception):
    """A step has failed for good. `code` and `message` are what the log says of it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class InvalidResult(ValueError):
    """What a function returned cannot be kept as JSON of at most 1 MiB."""


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

    def __init__(self, emitter: Emitter, journal: Journal) -> None:
        self._emitter = emitter
        self._journal = journal

    async def run(self, call: Call) -> Any:
        """Return the call's result, through JSON and its annotation, once it is committed.

        Raises:
            StepFailed: it failed, after its retries; or the log says that it had.
            journal.HandlerChanged: the log holds it with other arguments.
        """
        told = digest(call.arguments)
        held = self._journal.ask(call.key, told)
        if held is not None:
            return _handed_back(call, held)
        await self._emitter.wait_for_room()
        text = await self._run_until_it_works(call, told)
        self._emitter.add(StepResult(call.key, text, told, self._emitter.now()))
        await self._emitter.flush()
        return result_type(call.function).validate_json(text)

    async def _run_until_it_works(self, call: Call, told: str) -> str:
        for tried in range(1, call.retries + 2):
            self._emitter.emit("step.started", {"key": call.key, "name": call.name})
            try:
                return as_json(await self._run_once(call), result_type(call.function))
            except Exception as error:  # noqa: BLE001 - whatever a step raises is its failure
                await self._failed(call, told, error, will_retry=tried <= call.retries)
            await asyncio.sleep(backoff_seconds(tried, random.random()))  # noqa: S311 - jitter
        raise AssertionError("the last failure raises")

    async def _run_once(self, call: Call) -> Any:
        token = current_step.set(call.key)
        try:
            async with asyncio.timeout(call.timeout):
                if inspect.iscoroutinefunction(call.function):
                    return await call.function(*call.arguments)
                return await in_thread(call.function, *call.arguments, name=f"step {call.key}")
        finally:
            current_step.reset(token)

    async def _failed(self, call: Call, told: str, error: Exception, *, will_retry: bool) -> None:
        said = describe(error)
        data = {"key": call.key, "error": said, "will_retry": will_retry, "digest": told}
        self._emitter.emit("step.failed", data)
        if not will_retry:
            await self._emitter.flush()
            raise StepFailed(said["code"], said["message"]) from error


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
    code = "timeout" if isinstance(error, TimeoutError) else getattr(error, "code", None)
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    message = text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
    return {"code": code if isinstance(code, str) else "exception", "message": message[:4000]}


def _handed_back(call: Call, held: Held) -> Any:
    if held.error is not None:
        raise StepFailed(held.error["code"], held.error["message"])
    return result_type(call.function).validate_python(held.result)
