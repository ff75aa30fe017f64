"""The form of API keys."""

import re

import pytest

from runcast.services import key_texts


def test_a_key_is_one_that_a_scanner_can_match_and_check() -> None:
    key = key_texts.generate()
    assert re.fullmatch(r"rck_[0-9A-Za-z]{49}", key)
    assert key_texts.is_well_formed(key)
    assert key.startswith(key_texts.hint(key))
    assert len(key_texts.hint(key)) == 8


def test_no_key_is_made_twice() -> None:
    assert len({key_texts.generate() for _ in range(100)}) == 100


@pytest.mark.parametrize("place", [4, 20, 46, 52])
def test_a_key_with_a_wrong_character_is_none(place: int) -> None:
    key = key_texts.generate()
    wrong = "a" if key[place] != "a" else "b"
    assert not key_texts.is_well_formed(key[:place] + wrong + key[place + 1 :])


@pytest.mark.parametrize("text", ["", "rck_", "rck_" + "0" * 49, "rck_" + "é" * 49, "x" * 53])
def test_what_only_looks_like_a_key_is_none(text: str) -> None:
    assert not key_texts.is_well_formed(text)


def test_the_checksum_stays_what_scanners_know() -> None:
    assert key_texts.is_well_formed("rck_" + "0" * 43 + "3dvSDv")
