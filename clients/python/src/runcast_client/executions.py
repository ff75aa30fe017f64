"""Executions: start, list, read, answer, signal, cancel, retry, and their logs in pages."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from runcast_client.gateway import Gateway, segment
from runcast_client.pages import iterate
from runcast_client.records import EventPage, Execution, read, read_page


class Executions:
    """The executions of one server.

    With an `idempotency_key` a call can be repeated: the server does it once and answers each
    repeat the same. With the key but another body it refuses, and Unprocessable is raised.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def start(
        self,
        handler: str | None = None,
        *,
        item_id: str | None = None,
        input: Any = None,  # noqa: A002 - the word of the contract
        idempotency_key: str | None = None,
        priority: int | None = None,
        run_at: datetime | None = None,
    ) -> Execution:
        """Start an execution of a handler, or of an item's handler, and return it as it stands.

        Give either `handler` or `item_id`; raises ValueError otherwise. Without `input` an item's
        own `metadata.input` is taken. `run_at` is an aware moment before which it does not run.
        """
        if (handler is None) == (item_id is None):
            raise ValueError("start takes either a handler or an item_id")
        wish = {
            "handler": handler,
            "input": input,
            "priority": priority,
            "run_at": run_at.isoformat() if run_at else None,
        }
        path = "/api/executions" if item_id is None else f"/api/items/{segment(item_id)}/executions"
        body = {name: value for name, value in wish.items() if value is not None}
        return await self._post(path, body, idempotency_key)

    def list(
        self,
        *,
        state: str | None = None,
        item_id: str | None = None,
        handler: str | None = None,
        parent_id: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Execution]:
        """Iterate over the executions that one may see; `limit` (1 to 200) sizes the pages."""
        filters = {
            "state": state,
            "item_id": item_id,
            "handler": handler,
            "parent_id": parent_id,
            "limit": limit,
        }
        return iterate(self._gateway, "/api/executions", Execution, filters)

    async def get(self, execution_id: str) -> Execution:
        """Return one execution; raises NotFound."""
        return read(Execution, await self._gateway.call("GET", _path(execution_id)))

    async def answer(
        self, execution_id: str, question: str, value: Any, *, idempotency_key: str | None = None
    ) -> Execution:
        """Answer an open question.

        Raises Conflict where it has been answered, has expired or its execution has ended, NotFound
        where there is no such question, and Unprocessable where the value breaks its schema.
        """
        path = f"{_path(execution_id)}/answers/{segment(question)}"
        return await self._post(path, {"value": value}, idempotency_key)

    async def signal(
        self, execution_id: str, name: str, data: Any = None, *, idempotency_key: str | None = None
    ) -> Execution:
        """Send a signal, which is kept until the handler asks for it; raises Conflict after its end."""
        path = f"{_path(execution_id)}/signals/{segment(name)}"
        return await self._post(path, {"data": data}, idempotency_key)

    async def cancel(self, execution_id: str, *, idempotency_key: str | None = None) -> Execution:
        """Ask for the cancel of an execution and its children; raises Conflict if it ended otherwise."""
        return await self._post(f"{_path(execution_id)}/cancel", None, idempotency_key)

    async def retry(self, execution_id: str, *, idempotency_key: str | None = None) -> Execution:
        """Start an ended execution anew, with its finished steps, and return the new one."""
        return await self._post(f"{_path(execution_id)}/retry", None, idempotency_key)

    async def events(
        self,
        execution_id: str,
        *,
        after: int = 0,
        limit: int | None = None,
        kind: str | None = None,
    ) -> EventPage:
        """Return the page of the log behind `after`; its `next_after` counts the whole log."""
        filters = {"after": after, "limit": limit, "kind": kind}
        params = [(name, str(value)) for name, value in filters.items() if value is not None]
        return read_page(
            await self._gateway.call("GET", f"{_path(execution_id)}/events", params=params)
        )

    async def payload(self, execution_id: str, ref: str) -> Any:
        """Return the value that stands behind `{"$ref": ref}` in an event's data."""
        return await self._gateway.call("GET", f"{_path(execution_id)}/payloads/{segment(ref)}")

    async def _post(self, path: str, body: object, idempotency_key: str | None) -> Execution:
        headers = {} if idempotency_key is None else {"Idempotency-Key": idempotency_key}
        return read(Execution, await self._gateway.call("POST", path, body=body, headers=headers))


def _path(execution_id: str) -> str:
    return f"/api/executions/{segment(execution_id)}"
