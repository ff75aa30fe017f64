"""What settings are made of: texts that are refused at the start unless they can mean something."""

import json
from email.utils import parseaddr
from ipaddress import ip_network
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic_settings import NoDecode

from runcast import mail_url, quotas
from runcast.origins import is_loopback


def _parts(value: Any) -> Any:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        # The error's own words quote what was read, which holds secrets.
        raise ValueError("it is no JSON") from None


def _secure_url(url: str) -> str:
    parts = urlsplit(url)
    plain = parts.scheme == "http" and is_loopback(parts.hostname or "")
    if not parts.hostname or not (parts.scheme == "https" or plain) or "@" in parts.netloc:
        raise ValueError("it has to begin with https:// (http:// on this machine alone)")
    if parts.query or parts.fragment:
        raise ValueError("it has neither query nor fragment")
    return url


def _origin(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or "@" in parts.netloc:
        raise ValueError("it has to be http://host[:port] or https://host[:port]")
    if url.removesuffix("/") != f"{parts.scheme}://{parts.netloc}":
        raise ValueError("nothing stands behind the host and port")
    return url.removesuffix("/")


def _database_url(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if scheme == "postgres":
        # What hosts of databases hand out.
        scheme, url = "postgresql", f"postgresql://{rest}"
    kind = scheme.partition("+")[0]
    if not separator or kind not in {"sqlite", "postgresql"}:
        raise ValueError("it has to begin with sqlite:/// or postgresql://")
    file = rest.removeprefix("/")
    if kind == "sqlite" and (not rest.startswith("/") or file in {"", ":memory:"}):
        raise ValueError("an SQLite database is a file: sqlite:///path/to/runcast.db")
    return url


def _redis_url(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("it has to begin with redis://, rediss:// or unix://")
    return url


def _mail_url(url: SecretStr) -> SecretStr:
    mail_url.parse(url.get_secret_value())
    return url


def _sender(text: str) -> str:
    if not text.isprintable() or "@" not in parseaddr(text)[1]:
        raise ValueError("it has to be a@b.c or Name <a@b.c>")
    return text


def _quotas(text: str) -> str:
    quotas.parse(text)
    return text


def _networks(networks: tuple[str, ...]) -> tuple[str, ...]:
    for network in networks:
        ip_network(network)
    return networks


CommaSeparated = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_parts)]
Networks = Annotated[CommaSeparated, AfterValidator(_networks)]
SecureUrl = Annotated[str, AfterValidator(_secure_url)]
Origin = Annotated[str, AfterValidator(_origin)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
RedisUrl = Annotated[SecretStr, AfterValidator(_redis_url)]
MailUrl = Annotated[SecretStr, AfterValidator(_mail_url)]
MailSender = Annotated[str, AfterValidator(_sender)]
Quotas = Annotated[str, AfterValidator(_quotas)]


class OpenIdProvider(BaseModel):
    """An OpenID provider by which people sign in; its client secret is not shown."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")
    issuer: SecureUrl
    client_id: str = Field(min_length=1)
    client_secret: SecretStr | None = None
    title: str | None = None
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    sign_up: bool | None = None
    client_authentication: Literal["client_secret_basic", "client_secret_post"] | None = None


def _have_names(providers: tuple[OpenIdProvider, ...]) -> tuple[OpenIdProvider, ...]:
    names = [provider.name for provider in providers]
    if len(set(names)) < len(names) or "github" in names:
        raise ValueError("each has a name of its own, and none is called github")
    return providers


OpenIdProviders = Annotated[
    tuple[OpenIdProvider, ...], NoDecode, BeforeValidator(_json), AfterValidator(_have_names)
]
