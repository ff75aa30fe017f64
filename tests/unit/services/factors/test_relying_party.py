"""Passkeys are for the public name, or for localhost; and for no host that a stranger names."""

import pytest

from runcast.services.factors.relying_party import RelyingParty, relying_party

PUBLIC = "https://app.example.com"


def test_the_public_address_counts_whatever_was_asked() -> None:
    assert relying_party(PUBLIC, "http://evil.example", ()) == RelyingParty(
        "app.example.com", ("https://app.example.com",)
    )


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://App.Example.com/", "https://app.example.com"),
        ("https://app.example.com:443", "https://app.example.com"),
        ("https://app.example.com:8443/x", "https://app.example.com:8443"),
        ("http://localhost:80", "http://localhost"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(address: str, origin: str) -> None:
    party = relying_party(address, "", ())
    assert party is not None
    assert party.origins == (origin,)


@pytest.mark.parametrize("asked", ["http://localhost:8000", "http://app.localhost"])
def test_on_ones_own_machine_what_was_asked_is_enough(asked: str) -> None:
    party = relying_party(None, asked, ())
    assert party is not None
    assert party.origins == (asked,)


@pytest.mark.parametrize(
    "asked",
    [
        "https://app.example.com",
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
        "http://evil-localhost",
        "http://localhost.evil.example",
        "http://",
        "http://[",
        "http://localhost:x",
        "http://localhost:99999",
        "",
    ],
)
def test_no_other_name_is_believed(asked: str) -> None:
    assert relying_party(None, asked, ()) is None


def test_a_public_address_without_a_name_is_none() -> None:
    assert relying_party("http://127.0.0.1:8000", "http://localhost", ()) is None


def test_of_the_other_origins_those_of_the_domain_count() -> None:
    others = (
        "https://api.app.example.com/",
        "https://app.example.com",
        "https://example.com",
        "https://notapp.example.com",
        "http://[",
        "*",
    )
    party = relying_party(PUBLIC, "", others)
    assert party is not None
    assert party.origins == ("https://app.example.com", "https://api.app.example.com")
