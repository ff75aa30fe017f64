"""What the journal events of a log come to: the journal with which an attempt begins. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from runcast.workers.journal import Begun, Held, Journal, question_digest, question_key


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


def read(events: Collection[JournalEntry]) -> Journal:
    """Return the journal of a log, given its journal events in order."""
    if not events:
        return Journal()
    notes = _Notes()
    for event in events:
        notes.take(event)
    ended = max((seq for seq, _ in notes.ended.values()), default=0)
    journal = Journal(
        held={key: held for key, (_, held) in notes.ended.items()},
        begun=notes.waits,
        last_result=max(ended, notes.waited),
        parked=notes.parked,
        ran=notes.ran,
        superseded=notes.superseded,
        unfinished=frozenset(notes.begun.keys() - notes.ended.keys()),
    )
    journal.unasked = {key for key, held in journal.held.items() if not held.copied}
    journal.unasked |= journal.begun.keys()
    settled = min([journal.last_result, *(notes.begun[k] for k in journal.unfinished)])
    journal.settled = max(settled, journal.parked)
    return journal


@dataclass(slots=True)
class _Notes:
    """What is gathered from a log.

    Attributes:
        begun: where each step first began.
        latest: where the last call began, of whatever kind.
        ended: where and how each call ended.
        waits, waited: the waits that have begun, and where the last of them did.
        parked, ran: where the execution was last parked, and for how long it had run by then.
    """

    begun: dict[str, int] = field(default_factory=dict)
    latest: int = 0
    ended: dict[str, tuple[int, Held]] = field(default_factory=dict)
    waits: dict[str, Begun] = field(default_factory=dict)
    waited: int = 0
    parked: int = 0
    ran: float = 0.0
    superseded: list[tuple[int, int]] = field(default_factory=list)

    def take(self, event: JournalEntry) -> None:
        seq, data = event.seq, event.data
        match event.kind:
            case "step.started" if "of" in data:
                self._wait(seq, data["key"], Begun(data.get("digest"), data.get("until")))
            case "step.started":
                self.begun.setdefault(data["key"], seq)
                self.latest = seq
            case "question":
                asked = question_digest(data["prompt"], data["schema"])
                self._wait(seq, question_key(data["id"]), Begun(asked, data["expires_at"]))
            case "step.succeeded":
                held = Held(
                    data.get("digest"),
                    data["result"],
                    copied="copied_from" in data,
                    of=data.get("of"),
                )
                self._end(seq, data["key"], held)
            case "step.failed" if not data["will_retry"]:
                held = Held(data.get("digest"), error=data["error"], of=data.get("of"))
                self._end(seq, _key(data, data.get("of")), held)
            case "child.started":
                held = Held(data.get("digest"), data["execution_id"], of="start")
                self._end(seq, data["key"], held)
            case "execution.waiting":
                self._park(seq, data)
            case "execution.retrying":
                self._forget_what_ended_the_attempt()
            case "execution.superseded":
                self.superseded.append((data["from"], data["to"]))
            case _:
                return

    def _wait(self, seq: int, key: str, begun: Begun) -> None:
        self.waits.setdefault(key, begun)
        self.latest = self.waited = seq

    def _end(self, seq: int, key: str, held: Held) -> None:
        self.ended[key] = (seq, held)
        if held.of is not None:
            self.latest = seq

    def _park(self, seq: int, data: Mapping[str, Any]) -> None:
        for each in data["for"]:
            self._wait(seq, _key(each, "question" if "question" in each else None), Begun())
        self.parked, self.ran = seq, data["ran"]

    def _forget_what_ended_the_attempt(self) -> None:
        """A step's failure after which nothing durable was begun is what the retry is for: it runs again.

        One that the handler lived on with stays, because what followed depends on it; so does what
        became of a wait.
        """
        for key, (seq, held) in list(self.ended.items()):
            if held.error is not None and held.of is None and seq > self.latest:
                del self.ended[key]


def _key(data: Mapping[str, Any], of: str | None) -> str:
    key: str = data["key"]
    return question_key(key) if of == "question" else key
