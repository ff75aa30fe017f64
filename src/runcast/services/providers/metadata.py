"""What an OpenID provider says of itself (OpenID Connect Discovery 1.0, RFC 8414)."""

from dataclasses import dataclass
from typing import Any

from runcast.services.providers.outbound import failed, is_safe

# Signatures that prove who signed; never `none`, and no secret that both sides know.
ALGORITHMS = frozenset(
    ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
)
_DEFAULT_ALGORITHMS = ("RS256",)
_DEFAULT_AUTHENTICATION = ("client_secret_basic",)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is used of it.

    Attributes:
        algorithms: by which its ID tokens may be signed.
        client_authentication: how a client may prove itself at the token endpoint.
        names_itself: whether each of its answers says whose it is (RFC 9207).
        prompts: in which ways it can be told to ask the person.
    """

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    algorithms: frozenset[str]
    client_authentication: frozenset[str]
    names_itself: bool
    prompts: frozenset[str]


def address_of(issuer: str) -> str:
    """Return where an issuer's metadata is (Discovery, 4)."""
    return issuer.rstrip("/") + "/.well-known/openid-configuration"


def read(provider: str, issuer: str, document: Any) -> Metadata:
    """Return what the document says.

    Raises:
        Unavailable: it is of another issuer, or of none that can be used.
    """
    if not isinstance(document, dict) or document.get("issuer") != issuer:
        raise failed(provider, f"the metadata is not of {issuer}")
    algorithms = ALGORITHMS & _words(
        document, "id_token_signing_alg_values_supported", _DEFAULT_ALGORITHMS
    )
    if not algorithms:
        raise failed(provider, "no signature of its ID tokens is one to rely on")
    userinfo = document.get("userinfo_endpoint")
    return Metadata(
        authorization_endpoint=_endpoint(provider, issuer, document, "authorization_endpoint"),
        token_endpoint=_endpoint(provider, issuer, document, "token_endpoint"),
        jwks_uri=_endpoint(provider, issuer, document, "jwks_uri"),
        userinfo_endpoint=(
            None if userinfo is None else _endpoint(provider, issuer, document, "userinfo_endpoint")
        ),
        algorithms=algorithms,
        client_authentication=_words(
            document, "token_endpoint_auth_methods_supported", _DEFAULT_AUTHENTICATION
        ),
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
        prompts=_words(document, "prompt_values_supported", ()),
    )


def _endpoint(provider: str, issuer: str, document: dict[str, Any], name: str) -> str:
    url = document.get(name)
    if not is_safe(url, plainly=issuer.startswith("http://")):
        raise failed(provider, f"its {name} is none to use")
    return str(url)


def _words(document: dict[str, Any], name: str, default: tuple[str, ...]) -> frozenset[str]:
    found = document.get(name)
    words = found if isinstance(found, list) else default
    return frozenset(word for word in words if isinstance(word, str))
