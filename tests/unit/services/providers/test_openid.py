"""An OpenID provider: found by its issuer, asked seldom, believed when it proves what it says."""

import asyncio
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from runcast.errors import SignInRefused, Unavailable
from runcast.services.providers.base import Answer, Departure, ProvedIdentity
from runcast.services.providers.openid import (
    KEYS_SECONDS,
    METADATA_SECONDS,
    RENEWED_KEYS_SECONDS,
    OpenId,
)
from runcast.services.providers.outbound import open_outbound
from runcast.setting_types import OpenIdProvider
from tests.tools.clock import FakeClock
from tests.tools.identity_providers import DROP, SUBJECT, Provider, reply

DISCOVERY = "/.well-known/openid-configuration"


@pytest.fixture
async def openid(acme: Provider, clock: FakeClock) -> OpenId:
    """Return what signs in with acme."""
    configured = OpenIdProvider(**acme.settings())
    return OpenId(configured, await open_outbound(), clock)


async def sign_in(acme: Provider, openid: OpenId, departure: Departure) -> ProvedIdentity:
    """Return who acme says that it was."""
    back = acme.consent(await openid.authorization_url(departure))
    found = dict(parse_qsl(urlsplit(back).query))
    return await openid.redeem(departure, Answer(code=found["code"], issuer=found.get("iss")))


async def test_an_honest_one_is_believed(
    acme: Provider, openid: OpenId, departure: Departure
) -> None:
    assert await sign_in(acme, openid, departure) == ProvedIdentity(
        issuer=acme.issuer, subject=SUBJECT, email="ada@example.com", name="Ada Lovelace"
    )
    assert (openid.name, openid.title, openid.sign_up) == ("acme", "Acme", None)


async def test_it_is_asked_for_its_metadata_and_keys_once_an_hour(
    acme: Provider, openid: OpenId, departure: Departure, clock: FakeClock
) -> None:
    for _ in range(3):
        await sign_in(acme, openid, departure)
    assert (acme.asked[DISCOVERY], acme.asked["/keys"]) == (1, 1)
    clock.advance(max(METADATA_SECONDS, KEYS_SECONDS))
    await sign_in(acme, openid, departure)
    assert (acme.asked[DISCOVERY], acme.asked["/keys"]) == (2, 2)


async def test_a_new_key_is_looked_for_at_once_and_then_seldom(
    acme: Provider, openid: OpenId, departure: Departure, clock: FakeClock
) -> None:
    await sign_in(acme, openid, departure)
    clock.advance(RENEWED_KEYS_SECONDS)
    acme.kid = "two"
    await sign_in(acme, openid, departure)
    assert acme.asked["/keys"] == 2
    acme.sign = lambda claims: acme.signed(claims, kid="unknown")
    for _ in range(5):
        with pytest.raises(SignInRefused):
            await sign_in(acme, openid, departure)
    assert acme.asked["/keys"] == 2
    clock.advance(RENEWED_KEYS_SECONDS)
    with pytest.raises(SignInRefused):
        await sign_in(acme, openid, departure)
    assert acme.asked["/keys"] == 3


@pytest.mark.parametrize(
    ("claims", "email"),
    [
        ({"email_verified": "true"}, "ada@example.com"),
        ({"email_verified": False}, None),
        ({"email_verified": "false"}, None),
        ({"email_verified": DROP}, None),
        ({"email_verified": [True]}, None),
        ({"email": 7}, None),
    ],
)
async def test_an_address_counts_if_the_provider_says_that_it_is_verified(
    acme: Provider, openid: OpenId, departure: Departure, claims: dict[str, Any], email: str | None
) -> None:
    acme.claims = claims
    assert (await sign_in(acme, openid, departure)).email == email


async def test_an_address_that_the_token_leaves_out_is_asked_for(
    acme: Provider, openid: OpenId, departure: Departure
) -> None:
    acme.claims = {"email": DROP, "email_verified": DROP, "name": DROP}
    acme.told = {"sub": SUBJECT, "email": "a@b.example", "email_verified": True, "name": "A"}
    found = await sign_in(acme, openid, departure)
    assert (found.subject, found.email, found.name) == (SUBJECT, "a@b.example", "A")


