"""Answering: the first answer that fits wins, a repeat gets its outcome, and nothing else counts."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from runcast.runtime import Runtime
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn
from tests.tools.questions import ask, expire
from tests.tools.stories import Story, begin

MAX_BYTES = 64 * 1024


@pytest.fixture
async def story(runtime: Runtime, alice: SignedIn) -> Story:
    """Return a running execution of alice's that asks `q1`, for yes or no."""
    story = await begin(runtime, alice.user["id"])
    await ask(story)
    return story


async def give(
    client: httpx2.AsyncClient,
    story: Story,
    value: Any = True,
    question: str = "q1",
    key: str | None = None,
) -> httpx2.Response:
    """Answer a question."""
    headers = {} if key is None else {"Idempotency-Key": key}
    path = f"/api/executions/{story.id}/answers/{question}"
    return await client.post(path, json={"value": value}, headers=headers)


async def answers(client: httpx2.AsyncClient, story: Story) -> list[dict[str, Any]]:
    """Return what the log says was answered."""
    log = await client.get(f"/api/executions/{story.id}/events?limit=1000")
    return [event["data"] for event in log.json()["events"] if event["kind"] == "answer"]


async def open_questions(client: httpx2.AsyncClient, story: Story) -> int:
    """Return how many questions are open."""
    count: int = (await client.get(f"/api/executions/{story.id}")).json()["open_questions"]
    return count


async def test_open_questions_are_listed_as_the_log_asks_them(
    alice: SignedIn, story: Story
) -> None:
    await ask(story, "q2", {})
    path = f"/api/executions/{story.id}"
    log = (await alice.get(f"{path}/events?kind=question")).json()["events"]
    assert (await alice.get(f"{path}/questions")).json() == {"items": log, "next_cursor": None}
    assert [event["data"]["id"] for event in log] == ["q1", "q2"]
    await give(alice, story)
    assert (await alice.get(f"{path}/questions")).json()["items"] == log[1:]


async def test_an_answer_closes_its_question(alice: SignedIn, story: Story) -> None:
    assert await open_questions(alice, story) == 1
    answer = await give(alice, story, value=False)
    assert (answer.status_code, answer.json()["open_questions"]) == (200, 0)
    assert answer.json()["last_seq"] == await story.head()
    assert await answers(alice, story) == [
        {"question": "q1", "value": False, "by": alice.user["id"]}
    ]


async def test_the_first_answer_wins_and_later_ones_are_told_so(
    alice: SignedIn, story: Story
) -> None:
    assert (await give(alice, story, value=True)).status_code == 200
    for late in (True, False, "nonsense"):
        answer = await give(alice, story, value=late)
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert [each["value"] for each in await answers(alice, story)] == [True]


async def test_of_many_answers_at_once_exactly_one_wins(alice: SignedIn, story: Story) -> None:
    values = [n % 2 == 0 for n in range(20)]
    given = await asyncio.gather(*(give(alice, story, value=value) for value in values))
    assert sorted(answer.status_code for answer in given) == [200] + [409] * 19
    assert len(await answers(alice, story)) == 1


@pytest.mark.parametrize("value", [None, 1, "yes", [True], {"value": True}])
async def test_an_answer_that_breaks_the_schema_leaves_the_question_open(
    alice: SignedIn, story: Story, value: Any
) -> None:
    before = await story.head()
    answer = await give(alice, story, value=value)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid_answer")
    assert [(error["loc"], error["type"]) for error in problem["errors"]] == [
        (["body", "value"], "schema")
    ]
    assert (await story.head(), await open_questions(alice, story)) == (before, 1)
    assert (await give(alice, story)).status_code == 200


async def test_choices_and_nested_schemas_say_where_the_answer_is_wrong(
    alice: SignedIn, story: Story
) -> None:
    await ask(story, "rate", {"enum": ["low", "high", 3]})
    await ask(story, "sweep", {"properties": {"rates": {"items": {"type": "number"}}}})
    assert (await give(alice, story, "middle", "rate")).status_code == 422
    assert (await give(alice, story, 3, "rate")).status_code == 200
    refused = await give(alice, story, {"rates": [1, "x"]}, "sweep")
    assert refused.json()["errors"][0]["loc"] == ["body", "value", "rates", 1]
    assert (await give(alice, story, {"rates": [1]}, "sweep")).status_code == 200


@pytest.mark.parametrize("schema", [None, {}, True])
async def test_a_question_for_anything_takes_anything(
    alice: SignedIn, story: Story, schema: Any
) -> None:
    await ask(story, "any", schema)
    for question, value in (("any", {"a": [1.5, None, "é😀"]}), ("q1", True)):
        assert (await give(alice, story, value, question)).status_code == 200
    assert (await answers(alice, story))[0]["value"] == {"a": [1.5, None, "é😀"]}


@pytest.mark.parametrize("schema", [{"type": "nothing"}, {"$ref": "http://127.0.0.1:9/x"}, 5])
async def test_a_schema_that_is_none_is_no_crash(
    alice: SignedIn, story: Story, schema: Any
) -> None:
    await ask(story, "broken", schema)
    answer = await give(alice, story, 1, "broken")
    assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable")


async def test_the_question_is_found_by_its_id_alone(alice: SignedIn, story: Story) -> None:
    await ask(story, "q2", {"const": {"id": "q1"}})
    await ask(story, "a%_.2", {"type": "integer"})
    assert (await give(alice, story, "x", "q1")).json()["code"] == "invalid_answer"
    assert (await give(alice, story, {"id": "q1"}, "q2")).status_code == 200
    assert (await give(alice, story, 1, "a%25_.2")).status_code == 200
    assert (await give(alice, story, True, "q1")).status_code == 200


