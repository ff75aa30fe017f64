"""Runcast, a FastAPI: the composition root. Opens its parts in order, closes them in reverse."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from runcast.clock import Clock, SystemClock
from runcast.database import Database
from runcast.database.data_folder import secret_key
from runcast.ids import Ids, TimeOrderedIds
from runcast.routes import auth, health, items, problems, sessions
from runcast.runtime import Runtime
from runcast.services.accounts import open_accounts
from runcast.settings import Settings

Lifespan = Callable[[Any], AbstractAsyncContextManager[Any]]
ROUTERS = (health.router, auth.router, sessions.router, items.router)


class Runcast(FastAPI):
    """A FastAPI application with accounts, items, executions and their feeds.

    Args:
        clock: where the time comes from.
        ids: where ids come from.
        lifespan: one's own, run inside Runcast's.
        options: settings by their lower-case names (see `runcast.settings.Settings`); everything else
            goes to FastAPI.

    Raises:
        pydantic.ValidationError: a setting is out of its range.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        ids: Ids | None = None,
        lifespan: Lifespan | None = None,
        **options: Any,
    ) -> None:
        given = {name: options.pop(name) for name in Settings.model_fields if name in options}
        self.settings = Settings(**given)
        self._clock = clock or SystemClock()
        self._ids = ids or TimeOrderedIds()
        self._inner_lifespan = lifespan
        super().__init__(
            **{
                "title": "Runcast",
                # FastAPI's own telemetry costs a fifth of the requests per second when it is on.
                "telemetry": {"tracing": False, "metrics": False, "logs": False},
                **options,
                "lifespan": _lifespan,
            }
        )
        problems.install(self)
        for router in ROUTERS:
            self.include_router(router)

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[Any]:
        async with AsyncExitStack() as stack:
            self.state.runtime = await self._open_parts(stack)
            if self._inner_lifespan is None:
                yield None
            else:
                yield await stack.enter_async_context(self._inner_lifespan(self))

    async def _open_parts(self, stack: AsyncExitStack) -> Runtime:
        path = self.settings.sqlite_path
        assert path is not None
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        database = Database(path)
        stack.push_async_callback(database.stop)
        await database.start()
        secret = await self._secret(path.parent)
        accounts = await open_accounts(database, self.settings, self._clock, self._ids, secret)
        stack.callback(accounts.stop)
        return Runtime(
            settings=self.settings,
            clock=self._clock,
            ids=self._ids,
            database=database,
            cursors=accounts.cursors,
            credentials=accounts.credentials,
            issuer=accounts.issuer,
            registrar=accounts.registrar,
            local_access=accounts.local_access,
        )

    async def _secret(self, folder: Path) -> str:
        if self.settings.secret_key is not None:
            return self.settings.secret_key.get_secret_value()
        return await asyncio.to_thread(secret_key, folder)


def _lifespan(app: Runcast) -> AbstractAsyncContextManager[Any]:
    return app._open()  # noqa: SLF001 - the lifespan is the class's own, handed through FastAPI
