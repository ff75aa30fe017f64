"""Strict JSON takes exactly what both databases and every client can hold, and hands back the same."""

import json
import math
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runcast import strict_json
from runcast.strict_json import MAX_DEPTH, MAX_INTEGER, InvalidDocument

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
)
documents = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
            inner,
            max_size=5,
        )
    ),
)
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=[])),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.text(st.characters(exclude_categories=[])), inner, max_size=5)
    ),
)


def holdable(value: Any) -> bool:
    """Tell, by other means, whether a parsed value is one that both databases hold."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, bool) or value is None:
        return True
    if isinstance(value, int):
        return -(2**53) < value < 2**53
    if isinstance(value, float):
        return not (math.isnan(value) or math.isinf(value))
    if isinstance(value, dict):
        return all(holdable(part) for pair in value.items() for part in pair)
    return all(map(holdable, value))


def nested(depth: int) -> bytes:
    """Return text of objects and arrays by turns, so deep."""
    opening = [b'{"a":', b"["]
    closing = [b"}", b"]"]
    turns = [level % 2 for level in range(depth)]
    return b"".join(opening[t] for t in turns) + b"0" + b"".join(closing[t] for t in turns[::-1])


@given(documents)
def test_a_document_comes_back_as_it_was(document: Any) -> None:
    text = strict_json.dumps(document)
    again = strict_json.loads(text)
    assert again == document
    assert strict_json.dumps(again) == text


@given(anything, st.booleans())
@example({"a": [2**53 - 1, -(2**53) + 1]}, False)
@example([2**53], False)
@example(["\ud800"], True)
@example({"\0": 1}, True)
@example([math.inf], False)
def test_exactly_what_can_be_held_is_taken(value: Any, escaped: bool) -> None:
    try:
        text = json.dumps(value, ensure_ascii=escaped).encode()
    except UnicodeEncodeError:
        return
    if holdable(value):
        assert strict_json.loads(text) == value
    else:
        with pytest.raises(InvalidDocument):
            strict_json.loads(text)


@given(anything)
def test_what_is_in_memory_is_judged_like_text(value: Any) -> None:
    if holdable(value):
        strict_json.check(value)
    else:
        with pytest.raises(InvalidDocument):
            strict_json.check(value)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_document_or_refused(text: bytes) -> None:
    try:
        value = strict_json.loads(text)
    except InvalidDocument:
        return
    assert value == orjson.loads(text)
    strict_json.check(value)


@given(st.text('0123456789.eE+-[]{}",\\ud8c0f ', max_size=40))
def test_no_text_of_numbers_and_escapes_gets_through_unjudged(text: str) -> None:
    try:
        value = strict_json.loads(text.encode())
    except InvalidDocument:
        return
    assert holdable(value)
    assert value == json.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        "9007199254740992",
        "-9007199254740992",
        "[1, 9007199254740993]",
        "18446744073709551616",
        "1" + "0" * 5000,
        "-" + "9" * 5000,
    ],
)
def test_an_integer_beyond_the_bound_is_refused_and_never_rounded(text: str) -> None:
    with pytest.raises(InvalidDocument, match="integer"):
        strict_json.loads(text.encode())


@pytest.mark.parametrize("integer", [MAX_INTEGER, -MAX_INTEGER, 0, 10**15])
def test_an_integer_within_the_bound_keeps_every_digit(integer: int) -> None:
    value = strict_json.loads(str(integer).encode())
    assert (type(value), value) == (int, integer)


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "-Infinity", "[1e999]", "-1e400", "1" * 400 + ".0"]
)
def test_a_number_that_is_not_finite_is_refused(text: str) -> None:
    with pytest.raises(InvalidDocument):
        strict_json.loads(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        rb'"\u0000"',
        rb'{"a\u0000": 1}',
        rb'"\ud800"',
        rb'"\uDC00"',
        rb'"\udc00\ud800"',
        rb'[1234567890123456, "\ud800"]',
        rb'[1e5, "\u0000"]',
        b'"\x00"',
        b'"\xed\xa0\x80"',
        b'"\xff"',
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b"",
        b"{",
        b"{}{}",
        b"{'a': 1}",
        b'{"a": 1,}',
        b"// {}",
    ],
)
def test_text_that_is_no_strict_json_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidDocument):
        strict_json.loads(text)


def test_escapes_that_stand_for_letters_are_taken() -> None:
    assert strict_json.loads(rb'"\ud83d\ude00 \\u0000 \u0001"') == "😀 \\u0000 \x01"


def test_nesting_is_bounded() -> None:
    assert strict_json.dumps(strict_json.loads(nested(MAX_DEPTH))) == nested(MAX_DEPTH)
    for depth in (MAX_DEPTH + 1, 2000, 200_000):
        with pytest.raises(InvalidDocument):
            strict_json.loads(nested(depth))


def test_brackets_in_text_are_no_nesting() -> None:
    text = "[" * 1000
    assert strict_json.loads(strict_json.dumps([text])) == [text]


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(InvalidDocument, match="nested"):
        strict_json.check(value)


@pytest.mark.parametrize("value", [{1: 2}, {None: 1}, {"a"}, b"a", object(), 1 + 2j])
def test_what_json_has_no_word_for_is_refused(value: Any) -> None:
    with pytest.raises(InvalidDocument):
        strict_json.dumps([value])
