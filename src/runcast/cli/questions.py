"""The open questions of a watched execution, and how an answer to one is typed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from runcast_client import CaughtUp, Event, Events, Frame

LONGEST_SCHEMA = 300
_YES_AND_NO = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
_PLAIN = {
    "boolean": "yes or no",
    "integer": "a whole number",
    "number": "a number",
    "string": "a text",
}
_JSON_BEGINS = ("{", "[", '"')


@dataclass(frozen=True, slots=True)
class Question:
    """A question as its event tells it."""

    id: str
    prompt: str
    schema: Any = None
    expires_at: str | None = None

    @property
    def told(self) -> str:
        """The question in a line: what is asked, its id, what is expected, and until when."""
        expected = hint(self.schema)
        limit = "" if self.expires_at is None else f", until {self.expires_at}"
        return f"{self.prompt} (question {self.id}{': ' if expected else ''}{expected}{limit})"


class OpenQuestions:
    """Which questions wait for an answer, as far as the frames have told."""

    def __init__(self) -> None:
        self._open: dict[str, Question] = {}
        self._caught_up = False

    @property
    def first(self) -> Question | None:
        """The oldest open question; None while the backlog may still answer it."""
        return next(iter(self._open.values()), None) if self._caught_up else None

    def take(self, frame: Frame) -> None:
        """Take in a frame."""
        if isinstance(frame, CaughtUp):
            self._caught_up = True
        elif isinstance(frame, Events):
            for event in frame.events:
                self._take_event(event)

    def _take_event(self, event: Event) -> None:
        data = event.data
        match event.kind:
            case "question":
                self._open[data["id"]] = question_of(data)
            case "answer":
                self._open.pop(data["question"], None)
            case "step.failed" if data.get("of") == "question":
                self._open.pop(data["key"], None)
            case "execution.succeeded" | "execution.failed" | "execution.cancelled":
                self._open.clear()


def question_of(data: Mapping[str, Any]) -> Question:
    """Return the question that an event's data tells."""
    return Question(data["id"], data["prompt"], data.get("schema"), data.get("expires_at"))


def hint(schema: Any) -> str:
    """Return what an answer looks like; nothing where anything goes."""
    if not isinstance(schema, dict) or not schema:
        return ""
    if "enum" in schema:
        return "one of " + ", ".join(map(_as_typed, schema["enum"]))
    kind = schema.get("type")
    if isinstance(kind, str) and kind in _PLAIN:
        return _PLAIN[kind]
    shown = orjson.dumps(schema).decode()
    return f"JSON that fits {shown[:LONGEST_SCHEMA]}{'…' if len(shown) > LONGEST_SCHEMA else ''}"


def typed_answer(text: str, schema: Any) -> Any:
    """Return the value that a person means who was shown the hint; the server checks it.

    Raises:
        ValueError: it begins like JSON, and is none.
    """
    expected = schema if isinstance(schema, dict) else {}
    for choice in expected.get("enum", ()):
        if text == _as_typed(choice):
            return choice
    if expected.get("type") == "boolean" and text.lower() in _YES_AND_NO:
        return _YES_AND_NO[text.lower()]
    return text if expected.get("type") == "string" else typed_value(text)


def typed_value(text: str) -> Any:
    """Return the JSON value that a text is, or the text itself, so that it needs no quotes.

    Raises:
        ValueError: it begins like an object, a list or a string of JSON, and is none.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if text.lstrip().startswith(_JSON_BEGINS):
            raise ValueError(f"this is no JSON: {error}") from None
        return text


def _as_typed(choice: Any) -> str:
    return choice if isinstance(choice, str) else orjson.dumps(choice).decode()
