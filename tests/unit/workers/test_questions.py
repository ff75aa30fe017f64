"""Asking people: what an answer has to be, and what a handler gets."""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import BaseModel, field_validator

from runcast.workers.questions import Form, Question
from runcast.workers.run import Run
from tests.tools.stage import Stage


class Budget(BaseModel):
    """Something to decide."""

    euros: int
    until: date

    @field_validator("euros")
    @classmethod
    def _not_thirteen(cls, euros: int) -> int:
        if euros == 13:
            raise ValueError("13 brings bad luck")
        return euros


class Unhashable:
    """A mark on an annotation."""

    __hash__: ClassVar[None] = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("asked", "schema", "value", "read"),
    [
        (bool, {"type": "boolean"}, True, True),
        (None, {}, {"a": [1]}, {"a": [1]}),
        ({"type": "integer", "minimum": 1}, {"type": "integer", "minimum": 1}, 2, 2),
        (["a", "b"], {"enum": ["a", "b"]}, "b", "b"),
        (("a", 2, None), {"enum": ["a", 2, None]}, 2, 2),
        (Literal["x", "y"], {"enum": ["x", "y"], "type": "string"}, "y", "y"),
        (date, {"format": "date", "type": "string"}, "2026-01-02", date(2026, 1, 2)),
        (Annotated[int, Unhashable()], {"type": "integer"}, 3, 3),
    ],
)
def test_a_type_a_schema_or_choices_say_what_an_answer_has_to_be(
    asked: Any, schema: Any, value: Any, read: Any
) -> None:
    form = Form.of(asked)
    assert form.schema == schema
    assert Question("q1", "?", form).read(value) == read


@pytest.mark.parametrize("asked", [[], (), {"type": 12}, {"enum": float("nan")}])
def test_what_is_no_form_is_refused(asked: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Form.of(asked)


async def ask(stage: Stage, answer: Any, *asked: Any, **options: Any) -> Any:
    """Ask a question, answer it, and return what the handler returned, or its error."""

    async def work(run: Run) -> Any:
        return await run.ask("Well?", *asked, **options)

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.news.until_kind(execution_id, "question")
        (question,) = await stage.data(execution_id, "question")
        await stage.answer(execution_id, question["id"], answer)
        await stage.ended(execution_id)
    return execution_id


async def test_an_answer_comes_back_as_its_type(stage: Stage) -> None:
    async def work(run: Run) -> list[Any]:
        budget = await run.ask("How much?", Budget)
        return [type(budget).__name__, budget.euros, budget.until.year]

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.news.until_kind(execution_id, "question")
        await stage.answer(execution_id, "q1", {"euros": 5, "until": "2026-03-01"})
        await stage.ended(execution_id)
    assert await stage.result(execution_id) == ["Budget", 5, 2026]
    (question,) = await stage.data(execution_id, "question")
    assert question["id"] == "q1"
    assert question["prompt"] == "How much?"
    assert question["schema"]["properties"].keys() == {"euros", "until"}
    assert question["expires_at"] is None


async def test_what_only_the_type_knows_refuses_the_answer_in_the_handler(stage: Stage) -> None:
    execution_id = await ask(stage, {"euros": 13, "until": "2026-03-01"}, Budget)
    error = await stage.error(execution_id)
    assert error["code"] == "invalid_answer"
    assert "bad luck" in error["message"]


async def test_questions_are_numbered_in_order_of_call_and_by_name(stage: Stage) -> None:
    async def work(run: Run) -> list[Any]:
        later = run.ask("second", name="approve")
        names = [None, "approve", None, "q2"]
        answers = [await run.ask("next", name=name) for name in names]
        return [await later, *answers]

    async def answer_all() -> None:
        for question in ["q1", "approve.2", "q2", "q2.2", "approve"]:
            await stage.news.until(
                lambda a, q=question: any(f'"id":"{q}"' in e.payload for e in a.events)  # type: ignore[misc]
            )
            await stage.answer(execution_id, question, question)

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await answer_all()
        await stage.ended(execution_id)
    assert await stage.result(execution_id) == ["approve", "q1", "approve.2", "q2", "q2.2"]


async def test_a_question_that_nobody_answers_in_time_is_a_timeout_for_good(stage: Stage) -> None:
    async def work(run: Run) -> str:
        try:
            await run.ask("Anybody?", timeout=0.05)
        except TimeoutError as error:
            said = str(error)
            # So that there is an attempt that reads it from the log.
            if await run.step(str, "again") and run.attempt == 1:
                await stage.lose_claims()
                await run.flush()
            return said
        return "answered"

    execution_id = await stage.run(work)
    assert "q1 in time" in await stage.result(execution_id)
    (failed,) = await stage.data(execution_id, "step.failed")
    assert failed == {
        "key": "q1",
        "error": {"code": "timeout", "message": "no question q1 in time"},
        "will_retry": False,
        "of": "question",
    }
    (question,) = await stage.data(execution_id, "question")
    assert question["expires_at"] is not None


async def test_a_question_expires_while_the_run_is_parked(stage: Stage) -> None:
    async def work(run: Run) -> str:
        try:
            await run.ask("Anybody?", timeout=0.3)
        except TimeoutError:
            return "nobody"
        return "answered"

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working(park_seconds=0.02):
        await stage.parked(execution_id)
        await stage.ended(execution_id)
    assert await stage.result(execution_id) == "nobody"


async def test_an_answer_that_came_before_the_expiry_wins(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody tells the run of the answer before its time is up.
    monkeypatch.setattr("runcast.workers.attempt.Attempt.told_of", lambda *_: None)

    async def work(run: Run) -> Any:
        return await run.ask("Quick?", timeout=0.3)

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.news.until_kind(execution_id, "question")
        await stage.answer(execution_id, "q1", "just so")
        await stage.ended(execution_id)
    assert await stage.result(execution_id) == "just so"
    assert "step.failed" not in await stage.kinds(execution_id)


async def test_a_question_with_another_prompt_than_the_log_holds_is_a_changed_handler(
    stage: Stage,
) -> None:
    async def work(run: Run) -> Any:
        return await run.ask(f"attempt {run.attempt}?")

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working():
        await stage.news.until_kind(execution_id, "question")
        await stage.lose_claims()
        await stage.ended(execution_id)
    assert (await stage.error(execution_id))["code"] == "handler_changed"


async def test_a_step_and_a_question_of_one_name_are_not_confused(stage: Stage) -> None:
    async def work(run: Run) -> list[Any]:
        return [
            await run.step(str, 1, name="approve"),
            await run.ask("Approve?", name="approve"),
            await run.step(str, 2, name="then"),
        ]

    stage.handler(work)
    execution_id = await stage.begin()
    async with stage.working(park_seconds=0.02):
        await stage.parked(execution_id)
        await stage.answer(execution_id, "approve", "yes")
        await stage.ended(execution_id)
    assert await stage.result(execution_id) == ["1", "yes", "2"]


@pytest.mark.parametrize("name", ["", "a b", "a/b", "a.2", "x" * 101])
async def test_a_name_that_cannot_stand_in_an_address_is_refused(stage: Stage, name: str) -> None:
    async def work(run: Run) -> Any:
        return await run.ask("?", name=name)

    assert "cannot name" in (await stage.error(await stage.run(work)))["message"]


async def test_a_question_over_64_kib_is_refused(stage: Stage) -> None:
    async def work(run: Run) -> Any:
        return await run.ask("?" * 70_000)

    assert "64 KiB" in (await stage.error(await stage.run(work)))["message"]
