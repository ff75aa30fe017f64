"""What the log remembers for a handler that runs again, pure."""

from collections.abc import Sequence
from typing import Any

import pytest

from runcast.services.attempts import JournalEntry
from runcast.workers.journal import (
    Begun,
    Emitted,
    HandlerChanged,
    Held,
    Journal,
    Superseded,
    question_key,
    superseded,
)
from runcast.workers.journal_notes import read

ERROR = {"code": "exception", "message": "KeyError"}


def log(*said: tuple[str, str] | str) -> list[JournalEntry]:
    """Return journal events numbered 10, 20, 30, …

    Each is a (verb, key), as in ("started", "fit"), or "retrying".
    """
    return [_entry(10 * n, each) for n, each in enumerate(said, start=1)]


def _entry(seq: int, said: tuple[str, str] | str) -> JournalEntry:
    if isinstance(said, str):
        return JournalEntry(seq, f"execution.{said}", {"error": ERROR})
    verb, key = said
    data: dict[str, dict[str, Any]] = {
        "started": {"key": key, "name": key},
        "succeeded": {"key": key, "result": f"{key}'s", "digest": "d"},
        "copied": {"key": key, "result": f"{key}'s", "digest": "d", "copied_from": "x"},
        "failed": {"key": key, "error": ERROR, "will_retry": False, "digest": "d"},
        "stumbled": {"key": key, "error": ERROR, "will_retry": True, "digest": "d"},
    }
    kind = {"copied": "succeeded", "stumbled": "failed"}.get(verb, verb)
    return JournalEntry(seq, f"step.{kind}", data[verb])


def superseding(seq: int, first: int, last: int) -> JournalEntry:
    """Return the event that says that a range counts no more."""
    return JournalEntry(seq, "execution.superseded", {"attempt": 1, "from": first, "to": last})


def test_a_new_log_holds_nothing_and_mutes_nothing() -> None:
    journal = read([])
    assert journal.ask("fit", "d") is None
    assert not journal.muted


def test_calls_of_one_name_are_numbered() -> None:
    journal = read([])
    assert [journal.key(name) for name in ("fit", "fit", "load", "fit")] == [
        "fit",
        "fit#2",
        "load",
        "fit#3",
    ]


def test_a_finished_step_is_handed_back() -> None:
    journal = read(log(("started", "fit"), ("succeeded", "fit")))
    assert journal.ask("fit", "d") == Held("d", "fit's")


def test_the_run_is_muted_until_all_that_is_held_was_asked_for() -> None:
    journal = read(log(("started", "a"), ("succeeded", "a"), ("started", "b"), ("succeeded", "b")))
    seen = [journal.muted]
    for key in ("a", "new", "b"):
        journal.ask(key, "d")
        seen.append(journal.muted)
    assert seen == [True, True, True, False]


def test_a_copied_step_is_handed_back_and_mutes_nothing() -> None:
    journal = read(log(("copied", "fit")))
    assert not journal.muted
    held = journal.ask("fit", "d")
    assert held is not None
    assert held.result == "fit's"


def test_other_arguments_are_a_changed_handler_that_shows_both() -> None:
    journal = read(log(("started", "fit"), ("succeeded", "fit")))
    with pytest.raises(HandlerChanged, match=r"digest d;.*digest e") as changed:
        journal.ask("fit", "e")
    assert journal.changed is changed.value


def test_a_result_without_digest_is_handed_back_whatever_the_arguments() -> None:
    journal = read([JournalEntry(1, "step.succeeded", {"key": "fit", "result": 1})])
    assert journal.ask("fit", "e") == Held(None, 1)


def test_a_step_cut_short_is_run_again() -> None:
    journal = read(log(("started", "fit")))
    assert journal.ask("fit", "d") is None
    assert journal.unfinished == {"fit"}
    assert not journal.muted


def test_a_step_that_stumbled_and_was_cut_short_is_run_again() -> None:
    journal = read(log(("started", "fit"), ("stumbled", "fit")))
    assert journal.ask("fit", "d") is None
    assert journal.unfinished == {"fit"}


def test_a_failure_that_ended_the_attempt_is_what_the_retry_is_for() -> None:
    journal = read(log(("started", "fit"), ("failed", "fit"), "retrying"))
    assert journal.ask("fit", "d") is None
    assert not journal.muted


def test_a_failure_before_a_crash_is_handed_back() -> None:
    journal = read(log(("started", "fit"), ("failed", "fit")))
    assert journal.ask("fit", "d") == Held("d", error=ERROR)


def test_a_failure_that_the_handler_lived_on_with_stays() -> None:
    journal = read(
        log(("started", "a"), ("failed", "a"), ("started", "b"), ("failed", "b"), "retrying")
    )
    assert journal.ask("a", "d") == Held("d", error=ERROR)
    assert journal.ask("b", "d") is None


def test_a_success_beside_the_failure_stays() -> None:
    journal = read(
        log(("started", "a"), ("started", "b"), ("failed", "a"), ("succeeded", "b"), "retrying")
    )
    assert set(journal.held) == {"b"}
    assert journal.unfinished == {"a"}


