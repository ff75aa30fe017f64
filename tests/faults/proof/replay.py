"""What a log says its row must be: the life of an execution folded from its events. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FINAL = {"succeeded", "failed", "cancelled"}
Event = Mapping[str, Any]


@dataclass(slots=True)
class Replay:
    """Where an execution stands after the events so far, and what of them cannot be.

    Attributes:
        unsure: how much higher claim and takeovers may be: a cancel of what runs may have been the
            last word of its holder, or of whoever took it over.
        cuts: how many claims were cut short: taken over, handed back, failed.
    """

    state: str = "none"
    attempt: int = 0
    claim: int = 0
    takeovers: int = 0
    retries: int = 0
    unsure: int = 0
    cuts: int = 0
    is_resuming: bool = False
    is_cancelled: bool = False
    writers: set[int] = field(default_factory=set)
    violations: list[str] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Go on by one event."""
        name = event["kind"].replace(".", "_")
        turn = getattr(self, f"_{name}", None) if name.startswith("execution_") else None
        if turn is not None:
            turn(event["data"])
        elif event["kind"] == "cancel.requested":
            self.is_cancelled = True
        elif event["kind"] not in {"answer", "signal"}:
            self._check(event, self.state == "running", "nobody held it")
        self._check(event, event["attempt"] == self.attempt, f"attempt {self.attempt}")
        if event["kind"] == "said":
            self._hear(event)

    def _hear(self, event: Event) -> None:
        data = event["data"]
        self._check(event, data["run"] == self.attempt, "another attempt wrote it")
        self.writers.add(data["pid"])
        self._check(event, len(self.writers) == 1, f"two processes wrote: {self.writers}")

    def _check(self, event: Event, holds: bool, otherwise: str) -> None:
        if not holds:
            self.violations.append(f"event {event['seq']} {event['kind']}: {otherwise}")

    def _move(self, state: str, *before: str) -> None:
        if self.state not in before:
            self.violations.append(f"from {self.state} to {state}")
        self.state = state

    def _execution_queued(self, data: Mapping[str, Any]) -> None:
        reason = data.get("reason")
        self._move("queued", "none" if reason is None else "running")
        self.cuts += reason is not None
        self.claim += reason == "worker_lost"
        self.takeovers += reason == "worker_lost"

    def _execution_started(self, _data: Mapping[str, Any]) -> None:
        self._move("running", "queued")
        self.claim += 1
        self.attempt += not self.is_resuming
        self.is_resuming = False
        self.writers = set()

    def _execution_waiting(self, _data: Mapping[str, Any]) -> None:
        self._move("waiting", "running")

    def _execution_resumed(self, _data: Mapping[str, Any]) -> None:
        self._move("queued", "waiting")
        self.is_resuming = True

    def _execution_retrying(self, _data: Mapping[str, Any]) -> None:
        self._move("queued", "running")
        self.retries += 1
        self.cuts += 1

    def _execution_succeeded(self, _data: Mapping[str, Any]) -> None:
        self._move("succeeded", "running")

    def _execution_failed(self, data: Mapping[str, Any]) -> None:
        self._move("failed", "running")
        lost = data["error"]["code"] == "worker_lost"
        self.claim += lost
        self.takeovers += lost

    def _execution_cancelled(self, _data: Mapping[str, Any]) -> None:
        if self.state == "running":
            self.unsure = int(self.is_cancelled)
        else:
            self.claim += 1
        self._move("cancelled", "queued", "running", "waiting")


def replay(events: Sequence[Event]) -> Replay:
    """Return where a whole log leads."""
    stand = Replay()
    for event in events:
        stand.take(event)
    return stand


def disagreements(row: Mapping[str, Any], events: Sequence[Event]) -> list[str]:
    """Return in what a row and its log disagree."""
    stand = replay(events)
    exact = {name: row[name] == getattr(stand, name) for name in ("state", "attempt", "retries")}
    counted = {
        name: 0 <= row[name] - getattr(stand, name) <= stand.unsure
        for name in ("claim", "takeovers")
    }
    found = [
        f"the row has {name} {row[name]}, the log {getattr(stand, name)}"
        for name, agrees in (exact | counted).items()
        if not agrees
    ]
    found += stand.violations
    if row["last_seq"] != len(events):
        found.append(f"the row has last_seq {row['last_seq']}, the log {len(events)} events")
    if stand.state not in FINAL:
        found.append(f"it has not ended: {stand.state}")
    for name, empty in (("worker_id", None), ("wake_at", None), ("open_questions", "[]")):
        if stand.state in FINAL and row[name] != empty:
            found.append(f"it has ended, and has {name} {row[name]}")
    return found
