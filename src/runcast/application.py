"""Runcast, a FastAPI: the composition root. Opens its parts in order, closes them in reverse."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar, overload

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import ASGIApp

from runcast.clock import Clock, SystemClock
from runcast.console import Console
from runcast.dependencies import get_db
from runcast.errors import Restarting
from runcast.ids import Ids, TimeOrderedIds
from runcast.metrics import Metrics
from runcast.opening import open_parts
from runcast.routes import (
    audit,
    auth,
    events,
    executions,
    factors,
    feed_description,
    handlers,
    health,
    identities,
    invitations,
    items,
    keys,
    letters,
    metrics,
    oauth,
    passkeys,
    problems,
    sessions,
    shares,
    signing_keys,
    stats,
    teams,
    users,
    workers,
)
from runcast.routes.observing import Observing
from runcast.runtime import Runtime
from runcast.settings import Settings
from runcast.tracing import WithoutQueries
from runcast.websocket import endpoint, own_sockets
from runcast.workers.handlers import Function, HandlerRegistry
from runcast.workers.worker import Worker

F = TypeVar("F", bound=Function)
Lifespan = Callable[[Any], AbstractAsyncContextManager[Any]]
# Looked through from the top at each request: what is asked most often comes first.
ROUTERS = (
    items.router,
    executions.router,
    events.router,
    shares.router,
    endpoint.router,
    health.router,
    metrics.router,
    handlers.router,
    stats.router,
    workers.router,
    auth.router,
    signing_keys.router,
    sessions.router,
    keys.router,
    factors.router,
    passkeys.router,
    oauth.router,
    identities.router,
    letters.router,
    invitations.router,
    teams.router,
    users.router,
    audit.router,
)


class Runcast(FastAPI):
    """A FastAPI application with accounts, items, executions and their feeds.

    Args:
        clock: where the time comes from.
        ids: where ids come from.
        lifespan: one's own, run inside Runcast's.
        options: settings by their lower-case names (see `runcast.settings.Settings`); everything else
            goes to FastAPI.

    Attributes:
        settings: as they were read.
        handlers: what can run.
        console: what answers where no route does; None where the setting turns it off.
        runs_executions: whether this process has a worker; to be set before the application starts.

    Raises:
        pydantic.ValidationError: a setting is out of its range.
        TypeError: there is no such option.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        ids: Ids | None = None,
        lifespan: Lifespan | None = None,
        **options: Any,
    ) -> None:
        _refuse_unknown(options)
        given = {name: options.pop(name) for name in Settings.model_fields if name in options}
        self.settings = Settings(**given)
        self._clock = clock or SystemClock()
        self._ids = ids or TimeOrderedIds()
        self._inner_lifespan = lifespan
        self._worker: Worker | None = None
        self.handlers = HandlerRegistry()
        self.runs_executions = True
        self.metrics = Metrics(self._clock.monotonic)
        traced = self.settings.telemetry == "on"
        super().__init__(
            **{
                "title": "Runcast",
                # FastAPI's own telemetry costs a fifth of the requests per second when it is on.
                "telemetry": {
                    "tracing": traced,
                    "metrics": traced,
                    "logs": traced,
                    "tracer_provider": WithoutQueries() if traced else None,
                },
                # A path with a slash too many is unknown, and 404; Starlette's redirect of it crashes
                # on a query that is no UTF-8.
                "redirect_slashes": False,
                **options,
                "lifespan": _lifespan,
            }
        )
        problems.install(self)
        feed_description.install(self)
        own_sockets.install(self)
        for router in ROUTERS:
            self.include_router(router)
        self.console = None if self.settings.console == "off" else Console(self.router.default)
        if self.console is not None:
            self.router.default = self.console

    @overload
    def handler(self, function: F, /) -> F: ...

    @overload
    def handler(
        self,
        *,
        name: str | None = None,
        retries: int = 0,
        timeout: float | None = None,
        priority: int = 0,
        version: str | None = None,
    ) -> Callable[[F], F]: ...

    def handler(self, *function: Any, **options: Any) -> Any:
        """Register a function as a handler: `@app.handler` or `@app.handler(retries=3)`.

        Args:
            function: what to register, where the decorator is used without options.
            options: `name` (the function's own); `retries` (0: how often to try again after a failure,
                waiting 1 s, 2 s, 4 s, … to 5 min); `timeout` (seconds that one attempt may run);
                `priority` (0; the higher are claimed first); `version` (workers claim only what
                began under theirs).

        Raises:
            ValueError: the name is taken or cannot be one, or an option is out of its range.
            TypeError: the function takes something else than a run and an input.
        """
        if function:
            self.handlers.add(*function, **options)
            return function[0]

        def register(decorated: F) -> F:
            self.handlers.add(decorated, **options)
            return decorated

        return register

    def build_middleware_stack(self) -> ASGIApp:
        """Return FastAPI's stack with what is noted of every request around it."""
        stack = super().build_middleware_stack()
        access_log = self.settings.access_log
        return Observing(stack, self.metrics, self._clock, self._ids, access_log=access_log)

    def session(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Return a session for a block of a handler's or a socket's: `async with app.session() as db:`.

        It is what routes get as `Db`: committing is the caller's business, and a block that ends well
        with changes that nobody committed raises RuntimeError.
        """
        return asynccontextmanager(get_db)(self.state.runtime)

    def begin_drain(self) -> None:
        """Be not ready from here on, and serve as before; what serves calls it before `begin_stop`."""
        runtime: Runtime = self.state.runtime
        runtime.guard.begin_to_drain()

    def begin_stop(self) -> None:
        """Begin to close feeds and to hand back what runs; what serves calls it before it stops.

        From here on it takes no new feeds and is not ready. Closing the application waits until what
        runs is handed back.
        """
        runtime: Runtime = self.state.runtime
        runtime.guard.begin_to_end_all(Restarting())
        if self._worker is not None:
            self._handing_back = asyncio.get_running_loop().create_task(self._worker.stop())

    async def watchers_told(self) -> None:
        """Return when `begin_stop` has told every watcher, which takes up to four seconds."""
        runtime: Runtime = self.state.runtime
        await runtime.guard.all_ended()

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[Any]:
        async with AsyncExitStack() as stack:
            opened = await open_parts(
                stack,
                self.settings,
                clock=self._clock,
                ids=self._ids,
                registry=self.handlers,
                metrics=self.metrics,
                with_worker=self.runs_executions,
            )
            self.state.runtime = opened.runtime
            self.state.heartbeat = opened.heartbeat
            self._worker = opened.worker
            if self.console is not None:
                await self.console.open()
            if self._inner_lifespan is None:
                yield None
            else:
                yield await stack.enter_async_context(self._inner_lifespan(self))


def _refuse_unknown(options: dict[str, Any]) -> None:
    """FastAPI keeps options that it does not know, and a misspelt setting would be kept there too."""
    known = Settings.model_fields.keys() | inspect.signature(FastAPI.__init__).parameters.keys()
    unknown = sorted(options.keys() - known)
    if unknown:
        raise TypeError(f"Runcast has no option called {', '.join(unknown)}")


def _lifespan(app: Runcast) -> AbstractAsyncContextManager[Any]:
    return app._open()  # noqa: SLF001 - the lifespan is the class's own, handed through FastAPI
