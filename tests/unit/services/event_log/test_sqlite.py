"""A group of jobs in one transaction of SQLite."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from runcast.database.sqlite_thread import connect
from runcast.errors import ClaimLost, NotFound, Unprocessable
from runcast.lifecycle import State
from runcast.services.event_log.row import Draft
from runcast.services.event_log.sqlite import (
    Job,
    Repeat,
    Select,
    as_moment,
    as_text,
    commit_group,
)
from runcast.services.event_log.units import (
    Append,
    CommandKey,
    Finish,
    RequestCancel,
    StepResult,
)
from tests.tools.event_logs import WORKER, append, claim_all, said, start
from tests.tools.rows import MOMENT

OWNER = UUID(int=2)


@pytest.fixture
def connection(database_url: str) -> Iterator[sqlite3.Connection]:
    """Yield a connection to a migrated file with one user in it."""
    with closing(connect(Path(database_url.removeprefix("sqlite:///")))) as connection:
        connection.execute(
            "INSERT INTO users (id, email, email_key, name, is_admin, created_at) "
            "VALUES (?, 'a', 'a', 'a', 0, ?)",
            (OWNER.hex, as_text(MOMENT)),
        )
        yield connection


def carry(connection: sqlite3.Connection, *jobs: Job) -> list[Any]:
    """Return the outcomes of a group."""
    return commit_group(connection, jobs, MOMENT).outcomes


def seqs(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """Return what all logs hold."""
    found = connection.execute("SELECT seq, kind FROM events ORDER BY execution_id, seq")
    return found.fetchall()


def test_a_group_tells_what_each_log_gained(connection: sqlite3.Connection) -> None:
    one, two = start(OWNER), start(OWNER)
    group = commit_group(connection, [one, two, claim_all()], MOMENT)
    assert [len(claims) for claims in group.outcomes[2:]] == [2]
    assert [(a.execution_id, a.state, [e.seq for e in a.events]) for a in group.appended] == [
        (unit.execution_id, State.RUNNING, [1, 2]) for unit in (one, two)
    ]


def test_a_later_job_sees_what_an_earlier_one_of_its_group_did(
    connection: sqlite3.Connection,
) -> None:
    unit = start(OWNER)
    (_, (got,)) = carry(connection, unit, claim_all())
    outcomes = carry(
        connection,
        append(got, "a"),
        Finish(got.execution_id, got.claim, State.SUCCEEDED, result="1"),
        append(got, "too late"),
    )
    assert outcomes[:2] == [None, None]
    assert isinstance(outcomes[2], ClaimLost)
    assert [kind for _, kind in seqs(connection)] == [
        "execution.queued",
        "execution.started",
        "note",
        "execution.succeeded",
    ]


def test_a_refused_job_leaves_its_neighbours_alone(connection: sqlite3.Connection) -> None:
    outcomes = carry(connection, append_to_nothing(), start(OWNER))
    assert isinstance(outcomes[0], NotFound)
    assert outcomes[1] == str(UUID(outcomes[1]))


def append_to_nothing() -> Append:
    """Return an append to an execution that there is not."""
    return Append(uuid4(), 1, (said("x"),))


def test_a_start_for_what_was_deleted_meanwhile_is_refused_alone(
    connection: sqlite3.Connection,
) -> None:
    item_gone = start(OWNER, item_id=uuid4())
    outcomes = carry(connection, start(uuid4()), item_gone, start(OWNER))
    assert [type(outcome) for outcome in outcomes] == [NotFound, NotFound, str]
    assert len(seqs(connection)) == 1


def test_an_error_of_the_database_rolls_the_whole_group_back(
    connection: sqlite3.Connection,
) -> None:
    connection.execute(
        "CREATE TRIGGER t BEFORE INSERT ON events BEGIN SELECT RAISE(FAIL, 'x'); END"
    )
    with pytest.raises(sqlite3.IntegrityError):
        carry(connection, start(OWNER))
    assert not connection.in_transaction
    assert connection.execute("SELECT count(*) FROM executions").fetchone() == (0,)


def test_any_other_error_rolls_the_whole_group_back(connection: sqlite3.Connection) -> None:
    def break_down(_draft: Draft) -> None:
        raise KeyError("a defect")

    with pytest.raises(KeyError):
        carry(connection, start(OWNER), Select("state = 'queued'", (), break_down))
    assert not connection.in_transaction
    assert seqs(connection) == []


def test_a_repeated_command_gets_the_first_outcome_and_does_nothing(
    connection: sqlite3.Connection,
) -> None:
    command = CommandKey("start x", "mine", b"digest")
    first = start(OWNER, command=command)
    repeat = start(OWNER, command=command)
    outcomes = carry(connection, first, repeat)
    assert outcomes == [str(first.execution_id), Repeat(str(first.execution_id))]
    assert carry(connection, repeat) == [Repeat(str(first.execution_id))]
    assert len(seqs(connection)) == 1


def test_a_command_repeated_for_another_request_is_refused(connection: sqlite3.Connection) -> None:
    carry(connection, start(OWNER, command=CommandKey("s", "k", b"one")))
    (outcome,) = carry(connection, start(OWNER, command=CommandKey("s", "k", b"two")))
    assert isinstance(outcome, Unprocessable)


def test_the_same_id_in_another_scope_is_another_command(connection: sqlite3.Connection) -> None:
    units = [start(OWNER, command=CommandKey(scope, "k", b"one")) for scope in "ab"]
    assert carry(connection, *units) == [str(unit.execution_id) for unit in units]


def test_a_refused_command_may_be_tried_again(connection: sqlite3.Connection) -> None:
    unit = start(OWNER)
    cancel = RequestCancel(unit.execution_id, OWNER, CommandKey("s", "k", b"one"))
    assert isinstance(carry(connection, cancel)[0], NotFound)
    assert carry(connection, unit, cancel)[1] == 3


def test_a_select_picks_in_the_order_and_number_it_names(connection: sqlite3.Connection) -> None:
    units = [start(OWNER, priority=priority) for priority in (0, 5, 1)]
    carry(connection, *units)
    job = Select(
        "state = ? ORDER BY priority DESC LIMIT ?",
        ("queued", 2),
        lambda draft: draft.row.id,
    )
    assert carry(connection, job) == [[units[1].execution_id, units[2].execution_id]]


def test_a_row_comes_back_as_it_was_saved(connection: sqlite3.Connection) -> None:
    unit = start(OWNER)
    carry(connection, unit, claim_all())
    seen: list[Draft] = []
    carry(connection, Select("1", (), seen.append))
    whole = replace(
        unit.row(MOMENT),
        state=State.RUNNING,
        claim=1,
        attempt=1,
        last_seq=2,
        worker_id=WORKER,
        started_at=MOMENT,
    )
    assert seen[0].row == whole


def test_a_large_result_has_a_row_of_its_own(connection: sqlite3.Connection) -> None:
    _, (got,) = carry(connection, start(OWNER), claim_all())
    text = '"' + "x" * 40_000 + '"'
    result = StepResult("fit", text, "0", "2026-01-01T00:00:00.000000Z")
    carry(connection, Append(got.execution_id, got.claim, (result,)))
    found = connection.execute("SELECT execution_id, ref, body FROM payloads").fetchall()
    assert found == [(got.execution_id.hex, "3", text)]


@pytest.mark.parametrize(
    "moment",
    [
        MOMENT,
        MOMENT + timedelta(microseconds=1),
        datetime(2026, 7, 1, 12, 30, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_a_moment_survives_its_text(moment: datetime) -> None:
    assert as_moment(as_text(moment)) == moment
    assert as_moment(as_text(moment)).tzinfo is UTC
