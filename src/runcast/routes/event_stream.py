"""A feed as Server-Sent Events: the same log, the same cursor, the same frames under names."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import ExitStack, aclosing
from typing import Any
from uuid import UUID

from runcast import frames
from runcast.errors import NotFound, RuncastError
from runcast.feeds import Batch, CaughtUp, End, Follower, Gap, Guarded, Lagging, Portion
from runcast.runtime import Runtime
from runcast.services.credentials import Principal
from runcast.services.executions import ExecutionView


async def follow(
    runtime: Runtime,
    view: ExecutionView,
    principal: Principal | None,
    after: int,
    execution: bytes,
) -> AsyncIterator[bytes]:
    """Yield the stream until the log ends, the credential does, or the server stops.

    Args:
        execution: the execution as JSON, for `hello`.
    """
    seconds = runtime.settings.heartbeat_seconds
    with ExitStack() as stack:
        feed = stack.enter_context(runtime.feeds.subscribed(view.id))
        feed.look_at(*await _head(runtime, view))
        follower = Follower(feed, after)
        feed.follow(follower.notify)
        stack.callback(feed.leave, follower.notify)
        public_id = view.id if view.owner_id is None else None
        ended = _guarded(runtime, principal, public_id, stack)
        yield _named("hello", frames.hello(execution, view.oldest_seq, view.last_seq, seconds))
        async with aclosing(_portions(follower, ended, seconds)) as portions:
            async for portion in portions:
                yield _text(portion, public=view.owner_id is None)


async def _head(runtime: Runtime, view: ExecutionView) -> tuple[int, Any]:
    try:
        head = await runtime.reader.head(view.id)
    except NotFound:
        return view.last_seq, view.state
    return head.last, head.state


def _guarded(
    runtime: Runtime, principal: Principal | None, public_id: UUID | None, stack: ExitStack
) -> "asyncio.Future[None]":
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def end(_reason: RuncastError) -> None:
        if not ended.done():
            ended.set_result(None)

    guarded = Guarded(principal, end, public_id)
    runtime.guard.add(guarded)
    stack.callback(runtime.guard.remove, guarded)
    return ended


async def _portions(
    follower: Follower, ended: "asyncio.Future[None]", seconds: float
) -> AsyncGenerator[Portion | None, None]:
    """Yield what the follower hands out, and None whenever it was silent for a heartbeat.

    It ends with the log, with the right to read it, and with the execution, if that is deleted.
    """
    coming: asyncio.Task[Portion] | None = None
    try:
        while True:
            coming = coming or asyncio.get_running_loop().create_task(follower.next())
            waiting: set[asyncio.Future[Any]] = {coming, ended}
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                return
            if not coming.done():
                yield None
                continue
            portion, coming = coming.result(), None
            yield portion
            if isinstance(portion, End):
                return
    except NotFound:
        return
    finally:
        if coming is not None:
            coming.cancel()


def _text(portion: Portion | None, *, public: bool) -> bytes:
    match portion:
        case None:
            return _named("ping", frames.PING)
        case Batch():
            return b"".join(
                b"id: %d\ndata: %b\n\n" % (event.seq, event.public if public else event.full)
                for event in portion.events
            )
        case Gap(first, last):
            return _named("gap", frames.gap(first, last))
        case CaughtUp(seq):
            return _named("caught_up", frames.caught_up(seq))
        case Lagging(behind):
            return _named("lag", frames.lag(behind))
        case End(state):
            return _named("end", frames.end(state))


def _named(name: str, frame: bytes) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), frame)
