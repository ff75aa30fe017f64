"""A feed as Server-Sent Events: the same log, the same cursor, the same frames under names."""

import asyncio
from collections.abc import AsyncGenerator, Hashable
from contextlib import ExitStack, aclosing
from functools import partial
from typing import Any

from fastapi.responses import StreamingResponse
from starlette.types import Message, Send

from runcast import frames
from runcast.errors import NotFound, RuncastError
from runcast.feeds import Batch, CaughtUp, End, Follower, Gap, Guarded, Lagging, Portion
from runcast.runtime import Runtime
from runcast.services import visibility
from runcast.services.executions import ExecutionView
from runcast.services.principals import Viewer

LAST_WORD_SECONDS = 1.0


class _GivenUp(Exception):
    """Nobody reads the stream."""


class PatientStream(StreamingResponse):
    """A stream whose client must read: one that takes nothing in for so long is given up.

    A generator cannot see to that, because it stands still while the client does.

    Args:
        patience: seconds that one piece may wait to be sent.
        ended: once settled, nothing waits any more.
    """

    def __init__(
        self,
        content: AsyncGenerator[bytes, None],
        *,
        patience: float,
        ended: "asyncio.Future[None]",
    ) -> None:
        super().__init__(
            content,
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
        self._content = content
        self._patience = patience
        self._ended = ended

    async def stream_response(self, send: Send) -> None:
        """Send the stream, as long as somebody reads it."""

        async def send_in_time(message: Message) -> None:
            sending = asyncio.ensure_future(send(message))
            waiting: set[asyncio.Future[Any]] = {sending, self._ended}
            await asyncio.wait(waiting, timeout=self._patience, return_when=asyncio.FIRST_COMPLETED)
            if not sending.done():
                await asyncio.wait({sending}, timeout=LAST_WORD_SECONDS)
            if not sending.done():
                sending.cancel()
                raise _GivenUp
            sending.result()

        async with aclosing(self._content):
            try:
                await super().stream_response(send_in_time)
            except _GivenUp:
                # The server drops a connection whose answer was not brought to its end.
                return


async def follow(
    runtime: Runtime,
    view: ExecutionView,
    viewer: Viewer | None,
    after: int,
    execution: bytes,
    whose: Hashable,
    ended: "asyncio.Future[None] | None" = None,
) -> AsyncGenerator[bytes, None]:
    """Yield the stream until the log ends, the credential does, or the server stops.

    Args:
        execution: the execution as JSON, for `hello`.
        whose: whose place the stream takes.
        ended: settled by whoever ends the stream: the guard, or the server's stop.
    """
    seconds = runtime.settings.heartbeat_seconds
    with ExitStack() as stack:
        stack.enter_context(runtime.places.taken(whose))
        feed = stack.enter_context(runtime.feeds.subscribed(view.id))
        feed.look_at(*await _head(runtime, view))
        follower = Follower(feed, after)
        feed.follow(follower.notify)
        stack.callback(feed.leave, follower.notify)
        ended = ended or asyncio.get_running_loop().create_future()
        ground = visibility.ground(view, viewer)
        _guard(runtime, Guarded(viewer, partial(_end, ended), ground), stack)
        yield _named("hello", frames.hello(execution, view.oldest_seq, view.last_seq, seconds))
        async with aclosing(_portions(follower, ended, seconds)) as portions:
            async for portion in portions:
                yield _text(portion, public=not view.standing.is_insider)


async def _head(runtime: Runtime, view: ExecutionView) -> tuple[int, Any]:
    try:
        head = await runtime.reader.head(view.id)
    except NotFound:
        return view.last_seq, view.state
    return head.last, head.state


def _guard(runtime: Runtime, guarded: Guarded, stack: ExitStack) -> None:
    runtime.guard.add(guarded)
    stack.callback(runtime.guard.remove, guarded)


def _end(ended: "asyncio.Future[None]", _reason: RuncastError) -> None:
    if not ended.done():
        ended.set_result(None)


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