def test_a_step_that_failed_once_and_then_succeeded_is_held_as_succeeded() -> None:
    said = log(("started", "a"), ("failed", "a"), "retrying", ("started", "a"), ("succeeded", "a"))
    assert read(said).ask("a", "d") == Held("d", "a's")


def dead(events: Sequence[JournalEntry], *emitted: Emitted) -> list[Superseded]:
    """Return what counts no more."""
    journal = read(events)
    return superseded(journal, [event for event in emitted if event.seq > journal.settled])


def test_what_was_said_after_the_last_result_counts_no_more() -> None:
    said = log(("started", "a"), ("succeeded", "a"))
    emitted = [Emitted(seq, 1, None) for seq in (5, 15, 25, 26, 31)]
    assert dead(said, *emitted) == [Superseded(1, 25, 31)]


def test_without_a_result_nothing_counts() -> None:
    assert dead([], Emitted(3, 1, None), Emitted(4, 1, None)) == [Superseded(1, 3, 4)]


def test_what_a_step_said_that_was_cut_short_counts_no_more_wherever_it_stands() -> None:
    said = log(("started", "a"), ("started", "b"), ("succeeded", "b"))
    emitted = [Emitted(11, 1, "a"), Emitted(21, 1, "b"), Emitted(22, 1, None), Emitted(23, 1, "a")]
    assert dead(said, *emitted) == [Superseded(1, 11, 11), Superseded(1, 23, 23)]


def test_what_a_finished_step_said_late_counts() -> None:
    said = log(("started", "a"), ("succeeded", "a"))
    assert dead(said, Emitted(25, 1, "a"), Emitted(26, 1, None)) == [Superseded(1, 26, 26)]


def test_a_range_belongs_to_one_attempt() -> None:
    emitted = [Emitted(3, 1, None), Emitted(5, 2, None), Emitted(6, 2, None)]
    assert dead([], *emitted) == [Superseded(1, 3, 3), Superseded(2, 5, 6)]


def test_what_was_told_before_is_not_told_again() -> None:
    said = [superseding(6, 3, 5)]
    emitted = [Emitted(3, 1, None), Emitted(5, 1, None), Emitted(8, 2, None)]
    assert dead(said, *emitted) == [Superseded(2, 8, 8)]


def test_what_came_before_a_failure_that_is_run_again_counts_no_more() -> None:
    said = log(("started", "a"), ("failed", "a"), "retrying")
    assert dead(said, Emitted(5, 1, None), Emitted(15, 1, "a")) == [Superseded(1, 5, 15)]


def test_what_came_before_a_failure_that_stays_counts() -> None:
    said = log(("started", "a"), ("failed", "a"), ("started", "b"), "retrying")
    assert dead(said, Emitted(15, 1, "a"), Emitted(16, 1, None), Emitted(35, 1, "b")) == [
        Superseded(1, 35, 35)
    ]


def test_what_is_settled_need_not_be_read_again() -> None:
    assert read(log(("started", "a"), ("succeeded", "a"), ("started", "b"))).settled == 20
    assert read(log(("started", "a"), ("started", "b"), ("succeeded", "b"))).settled == 10


def test_no_name_reads_as_the_repeat_of_another() -> None:
    journal = Journal()
    keys = [journal.key(name) for name in ("a", "a", "a#2", "a#", "a#", "a##2")]
    assert len(set(keys)) == len(keys)
    assert keys[:2] == ["a", "a#2"]


def test_ids_of_questions_are_numbered_and_never_the_same() -> None:
    journal = Journal()
    names = [None, "approve", None, "approve", "q3", None, "approve.2"]
    ids = [journal.question_id(name) for name in names]
    assert ids == ["q1", "approve", "q2", "approve.2", "q3", "q4", "approve.2.2"]


def test_no_steps_key_reads_as_that_of_a_question() -> None:
    journal = Journal()
    names = ["question", "question", "question#?q1", "question#", "?q1"]
    assert question_key("q1") not in {journal.key(name) for name in names}


def test_a_wait_that_has_begun_mutes_until_it_is_asked_for_again() -> None:
    journal = Journal(begun={"sleep": Begun("d", "2026-01-01T00:00:00.000000Z")})
    journal.unasked = {"sleep"}
    assert journal.muted
    assert journal.ask("sleep", "d") is None
    assert not journal.muted


def test_a_wait_with_other_arguments_is_a_changed_handler() -> None:
    journal = Journal(begun={"sleep": Begun("d")})
    with pytest.raises(HandlerChanged, match=r"digest d; .* digest e"):
        journal.ask("sleep", "e")
    assert journal.changed is not None


def test_a_wait_without_a_digest_fits_whatever_is_asked() -> None:
    assert Journal(begun={"receive a": Begun()}).ask("receive a", "d") is None


def test_all_that_was_said_before_the_run_was_parked_counts() -> None:
    journal = Journal(last_result=50, parked=50, unfinished=frozenset({"cut"}))
    emitted = [Emitted(20, 1, "cut"), Emitted(40, 1, None), Emitted(60, 1, None)]
    assert superseded(journal, emitted) == [Superseded(1, 60, 60)]
