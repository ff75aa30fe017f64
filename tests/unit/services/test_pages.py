"""Cursors: what was encoded comes back, and nothing else does."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcast.errors import Unprocessable
from runcast.services.pages import Cursors

CURSORS = Cursors(b"k" * 32)
VALUES = st.lists(st.one_of(st.none(), st.integers(-(2**53), 2**53), st.text()), max_size=4)


@given(scope=st.text(), values=VALUES)
def test_a_cursor_gives_back_what_it_was_made_of(scope: str, values: list[object]) -> None:
    assert CURSORS.decode(scope, CURSORS.encode(scope, values)) == values


def test_a_cursor_of_another_scope_is_refused() -> None:
    cursor = CURSORS.encode("items sort=name", ["a", "1"])
    with pytest.raises(Unprocessable):
        CURSORS.decode("items sort=id", cursor)


def test_a_cursor_of_another_server_is_refused() -> None:
    cursor = Cursors(b"x" * 32).encode("items", [1])
    with pytest.raises(Unprocessable):
        CURSORS.decode("items", cursor)


def test_a_changed_payload_is_refused() -> None:
    signed = base64.urlsafe_b64decode(CURSORS.encode("items", [100]) + "==")
    changed = base64.urlsafe_b64encode(signed.replace(b"100", b"900")).decode().rstrip("=")
    with pytest.raises(Unprocessable):
        CURSORS.decode("items", changed)


@pytest.mark.parametrize("cursor", ["", "x", "é", "a b", "%%%%", "A" * 40, "===="])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Unprocessable):
        CURSORS.decode("items", cursor)


def test_a_scope_that_ends_like_a_payload_is_another_scope() -> None:
    with pytest.raises(Unprocessable):
        CURSORS.decode('items["a"', CURSORS.encode("items", ["a"]))
