"""Open questions: those alone that wait, in the order in which they were asked, however many there were."""

from uuid import UUID

import orjson
import pytest

from runcast.database import UnitOfWork
from runcast.errors import NotFound, Unauthenticated
from runcast.runtime import Runtime
from runcast.services import questions
from tests.tools.people import SignedIn
from tests.tools.questions import ask, expire
from tests.tools.stories import Story, begin
from tests.tools.teams import principal


async def open_in(runtime: Runtime, story: Story, asker: SignedIn) -> list[str]:
    """Return the ids of the questions that are open."""
    async with UnitOfWork(runtime.database) as uow:
        found = await questions.open_of(uow, story.id, principal(UUID(asker.user["id"])))
    return [orjson.loads(event)["data"]["id"] for event in found]


async def test_what_is_open_is_found_among_many_that_were_asked_since(
    runtime: Runtime, alice: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "_AT_ONCE", 2)
    story = await begin(runtime, alice.user["id"])
    assert await open_in(runtime, story, alice) == []
    for number in range(7):
        await ask(story, f"q{number}")
        if number not in {0, 3}:
            await expire(story, f"q{number}")
    assert await open_in(runtime, story, alice) == ["q0", "q3"]


async def test_only_who_sees_the_execution_is_told(
    runtime: Runtime, alice: SignedIn, bob: SignedIn
) -> None:
    story = await begin(runtime, alice.user["id"])
    with pytest.raises(NotFound):
        await open_in(runtime, story, bob)
    async with UnitOfWork(runtime.database) as uow:
        with pytest.raises(Unauthenticated):
            await questions.open_of(uow, story.id, None)
