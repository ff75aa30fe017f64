"""Open questions of a watch, and how an answer to one is typed."""

from typing import Any

import pytest

from runcast.cli.questions import OpenQuestions, hint, typed_answer, typed_value
from runcast_client import CaughtUp, Event
from tests.tools.feed_frames import event, events

BOOLEAN = {"type": "boolean"}
CHOICES = {"enum": ["low", "high", 3, None]}


def asked(id_: str) -> Event:
    """Return the event that asks a question."""
    return event("question", id=id_, prompt="Keep?", schema=BOOLEAN, expires_at=None)


def first(*each: Event) -> str | None:
    """Return the id of the first open question after these events."""
    questions = OpenQuestions()
    questions.take(events(*each))
    questions.take(CaughtUp(1))
    return None if questions.first is None else questions.first.id


def test_the_oldest_open_question_is_the_first() -> None:
    assert first() is None
    assert first(asked("q1"), asked("q2")) == "q1"
    assert first(asked("q1"), asked("q2"), event("answer", question="q1", value=1)) == "q2"


def test_a_question_of_the_backlog_is_not_open_before_all_of_it_has_come() -> None:
    questions = OpenQuestions()
    questions.take(events(asked("q1")))
    assert questions.first is None
    questions.take(events(event("answer", question="q1", value=True)))
    questions.take(CaughtUp(2))
    assert questions.first is None


@pytest.mark.parametrize("id_", ["q1", "approve.2"])
def test_one_that_expired_is_not_open(id_: str) -> None:
    gave_up = event("step.failed", key=id_, of="question", error={})
    assert first(asked(id_), gave_up) is None
    failed = event("step.failed", key=id_, error={})
    assert first(asked(id_), failed) == id_


@pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
def test_the_end_leaves_nothing_open(state: str) -> None:
    assert first(asked("q1"), event(f"execution.{state}")) is None


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        (None, ""),
        ({}, ""),
        (True, ""),
        (BOOLEAN, "yes or no"),
        ({"type": "integer"}, "a whole number"),
        ({"type": "number"}, "a number"),
        ({"type": "string"}, "a text"),
        (CHOICES, "one of low, high, 3, null"),
        ({"type": ["string", "null"]}, 'JSON that fits {"type":["string","null"]}'),
        ({"type": "object"}, 'JSON that fits {"type":"object"}'),
    ],
)
def test_the_hint_says_what_fits(schema: Any, text: str) -> None:
    assert hint(schema) == text


def test_a_long_schema_is_shown_by_its_beginning() -> None:
    assert len(hint({"type": "object", "description": "x" * 9999})) < 400


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        ("yes", BOOLEAN, True),
        ("N", BOOLEAN, False),
        ("true", BOOLEAN, True),
        ("maybe", BOOLEAN, "maybe"),
        ("high", CHOICES, "high"),
        ("3", CHOICES, 3),
        ("null", CHOICES, None),
        ("middle", CHOICES, "middle"),
        ("5", {"type": "string"}, "5"),
        ('"5"', {"type": "string"}, '"5"'),
        ("", {"type": "string"}, ""),
        ("5", {"type": "integer"}, 5),
        ("yes", {"type": "string", "enum": ["yes", "no"]}, "yes"),
        ('{"a": [1]}', None, {"a": [1]}),
        ("free text", None, "free text"),
    ],
)
def test_what_is_typed_means_what_the_question_asks_for(text: str, schema: Any, value: Any) -> None:
    given = typed_answer(text, schema)
    assert (given, type(given)) == (value, type(value))


@pytest.mark.parametrize("text", ["{a: 1}", " [1", '"open'])
def test_what_begins_like_json_and_is_none_is_no_text(text: str) -> None:
    with pytest.raises(ValueError, match="no JSON"):
        typed_value(text)


@pytest.mark.parametrize(("text", "value"), [("-1", -1), ("-x", "-x"), ("NaN", "NaN"), ("", "")])
def test_any_other_text_is_itself(text: str, value: Any) -> None:
    assert typed_value(text) == value
