"""Mail addresses: syntax only, and one key whatever the case."""

import pytest

from runcast.errors import Unprocessable
from runcast.services import addresses
from runcast.services.addresses import address_key, is_same_but_case, parse_address


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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a@stra\u00dfe.example", "a@strasse.example"),
        ("stra\u00dfe@a.example", "strasse@a.example"),
        ("\u017fam@a.example", "sam@a.example"),
        ("\ufb01x@a.example", "fix@a.example"),
        ("a@\u03c3\u03c2.example", "a@\u03c3\u03c3.example"),
        ("\u03c3\u03c2@a.example", "\u03c3\u03c3@a.example"),
    ],
)
def test_another_mailbox_and_another_domain_have_another_key(one: str, other: str) -> None:
    assert None not in {address_key(one), address_key(other)}
    assert address_key(one) != address_key(other)


def test_a_domain_is_one_however_it_is_written() -> None:
    keys = {
        address_key(f"a@{domain}") for domain in ("fa\u00df.de", "FA\u00df.DE", "xn--fa-hia.de")
    }
    assert keys == {"a@fa\u00df.de"}


def test_only_the_case_of_ascii_letters_makes_no_other_mailbox() -> None:
    assert is_same_but_case("Ada@Example.com", "ada@example.COM")
    assert not is_same_but_case("\u00d6@example.com", "\u00f6@example.com")
    assert not is_same_but_case("ada@example.com", "ada@example.org")


@pytest.mark.parametrize("text", ["x" * 2**20, "\u00df" * 321, "a@" + "b." * 2**19])
def test_what_is_too_long_costs_no_work(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unasked(*_args: object, **_more: object) -> None:
        raise AssertionError("it was looked at")

    monkeypatch.setattr(addresses, "validate_email", unasked)
    assert address_key(text) is None
    with pytest.raises(Unprocessable, match="320"):
        parse_address(text)
