"""Requests as programs send them that must not lose any: to a random node, again until an answer is known."""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2

REQUEST_SECONDS = 4.0
ANSWERED_TWICE = 0.2


@dataclass(slots=True)
class Sent:
    """What was sent to an execution: `status` is None until it is known what became of it."""

    execution_id: str
    what: str
    token: str
    status: int | None = None


@dataclass
class Post:
    """Sends with ids of its own.

    Attributes:
        sent: answers, signals and cancels.
        complaints: answers that no server may give, whatever breaks.
        retried: how often something was sent again.
    """

    urls: list[str]
    token: str
    chance: random.Random
    sent: list[Sent] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    retried: int = 0

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        self._http = httpx2.AsyncClient(headers=headers, timeout=REQUEST_SECONDS, trust_env=False)

    async def start(self, handler: str, given: dict[str, Any], key: str) -> str:
        """Start an execution, once, and return its id."""
        body = {"handler": handler, "input": given}
        answer = await self._until_known("/api/executions", body, key)
        if answer.status_code not in {200, 201}:
            self.complaints.append(f"start of {handler}: {answer.status_code} {answer.text}")
            return ""
        return str(answer.json()["id"])

    async def answer(self, execution_id: str, question: str, token: str) -> int:
        """Answer a question with a word; return the status, 409 where somebody was faster."""
        path = f"/api/executions/{execution_id}/answers/{question}"
        return await self._send(Sent(execution_id, "answer", token), path, {"value": token})

    async def signal(self, execution_id: str, name: str, token: str) -> int:
        """Send a signal; return the status, 409 where the execution has ended."""
        path = f"/api/executions/{execution_id}/signals/{name}"
        return await self._send(Sent(execution_id, "signal", token), path, {"data": token})

    async def cancel(self, execution_id: str) -> int:
        """Ask for the cancel; return the status."""
        path = f"/api/executions/{execution_id}/cancel"
        return await self._send(Sent(execution_id, "cancel", ""), path, None)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def _send(self, sent: Sent, path: str, body: object) -> int:
        self.sent.append(sent)
        key = str(uuid4())
        answer = await self._until_known(path, body, key)
        sent.status = answer.status_code
        if self.chance.random() < ANSWERED_TWICE:
            again = await self._until_known(path, body, key)
            if again.status_code != sent.status:
                told = f"{sent.status}, then {again.status_code} {again.text}"
                self.complaints.append(f"{sent.what} to {sent.execution_id}: {told}")
        if sent.status not in {200, 409}:
            self.complaints.append(f"{sent.what}: {sent.status} {answer.text}")
        return sent.status

    async def _until_known(self, path: str, body: object, key: str) -> httpx2.Response:
        while True:
            url = self.chance.choice(self.urls)
            headers = {"Idempotency-Key": key}
            try:
                answer = await self._http.post(url + path, json=body, headers=headers)
            except httpx2.TransportError:
                pass
            else:
                if answer.status_code < 500:
                    return answer
                if answer.status_code != 503:
                    self.complaints.append(f"{path}: {answer.status_code} {answer.text}")
            self.retried += 1
            await asyncio.sleep(self.chance.uniform(0.05, 0.3))
