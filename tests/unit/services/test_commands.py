"""What makes a repeat of a command known, and what may be sent at all."""

from typing import Any, cast
from uuid import UUID

import pytest

from runcast.errors import TooLarge
from runcast.ids import TimeOrderedIds
from runcast.services.audit import Actor, Audit
from runcast.services.commands import MAX_DOCUMENT_BYTES, Sender, digest, document
from runcast.services.event_log import EventLog
from runcast.services.principals import Client, Principal
from runcast.strict_json import InvalidDocument
from tests.tools.clock import FakeClock

ADA, BOB = UUID(int=1), UUID(int=2)
ONE, OTHER = UUID(int=3), UUID(int=4)


def sender(user_id: UUID = ADA, execution_id: UUID = ONE, key: str | None = None) -> Sender:
    """Return somebody who sends something."""
    who = Principal(user_id, "", "", is_admin=False, session_id=None, expires_at=None)
    audit, actor = Audit(FakeClock(), TimeOrderedIds()), Actor(Client("", ""), who)
    return Sender(cast("EventLog", None), audit, actor, execution_id, key)


def test_an_id_is_its_senders_and_of_one_execution() -> None:
    senders = [sender(ADA, ONE, "k"), sender(ADA, OTHER, "k"), sender(BOB, ONE, "k")]
    scopes = {each.command(b"").scope for each in senders}
    assert len(scopes) == 3
    assert {each.command(b"").key for each in senders} == {"k"}


def test_without_an_id_each_command_has_one_of_its_own() -> None:
    one = sender()
    assert one.command(b"x").key != one.command(b"x").key


@pytest.mark.parametrize(
    ("content", "other"),
    [
        (("answer", "q1", True), ("answer", "q1", 1)),
        (("answer", "q1", 1), ("answer", "q1", 1.0)),
        (("answer", "q1", None), ("answer", "q1", [])),
        (("answer", "q1", 1), ("answer", "q2", 1)),
        (("answer", "go", 1), ("signal", "go", 1)),
    ],
)
def test_other_content_has_another_digest(content: tuple[Any], other: tuple[Any]) -> None:
    assert digest(*content) == digest(*content)
    assert digest(*content) != digest(*other)


def test_the_order_of_members_is_no_difference() -> None:
    assert digest({"a": 1, "b": {"c": 2, "d": 3}}) == digest({"b": {"d": 3, "c": 2}, "a": 1})


def test_a_document_is_bounded_in_bytes() -> None:
    assert document("é" * (MAX_DOCUMENT_BYTES // 2 - 1)) == f'"{"é" * 32_767}"'
    with pytest.raises(TooLarge):
        document("é" * (MAX_DOCUMENT_BYTES // 2))


@pytest.mark.parametrize("value", [float("nan"), "\0", 2**53, {"a": ["\0"]}])
def test_a_document_is_strict(value: Any) -> None:
    with pytest.raises(InvalidDocument):
        document(value)
