"""What the log remembers for a handler that runs again from its top. Pure.

A durable call has a key: its name and, for repeats, `#n` in order of call. What the log holds is
handed back; until all of it has been asked for again, the run is muted, because what it says there is
in the log already.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields, is_dataclass
from itertools import groupby
from typing import Any, Protocol

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError, to_json


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
    """Emitted events of an attempt that was cut short, which count no more; both ends included.

    Journal events in between always count.
    """

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

    Attributes:
        last_result: where the last result that is held stands in the log.
        settled: up to here, every emitted event that is not superseded counts.
        unfinished: the steps that were begun and are to be run again.
        changed: kept beside being raised, because a handler may swallow what it did not expect.
    """

    held: dict[str, Held] = field(default_factory=dict)
    last_result: int = 0
    settled: int = 0
    superseded: list[tuple[int, int]] = field(default_factory=list)
    unfinished: frozenset[str] = frozenset()
    changed: HandlerChanged | None = None
    unasked: set[str] = field(default_factory=set)
    _calls: Counter[str] = field(default_factory=Counter)

    @property
    def muted(self) -> bool:
        """Whether something that this log made has not been asked for again."""
        return bool(self.unasked)

    def key(self, name: str) -> str:
        """Return the key of the next call of this name.

        A `#` in the name is doubled, so that no name reads as the repeat of another.
        """
        self._calls[name] += 1
        calls = self._calls[name]
        key = name.replace("#", "##")
        return key if calls == 1 else f"{key}#{calls}"

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
    notes = _Notes()
    for event in events:
        notes.take(event)
    journal = Journal(
        held={key: held for key, (_, held) in notes.ended.items()},
        last_result=max((seq for seq, _ in notes.ended.values()), default=0),
        superseded=notes.superseded,
        unfinished=frozenset(notes.begun.keys() - notes.ended.keys()),
    )
    journal.unasked = {key for key, held in journal.held.items() if not held.copied}
    journal.settled = min([journal.last_result, *(notes.begun[k] for k in journal.unfinished)])
    return journal


@dataclass(slots=True)
class _Notes:
    """What is gathered from a log: where each step first began, and where and how it ended."""

    begun: dict[str, int] = field(default_factory=dict)
    latest: int = 0
    ended: dict[str, tuple[int, Held]] = field(default_factory=dict)
    superseded: list[tuple[int, int]] = field(default_factory=list)

    def take(self, event: JournalEntry) -> None:
        data = event.data
        match event.kind:
            case "step.started":
                self.begun.setdefault(data["key"], event.seq)
                self.latest = event.seq
            case "step.succeeded":
                copied = "copied_from" in data
                held = Held(data.get("digest"), data["result"], copied=copied)
                self.ended[data["key"]] = (event.seq, held)
            case "step.failed" if not data["will_retry"]:
                held = Held(data.get("digest"), error=data["error"])
                self.ended[data["key"]] = (event.seq, held)
            case "execution.retrying":
                self._forget_what_ended_the_attempt()
            case "execution.superseded":
                self.superseded.append((data["from"], data["to"]))
            case _:
                return

    def _forget_what_ended_the_attempt(self) -> None:
        """A failure after which nothing durable was begun is what the retry is for: it runs again.

        One that the handler lived on with stays, because what followed depends on it.
        """
        for key, (seq, held) in list(self.ended.items()):
            if held.error is not None and seq > self.latest:
                del self.ended[key]


def superseded(journal: Journal, emitted: Sequence[Emitted]) -> list[Superseded]:
    """Return the ranges of emitted events that count no more, in order, that were not told before.

    What counts no more was emitted after the last durable result outside finished steps, or inside a
    step that never finished. A range never spans an emitted event that counts.

    Args:
        emitted: what handlers emitted after `journal.settled`, in order of `seq`.
    """

    def dead(event: Emitted) -> int | None:
        if event.step is None:
            counts = event.seq <= journal.last_result
        else:
            counts = event.step not in journal.unfinished
        told = any(first <= event.seq <= last for first, last in journal.superseded)
        return None if counts or told else event.attempt

    ranges = []
    for attempt, events in groupby(emitted, dead):
        if attempt is not None:
            seqs = [event.seq for event in events]
            ranges.append(Superseded(attempt, seqs[0], seqs[-1]))
    return ranges


def digest(arguments: Any) -> str:
    """Return 16 hex digits that tell one set of arguments from another.

    What JSON has no word for counts by its type alone, so that an open file or a lock is no change;
    sets and mappings count whatever their order, which differs from process to process.
    """
    return hashlib.sha256(_canonical(arguments).encode()).hexdigest()[:16]


def _canonical(value: Any) -> str:
    if isinstance(value, BaseModel):
        value = dict(value)
    elif is_dataclass(value) and not isinstance(value, type):
        value = {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, Mapping):
        members = sorted(f"{_canonical(key)}:{_canonical(each)}" for key, each in value.items())
        return f"{{{','.join(members)}}}"
    if isinstance(value, AbstractSet):
        return f"{{{','.join(sorted(map(_canonical, value)))}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_canonical, value))}]"
    return _leaf(value)


def _leaf(value: Any) -> str:
    if value is None or isinstance(value, str | bytes | int | float):
        return ascii(value)
    kind = f"<{type(value).__qualname__}>"
    if isinstance(value, Iterator):
        # To look at what it yields would take it away from the step.
        return kind
    try:
        return to_json(value, fallback=lambda _: kind).decode()
    except (PydanticSerializationError, ValueError):
        return kind
