"""Somebody at the console: their browser, and what they do meanwhile by the API as a program would."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from playwright.async_api import BrowserContext

from tests.tools.consoles import enter
from tests.tools.execution_page import ExecutionPage
from tests.tools.people import PASSWORD, make_key, password_grant

SCOPES = ("executions:read", "executions:start", "executions:watch", "executions:act")


class Visitor:
    """Who is signed in to the console at `url`."""

    def __init__(
        self, context: BrowserContext, url: str, email: str, api: httpx2.AsyncClient
    ) -> None:
        self.context = context
        self.url = url
        self._email = email
        self._api = api

    def at(self, url: str) -> "Visitor":
        """Return the same person at another server of the same cluster, whose cookie it takes as well."""
        return Visitor(self.context, url, self._email, self._api)

    async def starts(self, handler: str, **given: Any) -> str:
        """Start an execution, and return its id."""
        started = await self._ask("POST", "", json={"handler": handler, "input": given})
        return str(started["id"])

    async def signals(self, execution_id: str, name: str, data: Any = None) -> None:
        """Send a signal."""
        await self._ask("POST", f"/{execution_id}/signals/{name}", json={"data": data})

    async def result(self, execution_id: str) -> Any:
        """Return the result of what has succeeded."""
        found = await self._ask("GET", f"/{execution_id}")
        assert found["state"] == "succeeded", found
        return found["result"]

    async def watches(self, execution_id: str) -> ExecutionPage:
        """Open a tab with the page of an execution."""
        page = await self.context.new_page()
        await page.goto(f"{self.url}/executions/{execution_id}")
        return ExecutionPage(page)

    async def ends_other_sessions(self) -> None:
        """Sign in elsewhere, and end every session but that one."""
        async with httpx2.AsyncClient(base_url=self.url, trust_env=False) as phone:
            tokens = await password_grant(phone, self._email)
            signed = {"Authorization": f"Bearer {tokens['access_token']}"}
            answer = await phone.delete("/api/auth/sessions", headers=signed)
            assert answer.status_code == 204, answer.text

    async def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        answer = await self._api.request(method, f"{self.url}/api/executions{path}", **more)
        assert answer.is_success, answer.text
        said: dict[str, Any] = answer.json()
        return said


@asynccontextmanager
async def visiting(context: BrowserContext, url: str, email: str) -> AsyncIterator[Visitor]:
    """Yield somebody new, signed in by the cookie of a session; a key of theirs outlives that."""
    async with httpx2.AsyncClient(base_url=url, timeout=20, trust_env=False) as api:
        person = {"email": email, "password": PASSWORD}
        answer = await api.post("/api/auth/register", json=person)
        assert answer.status_code == 201, answer.text
        tokens = await password_grant(api, email)
        api.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        key = await make_key(api, *SCOPES)
        api.headers["Authorization"] = f"Bearer {key['key']}"
        await enter(context, url, email)
        yield Visitor(context, url, email, api)
