"""Statements and their arguments stand in one order."""

import re
from dataclasses import replace
from uuid import UUID

from runcast.services.event_log import postgres_statements as statements
from runcast.services.event_log.units import CommandKey, Start
from tests.tools.drafts import EXECUTION, OWNER, row, running
from tests.tools.rows import MOMENT


def parameters(statement: str) -> int:
    """Return how many parameters a statement takes."""
    return max(int(number) for number in re.findall(r"\$(\d+)", statement))


def test_a_saved_row_has_a_value_for_each_parameter() -> None:
    before = row()
    changed = [(statements.values(before), replace(before, last_seq=4))]
    columns = statements.saved_columns(changed)
    assert len(columns) == parameters(statements.SAVE)
    assert columns[0] == (EXECUTION,)
    assert columns[3] == (0,)


def test_a_fresh_row_has_a_value_for_each_parameter() -> None:
    start = Start(EXECUTION, OWNER, "work", None, "{}", MOMENT)
    columns = statements.fresh_columns([(start, start.row(MOMENT))], MOMENT)
    assert len(columns) == parameters(statements.INSERT)


def test_nothing_to_append_is_no_arguments() -> None:
    assert statements.event_columns([running()]) == []
    assert statements.payload_columns([running()]) == []


def test_events_and_payloads_go_in_as_columns() -> None:
    draft = running()
    draft.say("note", a=1)
    draft.payloads.append(("3", "x"))
    events = statements.event_columns([draft])
    assert [column[0] for column in events[:3]] == [EXECUTION, 3, "note"]
    assert len(events) == parameters(statements.APPEND)
    assert statements.payload_columns([draft]) == [(EXECUTION,), ("3",), ("x",)]


def test_commands_go_in_as_columns_but_for_the_moment() -> None:
    kept = [(CommandKey("s", "k", b"d"), UUID(int=9), "1")]
    columns = statements.command_columns(kept)
    assert columns == [["s"], ["k"], [b"d"], [UUID(int=9)], ["1"]]
    assert len(columns) + 1 == parameters(statements.KEEP_COMMANDS)
