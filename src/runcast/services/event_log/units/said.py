"""What a handler says, as the emitter hands it over; each becomes an event under the lock."""

from dataclasses import dataclass

import orjson

from runcast.services.event_log.row import Draft, NewEvent


@dataclass(frozen=True, slots=True)
class StepResult:
    """A durable call's result as JSON text; `of` names the call where it is no step."""

    key: str
    result: str
    digest: str
    at: str
    of: str | None = None

    def append_to(self, draft: Draft) -> None:
        """Append it; a large result stands in the payloads, and a signal waits no longer."""
        if self.of == "signal":
            draft.row.signals_waiting = max(draft.row.signals_waiting - 1, 0)
        ref = str(draft.row.last_seq + 1)
        shown = draft.inline(ref, self.result)
        if shown is not self.result:
            draft.payloads.append((ref, self.result))
        key, digest = orjson.dumps(self.key).decode(), orjson.dumps(self.digest).decode()
        of = "" if self.of is None else f',"of":"{self.of}"'
        data = f'{{"key":{key},"result":{shown},"digest":{digest}{of}}}'
        draft.append(NewEvent("step.succeeded", data, self.at))


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that can be answered from now on. `data` is the JSON text of its event."""

    id: str
    data: str
    at: str

    def append_to(self, draft: Draft) -> None:
        """Append it, and note that it is open."""
        open_questions = [*orjson.loads(draft.row.open_questions), self.id]
        draft.row.open_questions = orjson.dumps(open_questions).decode()
        draft.append(NewEvent("question", self.data, self.at))


@dataclass(frozen=True, slots=True)
class ExpireQuestion:
    """Nobody answered in time; an answer that came first wins. `data` is that of `step.failed`."""

    id: str
    data: str
    at: str

    def append_to(self, draft: Draft) -> None:
        """Close the question and say so, unless it has been answered."""
        open_questions: list[str] = orjson.loads(draft.row.open_questions)
        if self.id in open_questions:
            open_questions.remove(self.id)
            draft.row.open_questions = orjson.dumps(open_questions).decode()
            draft.append(NewEvent("step.failed", self.data, self.at))


Said = NewEvent | StepResult | OpenQuestion | ExpireQuestion


def append_all(draft: Draft, said: tuple[Said, ...], progress: str | None) -> None:
    """Append all of it, in order; keep the latest progress on the row."""
    for each in said:
        if isinstance(each, NewEvent):
            draft.append(each)
        else:
            each.append_to(draft)
    if progress is not None:
        draft.row.progress = progress
