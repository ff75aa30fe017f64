"""Answers and signals on real sockets: acked once committed, repeated without harm, refused by code."""

import asyncio
from typing import Any

import pytest

from tests.live.conftest import Live
from tests.tools.people import SignedIn
from tests.tools.questions import ask
from tests.tools.stories import Story, begin
from tests.tools.watchers import Watcher, watching

YES = {"type": "answer", "question": "q1", "value": True}
GO = {"type": "signal", "name": "go", "data": {"a": 1}}


@pytest.fixture
def wire() -> str:
    """Return the one wire that these tests need: what they test does not depend on it."""
    return "direct"


@pytest.fixture
async def story(live: Live, alice: SignedIn) -> Story:
    """Return a running execution of alice's that asks `q1`, for yes or no, at event 3."""
    story = await begin(live.runtime, alice.user["id"])
    await ask(story)
    return story


async def outcome(watcher: Watcher, frame: dict[str, Any], id_: str) -> int | str:
    """Send a command; return the seq of its ack, or the code of its refusal."""
    await watcher.say({**frame, "id": id_})
    while (said := await watcher.next())["type"] not in {"ack", "error"}:
        continue
    assert said["id"] == id_
    told: int | str = said["seq"] if said["type"] == "ack" else said["code"]
    return told


async def post(person: SignedIn, story: Story, path: str, body: Any, key: str) -> int:
    """Send the same over HTTP; return the status."""
    answer = await person.post(
        f"/api/executions/{story.id}/{path}", json=body, headers={"Idempotency-Key": key}
    )
    return answer.status_code


async def test_an_answer_and_a_signal_are_acked_once_committed(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with watching(live.url, story.id, alice.token) as watcher:
        assert await outcome(watcher, YES, "1") == 4
        assert await outcome(watcher, GO, "2") == 5
        assert await outcome(watcher, {"type": "signal", "name": "on"}, "3") == 6
        await watcher.until_seq(6)
    by = alice.user["id"]
    assert [(event["kind"], event["data"]) for event in watcher.events[3:]] == [
        ("answer", {"question": "q1", "value": True, "by": by}),
        ("signal", {"name": "go", "data": {"a": 1}, "by": by}),
        ("signal", {"name": "on", "data": None, "by": by}),
    ]


async def test_a_resend_gets_the_first_outcome_on_any_connection(
    live: Live, alice: SignedIn, story: Story
) -> None:
    for _ in range(2):
        async with watching(live.url, story.id, alice.token) as watcher:
            assert [await outcome(watcher, YES, "1") for _ in range(2)] == [4, 4]
            assert [await outcome(watcher, GO, "2") for _ in range(2)] == [5, 5]
    assert await story.head() == 5


async def test_an_id_is_one_whatever_it_came_by(live: Live, alice: SignedIn, story: Story) -> None:
    async with watching(live.url, story.id, alice.token) as watcher:
        assert await outcome(watcher, YES, "1") == 4
        assert await post(alice, story, "answers/q1", {"value": True}, "1") == 200
        assert await post(alice, story, "answers/q1", {"value": False}, "1") == 422
        assert await post(alice, story, "signals/go", {"data": {"a": 1}}, "2") == 200
        assert await outcome(watcher, GO, "2") == 5
        assert await outcome(watcher, {"type": "cancel"}, "2") == "unprocessable"
    assert await story.head() == 5


async def test_of_two_sockets_that_answer_at_once_one_wins(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with (
        watching(live.url, story.id, alice.token) as one,
        watching(live.url, story.id, alice.token) as other,
    ):
        outcomes = await asyncio.gather(outcome(one, YES, "1"), outcome(other, YES, "2"))
    assert sorted(map(str, outcomes)) == ["4", "conflict"]
    assert await story.head() == 4


async def test_a_refused_answer_leaves_its_id_free_and_the_question_open(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with watching(live.url, story.id, alice.token) as watcher:
        assert await outcome(watcher, {**YES, "value": 5}, "1") == "invalid_answer"
        assert await outcome(watcher, {**YES, "question": "q9"}, "1") == "not_found"
        assert await outcome(watcher, {**GO, "name": "no name"}, "1") == "unprocessable"
        assert await outcome(watcher, {**GO, "data": "x" * 65_536}, "1") == "too_large"
        assert await story.head() == 3
        assert await outcome(watcher, YES, "1") == 4


NO_COMMANDS: list[dict[str, Any]] = [
    {"type": "answer", "question": "q1"},
    {"type": "answer", "value": True},
    {"type": "answer", "question": None, "value": True},
    {"type": "answer", "question": ["q1"], "value": True},
    {"type": "signal"},
    {"type": "signal", "name": 1},
]


async def test_what_is_no_command_is_refused_under_its_id(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with watching(live.url, story.id, alice.token) as watcher:
        for frame in NO_COMMANDS:
            assert await outcome(watcher, frame, "1") == "invalid_frame", frame
        await watcher.say(YES)
        assert (await watcher.until("error"))["id"] is None
    assert await story.head() == 3


async def test_who_only_watches_does_not_act(live: Live, alice: SignedIn, bob: SignedIn) -> None:
    item = (await alice.post("/api/items", json={"name": "a", "visibility": "public"})).json()
    public = await begin(live.runtime, alice.user["id"], item["id"])
    await ask(public)
    async with (
        watching(live.url, public.id) as nobody,
        watching(live.url, public.id, bob.token) as other,
    ):
        await nobody.say({"type": "answer", "id": "0", "question": "q1", "value": True})
        assert (await nobody.until("error"))["code"] == "unauthenticated"
        await nobody.say({"type": "auth", "token": None})
        for frame in (YES, GO, {"type": "cancel"}):
            assert await outcome(nobody, frame, "1") == "unauthenticated"
            assert await outcome(other, frame, "1") == "forbidden"
    assert await public.head() == 3


async def test_an_answer_that_the_end_overtakes_is_told_so(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with watching(live.url, story.id, alice.token) as watcher:
        await watcher.until("caught_up")
        _, given = await asyncio.gather(story.end(), outcome(watcher, YES, "1"))
        assert given in {4, "conflict"}
        assert await watcher.close_code() == 1000
    assert watcher.events[-1]["kind"] == "execution.succeeded"
