"""A provider's metadata: of this issuer, with addresses that are safe, and signatures to rely on."""

from typing import Any

import pytest

from runcast.errors import Unavailable
from runcast.services.providers import metadata

ISSUER = "https://id.example/tenant"
DOCUMENT: dict[str, Any] = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize?p=1",
    "token_endpoint": "https://tokens.example/token",
    "jwks_uri": f"{ISSUER}/keys",
}


@pytest.mark.parametrize("issuer", [ISSUER, f"{ISSUER}/"])
def test_it_is_below_the_issuer(issuer: str) -> None:
    assert metadata.address_of(issuer) == f"{ISSUER}/.well-known/openid-configuration"


def test_what_is_not_said_is_what_the_standard_says() -> None:
    found = metadata.read("acme", ISSUER, DOCUMENT)
    assert found.algorithms == {"RS256"}
    assert found.client_authentication == {"client_secret_basic"}
    assert found.userinfo_endpoint is None
    assert (found.names_itself, found.prompts) == (False, frozenset())


def test_signatures_that_prove_nothing_are_left_out() -> None:
    said = {"id_token_signing_alg_values_supported": ["none", "HS256", "ES256", 7, "EdDSA"]}
    assert metadata.read("acme", ISSUER, DOCUMENT | said).algorithms == {"ES256", "EdDSA"}
    said["id_token_signing_alg_values_supported"] = ["none", "HS512"]
    with pytest.raises(Unavailable):
        metadata.read("acme", ISSUER, DOCUMENT | said)


@pytest.mark.parametrize("issuer", [None, "https://id.example", f"{ISSUER}/", 7])
def test_that_of_another_issuer_is_refused(issuer: object) -> None:
    with pytest.raises(Unavailable):
        metadata.read("acme", ISSUER, DOCUMENT | {"issuer": issuer})


@pytest.mark.parametrize("document", [[], [DOCUMENT], "x", None, {}])
def test_what_is_none_is_refused(document: object) -> None:
    with pytest.raises(Unavailable):
        metadata.read("acme", ISSUER, document)


@pytest.mark.parametrize(
    "url",
    [
        None,
        7,
        "",
        "/token",
        "http://tokens.example/token",
        "http://127.0.0.1/token",
        "http://169.254.169.254/latest/meta-data",
        "https://u:p@tokens.example/",
        "https://tokens.example/#x",
        "https://[",
        "https://tokens.example:99999999/",
        "file:///etc/passwd",
        "javascript:alert(1)",
    ],
)
@pytest.mark.parametrize(
    "name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"]
)
def test_an_address_that_is_not_safe_is_refused(name: str, url: object) -> None:
    document = {**DOCUMENT, "userinfo_endpoint": f"{ISSUER}/me", name: url}
    if (name, url) == ("userinfo_endpoint", None):
        assert metadata.read("acme", ISSUER, document).userinfo_endpoint is None
    else:
        with pytest.raises(Unavailable):
            metadata.read("acme", ISSUER, document)


def test_a_provider_on_this_machine_may_name_addresses_on_it_and_no_others() -> None:
    here = "http://127.0.0.1:9000"
    document = {
        "issuer": here,
        "authorization_endpoint": f"{here}/a",
        "token_endpoint": f"{here}/t",
        "jwks_uri": f"{here}/k",
    }
    assert metadata.read("acme", here, document).token_endpoint == f"{here}/t"
    with pytest.raises(Unavailable):
        metadata.read("acme", here, document | {"jwks_uri": "http://169.254.169.254/"})
