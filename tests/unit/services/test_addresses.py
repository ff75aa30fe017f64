"""Mail addresses: syntax only, and one key whatever the case."""

import pytest

from runcast.errors import Unprocessable
from runcast.services.addresses import address_key, parse_address


@pytest.mark.parametrize(
    "text",
    ["ada@example.com", "ADA@Example.COM", "Ada@EXAMPLE.com"],
)
def test_addresses_are_compared_without_case(text: str) -> None:
    assert parse_address(text).key == "ada@example.com"


def test_an_address_is_shown_as_it_was_typed() -> None:
    assert parse_address("Ada@example.com").email == "Ada@example.com"


def test_one_address_in_two_spellings_of_unicode_is_one() -> None:
    assert address_key("jos\u00e9@example.com") == address_key("JOSE\u0301@example.com")


@pytest.mark.parametrize("text", ["ada@example.test", "ada@host", "ada@mail.corp"])
def test_an_address_need_not_be_reachable_from_everywhere(text: str) -> None:
    assert parse_address(text).email == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "local",
        "@",
        "a@",
        "@b.example",
        "a b@c.example",
        "a@b@c.example",
        "a\0@b.example",
        "a@b\n.example",
        "x" * 65 + "@b.example",
        "\ud800@b.example",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    assert address_key(text) is None
    with pytest.raises(Unprocessable):
        parse_address(text)
