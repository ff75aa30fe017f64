"""Questions, children and racing requests of the tests: logs written by hand, as a handler would."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from runcast.clock import rfc3339
from runcast.runtime import Runtime
from runcast.services.event_log.units import Append, ExpireQuestion, OpenQuestion, Start
from tests.tools.stories import Story

BOOLEAN = {"type": "boolean"}


async def ask(
    story: Story, id_: str = "q1", schema: Any = BOOLEAN, *, expires_at: datetime | None = None
) -> None:
    """Ask a question."""
    data = {
        "id": id_,
        "prompt": "Keep?",
        "schema": schema,
        "expires_at": None if expires_at is None else rfc3339(expires_at),
    }
    at = rfc3339(story.runtime.clock.now())
    question = OpenQuestion(id_, orjson.dumps(data).decode(), at)
    await story.runtime.log.write(Append(story.id, story.claim, (question,)))


async def expire(story: Story, id_: str = "q1") -> None:
    """Give a question up, if nobody has answered it."""
    data = {
        "key": id_,
        "error": {"code": "timeout", "message": "nobody answered"},
        "will_retry": False,
        "of": "question",
    }
    at = rfc3339(story.runtime.clock.now())
    expired = ExpireQuestion(id_, orjson.dumps(data).decode(), at)
    await story.runtime.log.write(Append(story.id, story.claim, (expired,)))


async def child_of(parent_id: UUID, runtime: Runtime, owner_id: UUID | str) -> UUID:
    """Start a child that waits for a worker, and return its id."""
    child_id = runtime.ids.new()
    now = runtime.clock.now()
    owner = UUID(str(owner_id))
    await runtime.log.write(Start(child_id, owner, "story", None, "{}", now, parent_id=parent_id))
    return child_id