UNKNOWN = ["q2", "Q1", "q1 ", "%00", "%22", "%25", "q_", "%F0%9F%98%80", "%ff", "x" * 60_000]


@pytest.mark.parametrize("question", UNKNOWN, ids=range(len(UNKNOWN)))
async def test_an_answer_to_no_question_is_404(
    alice: SignedIn, story: Story, question: str
) -> None:
    answer = await give(alice, story, question=question)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert await open_questions(alice, story) == 1


async def test_a_question_that_has_expired_takes_no_answer(
    alice: SignedIn, story: Story, clock: FakeClock
) -> None:
    await ask(story, "soon", expires_at=clock.now() + timedelta(seconds=60))
    clock.advance(59)
    assert (await give(alice, story, 5, "soon")).json()["code"] == "invalid_answer"
    clock.advance(1)
    assert (await give(alice, story, True, "soon")).status_code == 409
    await expire(story, "soon")
    for value in (True, 5):
        assert (await give(alice, story, value, "soon")).status_code == 409


async def test_answer_and_expiry_at_once_have_one_outcome(alice: SignedIn, story: Story) -> None:
    answer, _ = await asyncio.gather(give(alice, story), expire(story))
    given = await answers(alice, story)
    assert (answer.status_code, len(given)) in {(200, 1), (409, 0)}
    log = await alice.get(f"/api/executions/{story.id}/events")
    gave_up = [event for event in log.json()["events"] if event["kind"] == "step.failed"]
    assert len(given) + len(gave_up) == 1


async def test_nothing_is_answered_after_the_end(alice: SignedIn, story: Story) -> None:
    answer, _ = await asyncio.gather(give(alice, story), story.end())
    assert answer.status_code in {200, 409}
    head = await story.head()
    assert (await give(alice, story)).status_code == 409
    assert await story.head() == head
    log = (await alice.get(f"/api/executions/{story.id}/events")).json()["events"]
    assert log[-1]["kind"] == "execution.succeeded"


async def test_a_repeat_gets_the_first_outcome_whatever_came_after(
    alice: SignedIn, story: Story
) -> None:
    first = await give(alice, story, key="k")
    await story.tell()
    again = await give(alice, story, key="k")
    assert (first.status_code, again.status_code) == (200, 200)
    await story.end()
    assert (await give(alice, story, key="k")).json()["state"] == "succeeded"
    assert len(await answers(alice, story)) == 1


async def test_repeats_at_once_are_one_answer(alice: SignedIn, story: Story) -> None:
    given = await asyncio.gather(*(give(alice, story, key="k") for _ in range(10)))
    assert {answer.status_code for answer in given} == {200}
    assert len(await answers(alice, story)) == 1


async def test_other_content_under_a_used_id_is_refused(alice: SignedIn, story: Story) -> None:
    await ask(story, "q2")
    assert (await give(alice, story, key="k")).status_code == 200
    headers = {"Idempotency-Key": "k"}
    for path, body in (
        ("answers/q1", {"value": False}),
        ("answers/q1", {"value": 1}),
        ("answers/q2", {"value": True}),
        ("signals/q1", {"data": True}),
        ("cancel", None),
    ):
        answer = await alice.post(f"/api/executions/{story.id}/{path}", json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable"), path
    assert len(await answers(alice, story)) == 1


async def test_a_refused_answer_leaves_its_id_free(alice: SignedIn, story: Story) -> None:
    assert (await give(alice, story, value=5, key="k")).status_code == 422
    assert (await give(alice, story, question="q2", key="k")).status_code == 404
    assert (await give(alice, story, value=True, key="k")).status_code == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", 422),
        (b"true", 422),
        (b"{}", 422),
        (b'{"value":true,"by":"bob"}', 422),
        (b'{"value":NaN}', 422),
        (b'{"value":"\\u0000"}', 422),
        (b'{"value":"\\ud800"}', 422),
        (b'{"value":9007199254740993}', 422),
        (b'{"value":' + b"[" * 70 + b"]" * 70 + b"}", 422),
        (b'{"value":"' + b"x" * MAX_BYTES + b'"}', 413),
        (b'{"value":[' + b"[]," * 300_000 + b"[]]}", 413),
        (b'{"value":"' + b"x" * 2**20 + b'"}', 413),
    ],
    ids=range(12),
)
async def test_garbage_is_refused_and_leaves_the_question_open(
    alice: SignedIn, story: Story, body: bytes, code: int
) -> None:
    await ask(story, "any", None)
    answer = await alice.post(
        f"/api/executions/{story.id}/answers/any",
        content=body,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == code, answer.text
    assert await open_questions(alice, story) == 2


async def test_64_kib_are_just_taken(alice: SignedIn, story: Story) -> None:
    await ask(story, "any", None)
    assert (await give(alice, story, "x" * (MAX_BYTES - 2), "any")).status_code == 200


async def test_others_answer_nothing(
    runtime: Runtime, alice: SignedIn, bob: SignedIn, client: httpx2.AsyncClient, story: Story
) -> None:
    item = (await alice.post("/api/items", json={"name": "a", "visibility": "public"})).json()
    public = await begin(runtime, alice.user["id"], item["id"])
    await ask(public)
    gone = Story(runtime, uuid4(), 1)
    for person, statuses in ((bob, (403, 404, 404)), (client, (401, 401, 401))):
        for which, status in zip((public, story, gone), statuses, strict=True):
            for value in (True, 5):
                assert (await give(person, which, value=value)).status_code == status
    assert await open_questions(alice, public) == 1
    assert (await give(alice, public)).status_code == 200
