"""A secret that stands in a document, repeats itself or was typed is told from one made by chance."""

import re
import secrets

import pytest

from runcast.cli.checks.strength import bits, weakness
from tests.tools.markdown import DOCUMENTS

_GIVEN = re.compile(r"RUNCAST_SECRET_KEY[=:] *[\"']?([\w+/-][^\s\"'`|]{31,})")


@pytest.mark.parametrize(
    "text",
    [
        "a" * 64,
        "abcd" * 16,
        "0123456789abcdef0123456789abcdef",
        "change-me-change-me-change-me-change-me",
        "a secret of at least 32 characters",
        "correct horse battery staple and so on",
        "runcast-Xc93jJ2kd0Dk2jd93kDk2jd92kDj",
        "my-super-Secret-Key-for-2026-servers!",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
    ],
)
def test_what_somebody_could_guess_is_weak(text: str) -> None:
    assert weakness(text, 100) is not None


@pytest.mark.parametrize(
    "make",
    [
        lambda: secrets.token_urlsafe(32),
        lambda: secrets.token_hex(32),
        lambda: secrets.token_urlsafe(48),
        lambda: secrets.token_hex(24),
    ],
)
def test_what_was_made_by_chance_is_not(make: object) -> None:
    assert callable(make)
    assert [text for text in (make() for _ in range(200)) if weakness(text, 100)] == []


def test_chance_is_counted_by_how_often_each_character_comes() -> None:
    assert bits("aaaa") == 0
    assert bits("abcd") == 8
    assert bits("ab" * 8) == 16


def test_no_document_shows_a_secret_that_passes_for_one() -> None:
    shown = [text for path in DOCUMENTS for text in _GIVEN.findall(path.read_text())]
    assert [text for text in shown if weakness(text, 100) is None] == []
