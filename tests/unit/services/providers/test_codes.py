"""The code flow: what goes out with the browser, and what a code is exchanged with."""

import base64
import hashlib
import logging
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from runcast.errors import AccessDenied, SignInRefused, Unavailable
from runcast.services.providers.base import Answer, Departure
from runcast.services.providers.codes import MAX_CODE, CodeFlow, Registration, checked_code
from runcast.services.providers.outbound import open_outbound
from tests.tools.identity_providers import CLIENT, CODE, SECRET, Provider, reply


async def flow(acme: Provider, **more: Any) -> CodeFlow:
    """Return the code flow of acme."""
    known: dict[str, Any] = {
        "authorization_endpoint": f"{acme.issuer}/authorize?tenant=1",
        "token_endpoint": f"{acme.issuer}/token",
        "client_id": CLIENT,
        "client_secret": SECRET,
        "scope": "openid email",
    }
    return CodeFlow("acme", Registration(**(known | more)), await open_outbound())


async def test_what_goes_with_the_browser(acme: Provider, departure: Departure) -> None:
    url = (await flow(acme)).authorization_url(departure, nonce="a nonce")
    digest = hashlib.sha256(departure.verifier.encode()).digest()
    assert url.startswith(f"{acme.issuer}/authorize?")
    assert dict(parse_qsl(urlsplit(url).query)) == {
        "tenant": "1",
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": departure.redirect_uri,
        "scope": "openid email",
        "state": "a state",
        "nonce": "a nonce",
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }


async def test_a_code_is_exchanged_with_its_verifier_and_the_same_address(
    acme: Provider, departure: Departure
) -> None:
    its = await flow(acme)
    acme.consent(its.authorization_url(departure))
    assert (await its.token(departure, CODE))["access_token"] == "at"
    assert acme.forms == [
        {
            "grant_type": "authorization_code",
            "code": CODE,
            "code_verifier": departure.verifier,
            "redirect_uri": departure.redirect_uri,
        }
    ]


async def test_the_client_proves_itself_in_a_header_form_encoded(
    acme: Provider, departure: Departure
) -> None:
    its = await flow(acme)
    acme.consent(its.authorization_url(departure))
    await its.token(departure, CODE)
    kind, _, text = (acme.authorizations[0] or "").partition(" ")
    encoded = "a+secret+%2F+of+100%25+the+client%27s%2Bown"
    assert (kind, base64.b64decode(text).decode()) == ("Basic", f"{CLIENT}:{encoded}")


async def test_or_in_the_form_or_by_its_name_alone(acme: Provider, departure: Departure) -> None:
    for more, shown in (({"by_body": True}, SECRET), ({"client_secret": None}, None)):
        its = await flow(acme, **more)
        acme.consent(its.authorization_url(departure))
        await its.token(departure, CODE)
        assert (acme.forms[-1]["client_id"], acme.forms[-1].get("client_secret")) == (CLIENT, shown)
        assert acme.authorizations[-1] is None


@pytest.mark.parametrize(
    "answer",
    [
        reply({"error": "invalid_grant"}, 400),
        reply({"error": "bad_verification_code"}),
        reply({"error": "access_denied"}, 403),
    ],
)
async def test_a_code_that_is_not_good_signs_nobody_in(
    acme: Provider, departure: Departure, answer: bytes
) -> None:
    acme.answers["/token"] = answer
    with pytest.raises(SignInRefused):
        await (await flow(acme)).token(departure, CODE)


@pytest.mark.parametrize(
    "answer",
    [
        reply({"error": "invalid_client"}, 401),
        reply({"error": ["invalid_grant"]}, 400),
        reply({"error": "x\n" * 9000}, 400),
        reply({"id_token": "x"}, 500),
        reply({}, 302, Location="http://169.254.169.254/"),
        reply(b"<html>", 200),
        reply(b"<html>", 429),
        reply([]),
        reply(b"[" * 100_000),
        reply(b'{"a":' * 900 + b"1" + b"}" * 900),
        reply(b"x" * 2**20),
        reply({"access_token": "at", "expires_in": "soon"}),
        reply({"access_token": "at", "expires_at": {}}),
    ],
    ids=range(13),
)
async def test_whatever_else_the_endpoint_does_is_its_own_failure(
    acme: Provider, departure: Departure, answer: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    acme.answers["/token"] = answer
    its = await flow(acme)
    with caplog.at_level(logging.DEBUG, "runcast"):
        try:
            assert isinstance(await its.token(departure, CODE), dict)
        except Unavailable:
            assert "provider acme" in caplog.text
    assert acme.asked == {"/token": 1}
    for secret in (CODE, SECRET, departure.verifier):
        assert secret not in caplog.text


def test_a_code_is_what_an_answer_brings() -> None:
    assert checked_code(Answer(code="abc")) == "abc"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(),
        Answer(code=""),
        Answer(code="x" * (MAX_CODE + 1)),
        Answer(code="é"),
        Answer(error="server_error"),
        Answer(code="abc", error="login_required"),
    ],
)
def test_an_answer_without_a_good_one_is_refused(answer: Answer) -> None:
    with pytest.raises(SignInRefused):
        checked_code(answer)


def test_who_said_no_is_told_apart() -> None:
    with pytest.raises(AccessDenied):
        checked_code(Answer(error="access_denied"))


def test_a_secret_is_not_shown() -> None:
    assert SECRET not in repr(Registration("a", "b", "c", SECRET, "d"))
