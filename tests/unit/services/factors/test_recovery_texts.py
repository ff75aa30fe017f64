"""Recovery codes read well, hold 80 bits of chance, and may be typed as one likes."""

import re

import pytest

from runcast.services.factors.recovery_texts import generate, hash_of


def test_a_code_is_four_groups_of_four() -> None:
    texts = {generate() for _ in range(100)}
    assert len(texts) == 100
    assert all(re.fullmatch(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}", text) for text in texts)


@pytest.mark.parametrize(
    "typed", ["ABCD-efgh-2345-abcd", "abcdefgh2345abcd", " abcd efgh\t2345 abcd"]
)
def test_capitals_spaces_and_hyphens_do_not_matter(typed: str) -> None:
    assert hash_of(typed) == hash_of("abcd-efgh-2345-abcd")


def test_what_is_kept_does_not_show_the_code() -> None:
    text = generate()
    assert len(hash_of(text)) == 32
    assert text.encode() not in hash_of(text)


@pytest.mark.parametrize("text", ["", "\ud800", "\0", "x" * 100_000])
def test_what_is_no_code_has_a_hash_too(text: str) -> None:
    assert len(hash_of(text)) == 32
