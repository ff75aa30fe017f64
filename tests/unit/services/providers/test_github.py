"""GitHub: a number for who it was, and an address if it is the primary one and verified."""

from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from pydantic import SecretStr

from runcast.errors import AccessDenied, SignInRefused, Unavailable
from runcast.services.providers.base import Answer, Departure, ProvedIdentity
from runcast.services.providers.github import GitHub
from runcast.services.providers.outbound import open_outbound
from runcast.settings import Settings
from tests.tools.identity_providers import CLIENT, SECRET, Provider, reply

ADA = {"id": 583231, "login": "ada", "name": "Ada Lovelace", "email": "shown@example.com"}
EMAILS = [
    {"email": "old@example.com", "primary": False, "verified": True},
    {"email": "ada@example.com", "primary": True, "verified": True},
]


@pytest.fixture
async def github(acme: Provider) -> GitHub:
    """Return what signs in with acme, which plays GitHub."""
    acme.answers["/api/v3/user"] = ADA
    acme.answers["/api/v3/user/emails"] = reply(EMAILS)
    settings = Settings(
        github_client_id=CLIENT,
        github_client_secret=SecretStr(SECRET),
        github_url=acme.issuer,
        github_api_url=f"{acme.issuer}/api/v3/",
    )
    return GitHub(settings, await open_outbound())


async def sign_in(acme: Provider, github: GitHub, departure: Departure) -> ProvedIdentity:
    """Return who GitHub says that it was."""
    back = acme.consent(await github.authorization_url(departure))
    return await github.redeem(departure, Answer(dict(parse_qsl(urlsplit(back).query))["code"]))


async def test_who_it_was_is_a_number(acme: Provider, github: GitHub, departure: Departure) -> None:
    assert await sign_in(acme, github, departure) == ProvedIdentity(
        issuer=acme.issuer, subject="583231", email="ada@example.com", name="Ada Lovelace"
    )
    assert (github.name, github.title) == ("github", "GitHub")


async def test_the_browser_goes_with_state_and_challenge_and_without_a_nonce(
    github: GitHub, departure: Departure
) -> None:
    url = urlsplit(await github.authorization_url(departure))
    query = parse_qs(url.query)
    assert url.path == "/login/oauth/authorize"
    assert (query["state"], query["code_challenge_method"]) == (["a state"], ["S256"])
    assert query["scope"] == ["read:user user:email"]
    assert not query.keys() & {"nonce", "prompt"}
    asking = Departure("s", "n", "v" * 64, departure.redirect_uri, interactive=True)
    asked = parse_qs(urlsplit(await github.authorization_url(asking)).query)
    assert asked["prompt"] == ["select_account"]


@pytest.mark.parametrize(
    "emails",
    [
        [],
        [{"email": "a@b.example", "primary": True, "verified": False}],
        [{"email": "a@b.example", "primary": False, "verified": True}],
        [{"email": 7, "primary": True, "verified": True}],
        ["a@b.example", None],
        {"email": "a@b.example", "primary": True, "verified": True},
    ],
)
async def test_no_other_address_counts(
    acme: Provider, github: GitHub, departure: Departure, emails: Any
) -> None:
    acme.answers["/api/v3/user/emails"] = reply(emails)
    assert (await sign_in(acme, github, departure)).email is None


@pytest.mark.parametrize("number", [None, "583231", True, 1.5, [1]])
async def test_without_a_number_it_was_nobody(
    acme: Provider, github: GitHub, departure: Departure, number: Any
) -> None:
    acme.answers["/api/v3/user"] = {"login": "ada", "id": number}
    with pytest.raises(SignInRefused):
        await sign_in(acme, github, departure)


async def test_who_gave_no_name_has_their_login(
    acme: Provider, github: GitHub, departure: Departure
) -> None:
    acme.answers["/api/v3/user"] = ADA | {"name": None}
    assert (await sign_in(acme, github, departure)).name == "ada"


@pytest.mark.parametrize(
    "path", ["/login/oauth/access_token", "/api/v3/user", "/api/v3/user/emails"]
)
async def test_what_does_not_answer_as_it_should_is_githubs_failure(
    acme: Provider, github: GitHub, departure: Departure, path: str
) -> None:
    for answer in (reply({}, 500), reply(b"<html>"), reply({}, 302, Location="http://[::1]/")):
        acme.answers[path] = answer
        with pytest.raises(Unavailable):
            await sign_in(acme, github, departure)


async def test_no_access_token_and_no_user_are_githubs_failure(
    acme: Provider, github: GitHub, departure: Departure
) -> None:
    acme.answers["/api/v3/user"] = reply([])
    with pytest.raises(Unavailable):
        await sign_in(acme, github, departure)
    acme.answers["/login/oauth/access_token"] = {"access_token": 7}
    with pytest.raises(Unavailable):
        await sign_in(acme, github, departure)


async def test_who_said_no_is_told_apart(github: GitHub, departure: Departure) -> None:
    with pytest.raises(AccessDenied):
        await github.redeem(departure, Answer(error="access_denied"))
