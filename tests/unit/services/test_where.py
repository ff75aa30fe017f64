"""`where=` is read as a pointer and strict JSON, or refused."""

from typing import Any

import pytest

from runcast.errors import Unprocessable
from runcast.services.where import Condition, parse


@pytest.mark.parametrize(
    ("text", "tokens", "value"),
    [
        ('/color:"red"', ("color",), "red"),
        ("/size/0:3", ("size", "0"), 3),
        (":{}", (), {}),
        ("/:null", ("",), None),
        ("/a~1b/m~0n/~01:true", ("a/b", "m~n", "~1"), True),
        ('/options:{"deep":[1,{"x":2}]}', ("options",), {"deep": [1, {"x": 2}]}),
        ("/a:b:1.5", ("a:b",), 1.5),
        ('/url:"http://x:1"', ("url",), "http://x:1"),
        ('/é:"ü"', ("é",), "ü"),
    ],
)
def test_a_pointer_ends_at_the_first_colon_before_json(
    text: str, tokens: tuple[str, ...], value: Any
) -> None:
    assert parse(text) == Condition(tokens, value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/color",
        "/color:",
        "/color:red",
        "color:1",
        "/a:NaN",
        "/a:9007199254740992",
        "/a:-9007199254740992",
        "/a:1e400",
        '/a:"\\u0000"',
        '/a:"\\ud800"',
        "/a:" + "[" * 65 + "]" * 65,
        "/a\0:1",
        "/a~2:1",
        "/a~:1",
        "/a" * 17 + ":1",
    ],
)
def test_what_is_no_pointer_or_no_strict_json_is_refused(text: str) -> None:
    with pytest.raises(Unprocessable):
        parse(text)


def test_the_largest_integers_and_the_longest_pointer_are_taken() -> None:
    assert parse("/a:9007199254740991").value == 2**53 - 1
    assert len(parse("/a" * 16 + ":1").tokens) == 16
