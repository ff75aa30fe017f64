"""Refresh tokens: their form, and where one stands in its family."""

from uuid import uuid4

import pytest

from runcast.services import refresh_tokens
from runcast.services.refresh_tokens import RefreshToken, Standing, first, parse, standing

KEY = b"k" * 32


def family(rotations: int) -> list[RefreshToken]:
    """Return the tokens of one session, the newest last."""
    tokens = [first(uuid4())]
    for _ in range(rotations):
        tokens.append(tokens[-1].successor(KEY))
    return tokens


def test_a_token_reads_back_as_it_was_spelled() -> None:
    token = family(3)[-1]
    assert parse(str(token)) == token
    assert str(token).startswith("rcr_")


def test_a_successor_is_always_the_same() -> None:
    token = first(uuid4())
    assert token.successor(KEY) == token.successor(KEY)
    assert token.successor(KEY).secret != token.secret


def test_a_successor_needs_the_servers_key() -> None:
    token = first(uuid4())
    assert token.successor(KEY).secret != token.successor(b"x" * 32).secret


@pytest.mark.parametrize(
    ("age", "expected"),
    [(0, Standing.CURRENT), (1, Standing.PREVIOUS), (2, Standing.OLDER), (9, Standing.OLDER)],
)
def test_a_genuine_token_is_known_by_its_age(age: int, expected: Standing) -> None:
    tokens = family(10)
    newest = tokens[-1]
    token = tokens[-1 - age]
    assert standing(token, KEY, newest.generation, newest.hash) is expected


@pytest.mark.parametrize("generation", [0, 3, 4, 5, 6, 2**32 - 1])
def test_a_made_up_secret_is_forged_whatever_its_generation(generation: int) -> None:
    newest = family(5)[-1]
    forged = RefreshToken(newest.session_id, generation, b"f" * 32)
    assert standing(forged, KEY, newest.generation, newest.hash) is Standing.FORGED


def test_a_genuine_secret_under_another_generation_is_forged() -> None:
    tokens = family(5)
    moved = RefreshToken(tokens[1].session_id, 3, tokens[1].secret)
    assert standing(moved, KEY, 5, tokens[-1].hash) is Standing.FORGED


def test_the_way_forward_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = family(5)
    monkeypatch.setattr(refresh_tokens, "MAX_STEPS", 4)
    assert standing(tokens[1], KEY, 5, tokens[-1].hash) is Standing.OLDER
    assert standing(tokens[0], KEY, 5, tokens[-1].hash) is Standing.FORGED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rcr_",
        "rcr_" + "A" * 69,
        "rcr_" + "A" * 71,
        "rcr_" + "%" * 70,
        "rcx_" + "A" * 70,
        "é" * 74,
    ],
)
def test_what_is_no_token_is_none(text: str) -> None:
    assert parse(text) is None


def test_a_token_in_a_log_line_shows_no_secret() -> None:
    token = first(uuid4())
    assert str(token)[-20:] not in repr(token)
    assert token.secret.hex() not in repr(token)
