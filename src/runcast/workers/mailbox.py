"""What was addressed to an execution, as far as it has been read: answers and signals. Pure.

What is kept here is not lost by coming early. A question that has expired is known here as well,
because an answer that came first wins, and only the log knows which did.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from runcast.workers.journal_notes import JournalEntry

RECEIVE = "receive "
_RECEIVE_KEY = re.compile(r"receive ((?:[^#]|##)*)(?:#\d+)?", re.DOTALL)


@dataclass(slots=True)
class Mailbox:
    """Answers by question, signals by name in the order in which they came.

    Attributes:
        seen: the last event of the log that was taken in.
        expired: the questions that nobody answered in time.
    """

    seen: int = 0
    answers: dict[str, Any] = field(default_factory=dict)
    expired: set[str] = field(default_factory=set)
    _signals: defaultdict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    _received: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def take_in(self, entries: Iterable[JournalEntry]) -> None:
        """Take in what came; entries that were seen before change nothing."""
        for entry in entries:
            if entry.seq > self.seen:
                self.seen = entry.seq
                self._take_in(entry.kind, entry.data)

    def has_signal(self, name: str) -> bool:
        """Tell whether there is a signal of this name that was not received yet."""
        return len(self._signals[name]) > self._received[name]

    def receive(self, name: str) -> Any:
        """Return the data of the next signal of this name, which `has_signal` has told of."""
        data = self._signals[name][self._received[name]]
        self._received[name] += 1
        return data

    def _take_in(self, kind: str, data: dict[str, Any]) -> None:
        match kind:
            case "answer":
                self.answers[data["question"]] = data["value"]
            case "signal":
                self._signals[data["name"]].append(data["data"])
            case "step.failed" if data.get("of") == "question":
                self.expired.add(data["key"])
            case _:
                return


def read(entries: Iterable[JournalEntry]) -> Mailbox:
    """Return the mailbox of a log, given its journal events in order."""
    mailbox = Mailbox()
    for entry in entries:
        mailbox.take_in([entry])
        if entry.kind == "step.succeeded" and entry.data.get("of") == "signal":
            mailbox.receive(signal_name(entry.data["key"]))
    return mailbox


def signal_name(key: str) -> str:
    """Return the name of the signal that was received under this key."""
    found = _RECEIVE_KEY.fullmatch(key)
    assert found is not None, key
    return found[1].replace("##", "#")
