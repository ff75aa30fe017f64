"""What was addressed to an execution, pure."""

from typing import Any

import pytest

from runcast.services.attempts import JournalEntry
from runcast.workers import mailbox
from runcast.workers.journal import Journal
from runcast.workers.mailbox import Mailbox, signal_name


def signal(seq: int, name: str, data: Any) -> JournalEntry:
    """Return the event of a signal."""
    return JournalEntry(seq, "signal", {"name": name, "data": data, "by": "x"})


def answer(seq: int, question: str, value: Any) -> JournalEntry:
    """Return the event of an answer."""
    return JournalEntry(seq, "answer", {"question": question, "value": value, "by": "x"})


def received(seq: int, key: str) -> JournalEntry:
    """Return the event of a signal that was received."""
    return JournalEntry(seq, "step.succeeded", {"key": key, "result": None, "of": "signal"})


def test_signals_of_a_name_are_received_in_order() -> None:
    box = Mailbox()
    box.take_in([signal(1, "a", 1), signal(2, "b", 2), signal(3, "a", 3)])
    assert [box.receive("a"), box.receive("a"), box.receive("b")] == [1, 3, 2]
    assert not box.has_signal("a")


def test_what_was_received_before_is_not_received_again() -> None:
    box = mailbox.read([signal(1, "a", 1), signal(2, "a", 2), received(3, "receive a")])
    assert box.receive("a") == 2
    assert not box.has_signal("a")
    assert box.seen == 3


def test_what_was_seen_is_not_taken_in_twice() -> None:
    box = Mailbox()
    for _ in range(2):
        box.take_in([signal(1, "a", 1)])
    box.receive("a")
    assert not box.has_signal("a")


def test_answers_and_expired_questions_are_known() -> None:
    failed = {"key": "q2", "error": {}, "will_retry": False, "of": "question"}
    step = {"key": "q3", "error": {}, "will_retry": False}
    box = mailbox.read(
        [
            answer(1, "q1", [1]),
            JournalEntry(2, "step.failed", failed),
            JournalEntry(3, "step.failed", step),
        ]
    )
    assert box.answers == {"q1": [1]}
    assert box.expired == {"q2"}


@pytest.mark.parametrize("name", ["a", "a#2", "a#", "#", "a##3", "ünï-c:d"])
def test_the_name_of_a_signal_is_read_from_the_keys_of_its_calls(name: str) -> None:
    journal = Journal()
    keys = [journal.key(mailbox.RECEIVE + name) for _ in range(12)]
    assert {signal_name(key) for key in keys} == {name}
