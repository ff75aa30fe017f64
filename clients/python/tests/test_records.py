"""Records: unknown fields are ignored, missing ones have their defaults, moments are moments."""

from datetime import UTC, datetime

import pytest

from runcast_client.errors import MalformedAnswer
from runcast_client.records import Event, EventPage, Execution, Item, Pruned, read, read_page


def test_fields_not_known_are_ignored() -> None:
    assert read(Item, {"id": "i", "name": "n", "version": 3, "colour": "red"}) == Item("i", "n", 3)


def test_moments_are_aware() -> None:
    execution = read(
        Execution, {"id": "e", "state": "queued", "created_at": "2025-01-02T03:04:05.000006Z"}
    )
    assert execution.created_at == datetime(2025, 1, 2, 3, 4, 5, 6, tzinfo=UTC)


def test_a_moment_that_is_not_yet_is_none() -> None:
    assert read(Execution, {"id": "e", "state": "queued", "started_at": None}).started_at is None


@pytest.mark.parametrize(
    "document", [None, [], "x", {}, {"id": "e"}, {"id": "e", "state": "x", "run_at": "?"}]
)
def test_what_is_no_execution_is_said_to_be_none(document: object) -> None:
    with pytest.raises(MalformedAnswer):
        read(Execution, document)


@pytest.mark.parametrize(("state", "ended"), [("waiting", False), ("failed", True)])
def test_an_execution_knows_whether_it_has_ended(state: str, ended: bool) -> None:
    assert Execution("e", state).ended is ended


def test_a_page_tells_its_gap() -> None:
    page = {"events": [{"seq": 901, "kind": "log"}], "oldest": 901, "head": 902, "next_after": 901}
    gap = {"from": 1, "to": 900}
    assert read_page({**page, "gap": gap}) == EventPage(
        (Event(901, "log"),), 901, 902, 901, Pruned(1, 900)
    )
    assert read_page({**page, "gap": None}).gap is None


@pytest.mark.parametrize("document", [None, {}, {"events": 7}])
def test_what_is_no_page_is_said_to_be_none(document: object) -> None:
    with pytest.raises(MalformedAnswer):
        read_page(document)
