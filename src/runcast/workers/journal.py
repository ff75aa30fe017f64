"""What the log remembers for a handler that runs again from its top. Pure.

A durable call has a key: its name and, for repeats, `#n` in order of call. What the log holds is
handed back; until all of it has been asked for again, the run is muted, because what it says there is
in the log already.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Protocol

from pydantic_core import to_json


class JournalEntry(Protocol):
    """A journal event, read from the log."""

    @property
    def seq(self) -> int:
        """Its place in the log."""
        ...

    @property
    def kind(self) -> str:
        """What happened."""
        ...

    @property
    def data(self) -> dict[str, Any]:
        """What is said of it, a large result in its place."""
        ...


@dataclass(frozen=True, slots=True)
class Emitted:
    """An event that a handler emitted: in which attempt, and inside which step."""

    seq: int
    attempt: int
    step: str | None


@dataclass(frozen=True, slots=True)
class Superseded:
    """Emitted events of an attempt that was cut short, which count no more; both ends included."""

    attempt: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Held:
    """What the log holds of a finished step: its result as it was committed, or its error.

    One that was `copied` from the execution that this one retries mutes nothing, because what was said
    around it is in the other log; and the code may have been mended not to ask for it.
    """

    digest: str | None
    result: Any = None
    error: dict[str, Any] | None = None
    copied: bool = False


class HandlerChanged(Exception):
    """The code asks for something else than the log tells."""


@dataclass(slots=True)
class Journal:
    """The finished durable calls of a log; `unasked` are those of its own not yet asked for again.

    `changed` is kept beside being raised, because a handler may swallow what it did not expect.
    """

    held: dict[str, Held] = field(default_factory=dict)
    last_result: int = 0
    superseded_to: int = 0
    unfinished: frozenset[str] = frozenset()
    changed: HandlerChanged | None = None
    unasked: set[str] = field(default_factory=set)
    _calls: Counter[str] = field(default_factory=Counter)

    @property
    def muted(self) -> bool:
        """Whether something that this log made has not been asked for again."""
        return bool(self.unasked)

    def key(self, name: str) -> str:
        """Return the key of the next call of this name."""
        self._calls[name] += 1
        calls = self._calls[name]
        return name if calls == 1 else f"{name}#{calls}"

    def ask(self, key: str, digest: str) -> Held | None:
        """Return what the log holds under this key, or None.

        Raises:
            HandlerChanged: it was called with other arguments.
        """
        held = self.held.get(key)
        if held is None:
            return None
        if held.digest is not None and held.digest != digest:
            self.changed = HandlerChanged(
                f"the log holds {key} called with arguments of digest {held.digest}; "
                f"the code now calls it with arguments of digest {digest}"
            )
            raise self.changed
        self.unasked.discard(key)
        return held


def read(events: Iterable[JournalEntry]) -> Journal:
    """Return the journal of a log, given its journal events in order."""
    journal = Journal()
    started: dict[str, int] = {}
    failed: dict[str, tuple[int, Held]] = {}
    for event in events:
        _note(journal, started, failed, event)
    journal.held.update({key: held for key, (_, held) in failed.items()})
    journal.unasked = {key for key, held in journal.held.items() if not held.copied}
    journal.unfinished = frozenset(key for key in started if key not in journal.held)
    return journal


def _note(
    journal: Journal,
    started: dict[str, int],
    failed: dict[str, tuple[int, Held]],
    event: JournalEntry,
) -> None:
    data = event.data
    match event.kind:
        case "step.started":
            started[data["key"]] = event.seq
        case "step.succeeded":
            copied = "copied_from" in data
            journal.held[data["key"]] = Held(data.get("digest"), data["result"], copied=copied)
            journal.last_result = event.seq
        case "step.failed" if not data["will_retry"]:
            failed[data["key"]] = (event.seq, Held(data.get("digest"), error=data["error"]))
            journal.last_result = event.seq
        case "execution.retrying":
            _forget_what_ended_the_attempt(started, failed)
        case "execution.superseded":
            journal.superseded_to = max(journal.superseded_to, data["to"])
        case _:
            return


def _forget_what_ended_the_attempt(
    started: dict[str, int], failed: dict[str, tuple[int, Held]]
) -> None:
    """A failure after which nothing durable was begun is what the retry is for: it runs again.

    One that the handler lived on with stays, because what followed depends on it.
    """
    latest = max(started.values(), default=0)
    for key in [key for key, (seq, _) in failed.items() if seq > latest]:
        del failed[key]


def superseded(journal: Journal, emitted: Sequence[Emitted]) -> list[Superseded]:
    """Return the ranges of emitted events that count no more, in order.

    What counts no more was emitted after the last durable result, or inside a step that never
    finished. A range never spans an emitted event that counts; journal events in it always count.

    Args:
        emitted: what handlers emitted after `journal.superseded_to`, in order of `seq`.
    """

    def dead(event: Emitted) -> int | None:
        counts = event.seq <= journal.last_result and event.step not in journal.unfinished
        return None if counts else event.attempt

    ranges = []
    for attempt, events in groupby(emitted, dead):
        if attempt is not None:
            seqs = [event.seq for event in events]
            ranges.append(Superseded(attempt, seqs[0], seqs[-1]))
    return ranges


def digest(arguments: Any) -> str:
    """Return 16 hex digits that tell one set of arguments from another.

    What JSON has no word for counts by its type alone, so that an open file or a lock is no change.
    """
    text = to_json(arguments, fallback=lambda value: f"<{type(value).__qualname__}>")
    return hashlib.sha256(text).hexdigest()[:16]
