"""The text of an item holds what is looked for, whoever wrote it how; and never too much of it."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcast import search_text
from runcast.errors import Unprocessable
from runcast.search_text import MAX_BYTES, normalised, of_item, words
from runcast.strict_json import MAX_DEPTH

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.mark.parametrize(
    ("name", "metadata", "text"),
    [
        ("Sweep", {}, "sweep"),
        ("a", {"B": "C", "A": [1, 2.5]}, "a a 1 2.5 b c"),
        ("a", {"x": [True, False, None, {}, []]}, "a x"),
        ("a", {"n": [1e22, 10**22, -0.1, 1.0]}, "a n 1e+22 1e+22 -0.1 1.0"),
        ("\tK\u00e4\u00df \u00a0 \n\ufb01n", {}, "k\u00e4ss fin"),
        ("e\u0301 \u2163", {}, "\u00e9 iv"),
        ("a", None, "a"),
    ],
)
def test_names_keys_strings_and_numbers_are_the_text(name: str, metadata: Any, text: str) -> None:
    assert of_item(name, metadata) == text


def test_the_order_of_members_does_not_matter() -> None:
    assert of_item("n", {"a": {"x": 1, "y": 2}, "b": 3}) == of_item(
        "n", {"b": 3, "a": {"y": 2, "x": 1}}
    )


@given(st.lists(TEXTS, max_size=5))
def test_every_word_is_found_in_the_text_that_it_was_taken_from(texts: list[str]) -> None:
    found = of_item(texts[0] if texts else "", {"list": texts[1:]})
    for text in texts:
        for word in text.split():
            assert all(part in found for part in normalised(word).split())


@given(TEXTS)
def test_case_and_form_make_no_difference_in_ascii(text: str) -> None:
    plain = text.encode("ascii", "ignore").decode()
    assert normalised(plain.upper()) == normalised(plain.lower()) == normalised(plain + "\u3000")


@given(TEXTS)
def test_normalised_text_has_single_spaces_and_no_capital_that_sqlite_would_fold(text: str) -> None:
    found = normalised(text)
    assert found == " ".join(found.split())
    assert not any("A" <= character <= "Z" for character in found)


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_a_text_is_bounded_and_well_formed_whatever_is_in_it(
    name: str, metadata: dict[str, str]
) -> None:
    found = of_item(name * 400, metadata)
    assert len(found.encode()) <= MAX_BYTES


def test_the_name_comes_first_and_what_is_over_the_bound_is_cut_at_a_character() -> None:
    found = of_item("Name", {"k": "\u00e4" * 20_000})
    assert found.startswith("name k \u00e4")
    assert MAX_BYTES - 1 <= len(found.encode()) <= MAX_BYTES


def test_what_is_endless_is_left_to_those_who_refuse_it() -> None:
    endless: list[Any] = []
    endless += [endless, endless]
    assert of_item("a", {"x": endless}) == "a x"


def test_what_is_nested_as_deep_as_can_be_is_in_the_text() -> None:
    metadata: Any = ["deep", True]
    for _ in range(MAX_DEPTH - 1):
        metadata = {"k": metadata}
    assert of_item("a", metadata).endswith("k deep")


def test_the_worst_text_takes_no_time_that_anybody_notices() -> None:
    marks = "a" + "\u0300" * 10_000 + "\u0316" * 10_000
    start = time.perf_counter()
    of_item(marks, {"x": marks})
    assert time.perf_counter() - start < 0.05


def test_a_query_is_split_in_words_as_the_text_is() -> None:
    assert words("  Gr\u00f6\u00dfe\u00a0\uff11 ") == ("gr\u00f6sse", "1")
    assert words("") == ()


def test_an_eleventh_word_is_refused() -> None:
    assert len(words("a b c d e f g h i j")) == search_text.MAX_WORDS
    with pytest.raises(Unprocessable, match="at most 10 words"):
        words("a b c d e f g h i j k")