@pytest.mark.parametrize("told", [{}, {"sub": "another"}, {"sub": [SUBJECT]}, {"email": "a@b.c"}])
async def test_what_is_told_of_somebody_else_is_refused(
    acme: Provider, openid: OpenId, departure: Departure, told: dict[str, Any]
) -> None:
    acme.claims = {"email": DROP}
    acme.answers["/userinfo"] = told
    with pytest.raises(SignInRefused):
        await sign_in(acme, openid, departure)


async def test_an_answer_says_whose_it_is_where_the_provider_says_it_does(
    acme: Provider, openid: OpenId, departure: Departure
) -> None:
    for issuer in (DROP, "https://evil.example", acme.issuer + "/"):
        acme.returns = {"iss": issuer}
        with pytest.raises(SignInRefused):
            await sign_in(acme, openid, departure)
    # What another provider answered is not shown to this one.
    assert acme.asked["/token"] == 0


async def test_where_it_does_not_say_so_an_answer_may_but_needs_not(
    acme: Provider, openid: OpenId, departure: Departure
) -> None:
    acme.metadata = {"authorization_response_iss_parameter_supported": DROP}
    acme.returns = {"iss": DROP}
    assert (await sign_in(acme, openid, departure)).subject == SUBJECT
    acme.returns = {"iss": "https://evil.example"}
    with pytest.raises(SignInRefused):
        await sign_in(acme, openid, departure)


async def test_no_id_token_is_a_refusal(
    acme: Provider, openid: OpenId, departure: Departure
) -> None:
    for token in ({"access_token": "at"}, {"access_token": "at", "id_token": 7}):
        acme.answers["/token"] = token
        with pytest.raises(SignInRefused):
            await sign_in(acme, openid, departure)


@pytest.mark.parametrize("keys", [{}, {"keys": []}, [], reply({}, 500)])
async def test_a_set_without_keys_is_the_providers_failure(
    acme: Provider, openid: OpenId, departure: Departure, keys: Any
) -> None:
    acme.answers["/keys"] = keys
    with pytest.raises(Unavailable):
        await sign_in(acme, openid, departure)


async def test_all_that_is_asked_for_one_sign_in_takes_no_longer_than_one_answer_may(
    acme: Provider, departure: Departure, clock: FakeClock
) -> None:
    openid = OpenId(OpenIdProvider(**acme.settings()), await open_outbound(1.0), clock)

    async def late(_: asyncio.StreamWriter) -> Any:
        await asyncio.sleep(0.7)
        return {"keys": [acme.jwk()]} if acme.asked["/keys"] else acme.discovery()

    acme.answers[DISCOVERY] = late
    url = await openid.authorization_url(departure)
    clock.advance(METADATA_SECONDS)
    acme.answers["/keys"] = late
    code = dict(parse_qsl(urlsplit(acme.consent(url)).query))["code"]
    with pytest.raises(Unavailable):
        await openid.redeem(departure, Answer(code=code, issuer=acme.issuer))
    assert acme.asked["/keys"] == 1


async def test_metadata_of_another_issuer_is_the_providers_failure(
    acme: Provider, openid: OpenId, departure: Departure
) -> None:
    acme.metadata = {"issuer": "https://evil.example"}
    with pytest.raises(Unavailable):
        await openid.authorization_url(departure)


@pytest.mark.parametrize(
    ("prompts", "prompt"),
    [(DROP, "consent"), (["none", "login"], "consent"), (["select_account"], "select_account")],
)
async def test_it_can_be_told_to_ask_the_person(
    acme: Provider, openid: OpenId, departure: Departure, prompts: Any, prompt: str
) -> None:
    acme.metadata = {"prompt_values_supported": prompts}
    asking = Departure("s", "n", "v" * 64, departure.redirect_uri, interactive=True)
    for each, told in ((departure, None), (asking, [prompt])):
        query = parse_qs(urlsplit(await openid.authorization_url(each)).query)
        assert query.get("prompt") == told


async def test_the_secret_goes_where_the_provider_wants_it(
    acme: Provider, openid: OpenId, departure: Departure
) -> None:
    acme.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    await sign_in(acme, openid, departure)
    assert (acme.authorizations, acme.forms[0]["client_id"]) == ([None], "runcast")
