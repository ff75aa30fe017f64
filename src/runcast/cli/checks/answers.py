"""What a running server answers, asked as a stranger would, and with an account also as its person."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from urllib.parse import urlsplit

import httpx2
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Origin

from runcast.cli import passwords
from runcast.cli.checks.findings import Finding, danger, note, ok, warning
from runcast.cli.checks.rows import skew
from runcast.errors import CloseCode
from runcast.origins import is_loopback
from runcast.schemas.tokens import MFA_GRANT

TIMEOUT_SECONDS = 10.0
_STRANGER = "https://stranger.example"
_NOBODY = "00000000-0000-7000-8000-000000000000"
_TOKEN = "/api/auth/token"  # noqa: S105 - an address
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "",
    "content-security-policy": "frame-ancestors",
}


@dataclass(frozen=True, slots=True)
class Account:
    """Who signs in, to see the cookie that pages get; the session that this opens is ended again.

    Attributes:
        from_stdin: whether the code of a second factor is read there, or asked for.
    """

    email: str
    password: str
    from_stdin: bool = False


async def check(url: str, account: Account | None) -> list[Finding]:
    """Return what is to be said of the server at this address."""
    try:
        return [finding async for finding in _asked(url.rstrip("/"), account)]
    except (httpx2.HTTPError, WebSocketException, OSError) as error:
        return [
            danger(url, f"it does not answer: {error}", "is it running, and reached from here?")
        ]


async def _asked(url: str, account: Account | None) -> AsyncIterator[Finding]:
    # Certificates and the environment are read from files.
    make = partial(httpx2.AsyncClient, base_url=url, timeout=TIMEOUT_SECONDS)
    async with await asyncio.to_thread(make) as client:
        live = await client.get("/health/live")
        if live.status_code != 200:
            yield danger(url, f"/health/live answers {live.status_code}", "is this Runcast?")
            return
        yield _scheme(url)
        for finding in _headers(url, live):
            yield finding
        yield _clock(live)
        yield await _metrics(client)
        yield await _other_origins(client)
        yield await _other_sockets(url)
        if account is not None:
            async for finding in _cookie(client, url, account):
                yield finding
        else:
            yield note("the refresh cookie", "not seen", "give --email to sign in and see it")


def _scheme(url: str) -> Finding:
    parts = urlsplit(url)
    if parts.scheme == "https" or is_loopback(parts.hostname or ""):
        return ok(url, "what is sent cannot be read on the way")
    return danger(url, "passwords and tokens go unencrypted", "put TLS before the server")


def _headers(url: str, answer: httpx2.Response) -> list[Finding]:
    found = [
        ok(name, answer.headers[name])
        if wanted in answer.headers.get(name, "") and name in answer.headers
        else warning(name, "not sent as it should be", "let the server or the proxy add it")
        for name, wanted in _HEADERS.items()
    ]
    name = "strict-transport-security"
    if url.startswith("https://") and name not in answer.headers:
        advice = 'let the proxy add "max-age=31536000"'
        found.append(warning(name, "not sent", advice))
    return found


def _clock(answer: httpx2.Response) -> Finding:
    theirs = parsedate_to_datetime(answer.headers.get("date", ""))
    return skew("the server's clock", abs(datetime.now(UTC) - theirs))


async def _metrics(client: httpx2.AsyncClient) -> Finding:
    status = (await client.get("/metrics")).status_code
    if status == 200:
        return warning("/metrics", "anybody reads it", "RUNCAST_METRICS=admin")
    return ok("/metrics", f"strangers get {status}")


async def _other_origins(client: httpx2.AsyncClient) -> Finding:
    headers = {"Origin": _STRANGER, "Access-Control-Request-Method": "GET"}
    answer = await client.options("/api/items", headers=headers)
    told = answer.headers.get("access-control-allow-origin")
    with_credentials = answer.headers.get("access-control-allow-credentials") == "true"
    if told == _STRANGER and with_credentials:
        return danger("CORS", "any page may act with its visitor's cookies", "name the origins")
    if told in {"*", _STRANGER}:
        return warning("CORS", "any page may read answers", "name the origins")
    return ok("CORS", "other sites' pages read nothing")


async def _other_sockets(url: str) -> Finding:
    address = f"{url.replace('http', 'ws', 1)}/ws/{_NOBODY}"
    try:
        async with connect(
            address, origin=Origin(_STRANGER), open_timeout=TIMEOUT_SECONDS
        ) as socket:
            await socket.send('{"type": "auth", "token": null}')
            await socket.recv()
    except ConnectionClosed as closed:
        code = closed.rcvd.code if closed.rcvd is not None else None
        if code == CloseCode.ORIGIN_REFUSED:
            return ok("feeds", "other sites' pages open none")
    return danger("feeds", "other sites' pages open them", "name the origins that may")


async def _cookie(client: httpx2.AsyncClient, url: str, account: Account) -> AsyncIterator[Finding]:
    answer = await _signed_in(client, url, account)
    if answer.status_code != 200:
        said = answer.json().get("detail", answer.status_code)
        advice = "without a sign-in the cookie is not seen: is that the account?"
        yield warning("the refresh cookie", f"the sign-in is refused: {said}", advice)
        return
    set_here = answer.headers.get_list("set-cookie")
    cookie = next((one for one in set_here if one.startswith("runcast_refresh=")), "")
    for finding in _flags(url, cookie):
        yield finding
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    await client.post("/api/auth/logout", headers=bearer)


async def _signed_in(client: httpx2.AsyncClient, url: str, account: Account) -> httpx2.Response:
    send = partial(
        client.post, _TOKEN, headers={"Origin": "{0.scheme}://{0.netloc}".format(urlsplit(url))}
    )
    form = {"grant_type": "password", "username": account.email, "password": account.password}
    answer = await send(data={**form, "cookie": "true"})
    said = answer.json()
    if said.get("error") != "mfa_required":
        return answer
    methods = said["methods"]
    code = await asyncio.to_thread(passwords.ask_code, methods, from_stdin=account.from_stdin)
    shown = {"mfa_token": said["mfa_token"], passwords.kind_of(code, methods): code}
    return await send(data={"grant_type": MFA_GRANT, "cookie": "true", **shown})


def _flags(url: str, cookie: str) -> list[Finding]:
    about = "the refresh cookie"
    said = {part.strip().lower() for part in cookie.split(";")[1:]}
    wanted = {"httponly", "samesite=strict", f"path={_TOKEN}"}
    if url.startswith("https://"):
        wanted.add("secure")
    missing = sorted(wanted - said)
    if missing:
        advice = "is the proxy's X-Forwarded-Proto believed (RUNCAST_TRUSTED_PROXIES)?"
        return [danger(about, f"it is not {', '.join(missing)}", advice)]
    return [ok(about, ", ".join(sorted(wanted)))]
