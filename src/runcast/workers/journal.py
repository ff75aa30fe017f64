"""What the log remembers for a handler that runs again from its top. Pure.

A durable call has a key: its name and, for repeats, `#n` in order of call. What the log holds is
handed back; until all of it, and every wait that has begun, has been asked for again, the run is
muted, because what it says there is in the log already.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from runcast.workers.digests import digest


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
    """What the log holds of a finished call: its result as it was committed, or its error.

    `of` names the call where it is no step. One that was `copied` from the execution that this one
    retries mutes nothing, because what was said around it is in the other log; and the code may have
    been mended not to ask for it.
    """

    digest: str | None
    result: Any = None
    error: dict[str, Any] | None = None
    copied: bool = False
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """What the log holds of a wait that has begun: with what arguments, and until when (RFC 3339)."""

    digest: str | None = None
    until: str | None = None


class HandlerChanged(Exception):
    """The code asks for something else than the log tells."""


@dataclass(slots=True)
class Journal:
    """The durable calls of a log; `unasked` are those of its own not yet asked for again.

    Attributes:
        held: the calls that have ended. A question is not among them for its answer, only for having
            expired.
        begun: the waits that have begun, ended or not.
        last_result: where the last result that is held, or the last wait that has begun, stands.
        parked: where the execution was last parked; all that was emitted before counts.
        ran: seconds that the attempt had run for when it was parked.
        settled: up to here, every emitted event that is not superseded counts.
        unfinished: the steps that were begun and are to be run again.
        changed: kept beside being raised, because a handler may swallow what it did not expect.
    """

    held: dict[str, Held] = field(default_factory=dict)
    begun: dict[str, Begun] = field(default_factory=dict)
    last_result: int = 0
    parked: int = 0
    ran: float = 0.0
    settled: int = 0
    superseded: list[tuple[int, int]] = field(default_factory=list)
    unfinished: frozenset[str] = frozenset()
    changed: HandlerChanged | None = None
    unasked: set[str] = field(default_factory=set)
    _calls: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    _asked: defaultdict[str | None, int] = field(default_factory=lambda: defaultdict(int))
    _questions: set[str] = field(default_factory=set)

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

    def question_id(self, name: str | None) -> str:
        """Return the id of the next question of this name: `q1`, `q2`, …; `name`, `name.2`, …"""
        while True:
            self._asked[name] += 1
            question_id = _numbered(name, self._asked[name])
            if question_id not in self._questions:
                self._questions.add(question_id)
                return question_id

    def ask(self, key: str, digest: str) -> Held | None:
        """Return what the log holds under this key, or None; then `begun` may still know it.

        Raises:
            HandlerChanged: it was called with other arguments.
        """
        held = self.held.get(key)
        known = held or self.begun.get(key)
        if known is not None and known.digest not in {None, digest}:
            self.changed = HandlerChanged(
                f"the log holds {key} called with arguments of digest {known.digest}; "
                f"the code now calls it with arguments of digest {digest}"
            )
            raise self.changed
        self.unasked.discard(key)
        return held


def _numbered(name: str | None, n: int) -> str:
    if name is None:
        return f"q{n}"
    return name if n == 1 else f"{name}.{n}"


def question_key(question_id: str) -> str:
    """Return the key under which a question is remembered; no step's key reads like it."""
    return f"question#?{question_id}"


def question_digest(prompt: str, schema: Any) -> str:
    """Return what tells a question from another."""
    return digest((prompt, schema))


def superseded(journal: Journal, emitted: Sequence[Emitted]) -> list[Superseded]:
    """Return the ranges of emitted events that count no more, in order, that were not told before.

    What counts no more was emitted after the last durable result outside finished steps, or inside a
    step that never finished, and after the execution was last parked. A range never spans an emitted
    event that counts.

    Args:
        emitted: what handlers emitted after `journal.settled`, in order of `seq`.
    """

    def dead(event: Emitted) -> int | None:
        if event.step is None:
            counts = event.seq <= journal.last_result
        else:
            counts = event.step not in journal.unfinished
        counts = counts or event.seq <= journal.parked
        told = any(first <= event.seq <= last for first, last in journal.superseded)
        return None if counts or told else event.attempt

    ranges = []
    for attempt, events in groupby(emitted, dead):
        if attempt is not None:
            seqs = [event.seq for event in events]
            ranges.append(Superseded(attempt, seqs[0], seqs[-1]))
    return ranges
