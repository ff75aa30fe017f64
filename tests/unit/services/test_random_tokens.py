"""Credentials that are nothing but chance."""

import pytest

from runcast.services import random_tokens


@pytest.mark.parametrize("prefix", [random_tokens.SHARE, random_tokens.TICKET])
def test_no_two_are_the_same_and_each_says_what_it_is(prefix: str) -> None:
    made = {random_tokens.generate(prefix) for _ in range(100)}
    assert len(made) == 100
    assert all(text.startswith(prefix) and len(text) == 47 for text in made)
    assert len({random_tokens.hash_of(text) for text in made}) == 100


def test_any_text_has_a_hash() -> None:
    assert len(random_tokens.hash_of("\ud800")) == 32
