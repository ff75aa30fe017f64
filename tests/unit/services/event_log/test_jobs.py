"""Parents that hear of the end of a child, pure."""

from uuid import UUID

from runcast.lifecycle import State
from runcast.services.event_log.jobs import tell_parents
from runcast.services.event_log.row import Draft
from tests.tools.drafts import EXECUTION, at, kinds, running

CHILD = UUID(int=8)


def ended_child() -> Draft:
    """Return a child that has just ended."""
    draft = running(id=CHILD, parent_id=EXECUTION)
    draft.move(State.SUCCEEDED)
    return draft


def test_a_parent_that_waits_hears_of_it_once() -> None:
    drafts = {EXECUTION: at(State.WAITING), CHILD: ended_child()}
    tell_parents(drafts)
    tell_parents(drafts)
    assert kinds(drafts[EXECUTION]) == ["execution.resumed"]
    assert drafts[EXECUTION].row.inbox == 1


def test_a_parent_that_has_ended_hears_nothing() -> None:
    drafts = {EXECUTION: at(State.FAILED), CHILD: ended_child()}
    tell_parents(drafts)
    assert drafts[EXECUTION].row.inbox == 0


def test_a_parent_that_is_gone_is_nobody_to_tell() -> None:
    drafts = {CHILD: ended_child()}
    tell_parents(drafts)
    assert not drafts[CHILD].ended


def test_a_child_that_goes_on_is_no_news() -> None:
    drafts = {EXECUTION: at(State.WAITING), CHILD: running(id=CHILD, parent_id=EXECUTION)}
    tell_parents(drafts)
    assert drafts[EXECUTION].row.inbox == 0
