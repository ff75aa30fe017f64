"""No secret stands in anything that is written: every flow is driven, and all that was written is searched.

A real process, at `debug` and with the access log, in both forms of its lines. Searched are its output and
its log, the audit log, the metrics, every error's body and every redirect, and the database's files.
"""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pyotp
import pytest
from opentelemetry import trace
from websockets.exceptions import ConnectionClosed

from runcast.application import Runcast
from runcast.clock import SystemClock
from runcast.schemas.tokens import MFA_GRANT
from runcast.services import random_tokens
from tests.conftest import CHEAP_HASHES, SECRET
from tests.tools.clock import FakeClock
from tests.tools.identity_providers import SECRET as CLIENT_SECRET
from tests.tools.identity_providers import Provider, providing
from tests.tools.mail_servers import Mailbox, receiving
from tests.tools.people import PASSWORD, make_key, password_grant, refresh, sign_in
from tests.tools.processes import ServerProcess
from tests.tools.spans import Provider as Spans
from tests.tools.watchers import watching

APP = """
from fastapi import Request
from runcast import CurrentUser, Run, Runcast

app = Runcast()


@app.handler
async def wait(run: Run) -> None:
    await run.receive("go")


@app.post("/mine/crash")
async def crash(user: CurrentUser, request: Request) -> dict[str, str]:
    typed = (await request.json())["password"]
    bearer = request.headers["authorization"]
    raise RuntimeError(f"it broke for {user.email}, {len(typed)}, {len(bearer)}")


@app.post("/mine/tell")
async def tell(user: CurrentUser, request: Request) -> dict[str, str]:
    bearer = request.headers["authorization"]
    raise RuntimeError(f"it broke with {bearer}")
"""
ADA, BOB = "ada@example.com", "bob@example.com"
FIRST, SECOND, THIRD = "Zq7-glass-otter-41", "Vx2-slate-heron-88", "Kd5-birch-marmot-17"
WRONG, MISPLACED, ECHOED = "Wm9-wrong-lemming-63", "Hn4-misplaced-vole-29", "Jp6-echoed-stoat-55"
PAGES = "http://127.0.0.1"
# What does stand in each place, so that nobody searches an empty one.
CONTROLS = {
    "answers": "invalid_grant",
    "audit log": "session.opened",
    "metrics": "runcast_http_request_seconds",
    "output": "API ",
    "log": "it broke",
    "database": ADA,
}


class Tour:
    """Drives the flows, and remembers what was secret in them and what was refused with.

    Attributes:
        secrets: what nobody may find, by what it is.
        told: bodies of refusals, addresses of redirects and reasons of closes.
    """

    def __init__(self, url: str, mailbox: Mailbox, provider: Provider) -> None:
        self.url = url
        self.mailbox = mailbox
        self.provider = provider
        self.secrets: dict[str, str] = {}
        self.told: list[str] = []
        self.client = httpx2.AsyncClient(base_url=url, timeout=20, trust_env=False)

    def keep(self, name: str, secret: str) -> str:
        """Remember a secret."""
        assert len(secret) >= 6
        self.secrets[name] = secret
        return secret

    async def ask(self, status: int, method: str, path: str, **how: Any) -> Any:
        """Return the document of an answer that has this status."""
        answer = await self.client.request(method, path, **how)
        assert answer.status_code == status, (method, path, answer.text)
        if status >= 300 and "mfa_token" not in answer.text:  # which is handed out by a refusal
            self.told += [answer.text, answer.headers.get("location", "")]
        is_json = "json" in answer.headers.get("content-type", "")
        return answer.json() if is_json and answer.content else None

    async def grant(self, name: str, form: dict[str, str], status: int = 200) -> Any:
        """Return what the token endpoint answers; what it grants is kept as secret."""
        page = {"Origin": self.url} if "cookie" in form else {}
        given = await self.ask(status, "POST", "/api/auth/token", data=form, headers=page)
        for kind in ("access_token", "refresh_token", "mfa_token"):
            if kind in given:
                self.keep(f"{name} {kind}", given[kind])
        return given

    async def sign_in(self, name: str, email: str, password: str) -> dict[str, str]:
        """Return the headers of who signs in."""
        form = {"grant_type": "password", "username": email, "password": password}
        return bearing((await self.grant(name, form))["access_token"])

    async def letter(self, to: str) -> str:
        """Return the code of the next letter to an address."""
        async with asyncio.timeout(20):
            while not any("#" in text for text in self.mailbox.texts(to)):  # noqa: ASYNC110 - another process sends it
                await asyncio.sleep(0.02)
        code = self.mailbox.code(to)
        self.mailbox.clear()
        return code


def bearing(token: str) -> dict[str, str]:
    """Return the headers that carry a credential."""
    return {"Authorization": f"Bearer {token}"}


async def printed_setup_token(server: ServerProcess) -> str:
    """Return what is printed after the address."""
    async with asyncio.timeout(20):
        while not any(line.startswith("setup ") for line in server.printed):  # noqa: ASYNC110 - a thread reads it
            await asyncio.sleep(0.02)
    return next(line.split()[1] for line in server.printed if line.startswith("setup "))


async def own_secrets(tour: Tour, folder: Path) -> None:
    """Remember what the server keeps for itself, beside its database."""
    key = await asyncio.to_thread((folder / "secret-key").read_text)
    tour.keep("secret key", key.strip())
    local = await asyncio.to_thread((folder / "local-credential.json").read_text)
    tour.keep("local credential", json.loads(local)["token"])


async def accounts(tour: Tour, setup_token: str) -> dict[str, str]:
    """Register, sign in and out, fail to; return the headers of an administrator."""
    tour.keep("setup token", setup_token)
    for name, password in (("first", FIRST), ("second", SECOND), ("third", THIRD)):
        tour.keep(f"{name} password", password)
    for name, password in (("wrong", WRONG), ("misplaced", MISPLACED), ("echoed", ECHOED)):
        tour.keep(f"{name} password", password)
    person = {"email": ADA, "password": FIRST}
    guess = tour.keep("guessed setup token", "rcs_a-guess-of-the-setup-token")
    await tour.ask(403, "POST", "/api/auth/register", json={**person, "setup_token": guess})
    await tour.ask(201, "POST", "/api/auth/register", json={**person, "setup_token": setup_token})
    await tour.ask(409, "POST", "/api/auth/register", json=person)
    await tour.ask(201, "POST", "/api/auth/register", json={"email": BOB, "password": FIRST})
    for email, password in ((ADA, WRONG), (MISPLACED, FIRST), (ADA, "")):
        form = {"grant_type": "password", "username": email, "password": password}
        await tour.ask(400, "POST", "/api/auth/token", data=form)
    headers = await tour.sign_in("ada", ADA, FIRST)
    change = {"password": SECOND, "current_password": WRONG}
    await tour.ask(422, "PATCH", "/api/auth/me", json=change, headers=headers)
    change = {"password": SECOND, "current_password": FIRST}
    await tour.ask(200, "PATCH", "/api/auth/me", json=change, headers=headers)
    leaving = await tour.sign_in("leaving", ADA, SECOND)
    await tour.ask(204, "POST", "/api/auth/logout", headers=leaving)
    await tour.ask(401, "GET", "/api/auth/me", headers=leaving)
    return headers


async def rotations(tour: Tour) -> None:
    """Rotate refresh tokens in bodies and cookies, and replay one."""
    form = {"grant_type": "password", "username": BOB, "password": THIRD}
    stolen = (await tour.grant("bob", form))["refresh_token"]
    token = stolen
    for number in range(3):
        rotated = {"grant_type": "refresh_token", "refresh_token": token}
        token = (await tour.grant(f"rotated {number}", rotated))["refresh_token"]
    for bad in (stolen, stolen[:-1] + "A", "no token"):
        await tour.grant("", {"grant_type": "refresh_token", "refresh_token": bad}, 400)
    await tour.grant("page", {**form, "cookie": "true"})
    tour.keep("cookie", tour.client.cookies["runcast_refresh"])
    await tour.grant("page again", {"grant_type": "refresh_token", "cookie": "true"})
    tour.keep("second cookie", tour.client.cookies["runcast_refresh"])
    await tour.ask(400, "POST", "/api/auth/token", data={"grant_type": "x", "password": ECHOED})


async def credentials(tour: Tour, headers: dict[str, str]) -> None:
    """Make keys, links and tickets, and open feeds with them, good ones and bad."""
    asked = {"name": "ci", "scopes": ["executions:watch", "executions:read"]}
    key = await tour.ask(201, "POST", "/api/auth/keys", json=asked, headers=headers)
    tour.keep("key", key["key"])
    started = {"handler": "wait", "input": {}}
    execution = await tour.ask(201, "POST", "/api/executions", json=started, headers=headers)
    path = f"/api/executions/{execution['id']}"
    share = await tour.ask(201, "POST", f"{path}/share", headers=headers)
    tour.keep("share", share["token"])
    asked_for = {"execution_id": execution["id"]}
    ticket = await tour.ask(201, "POST", "/api/auth/tickets", json=asked_for, headers=headers)
    tour.keep("ticket", ticket["ticket"])
    good = {"key": key["key"], "share": share["token"], "ticket": ticket["ticket"]}
    for token in good.values():
        async with watching(tour.url, execution["id"]) as watcher:
            await watcher.say({"type": "auth", "token": token})
            await watcher.until("caught_up")
    forged = tour.keep("forged key", key["key"][:-6] + "AAAAAA")
    for token in (ticket["ticket"], forged, ECHOED):
        async with watching(tour.url, execution["id"]) as watcher:
            await watcher.say({"type": "auth", "token": token})
            await closing(tour, watcher)
        async with watching(tour.url, f"{execution['id']}?token={token}", token) as watcher:
            await closing(tour, watcher)
    for token in (*good.values(), forged):
        await tour.client.get(f"{path}?access_token={token}", headers=bearing(token))
        await tour.client.get(f"/nowhere?token={token}", headers=bearing(token))
    await tour.ask(204, "DELETE", f"{path}/shares/{share['id']}", headers=headers)
    await tour.ask(204, "DELETE", f"/api/auth/keys/{key['id']}", headers=headers)
    await tour.ask(401, "GET", path, headers=bearing(key["key"]))


async def closing(tour: Tour, watcher: Any) -> None:
    """Read a feed to its refusal."""
    try:
        while True:
            tour.told.append(json.dumps(await watcher.next()))
    except ConnectionClosed as closed:
        tour.told.append(str(closed))


async def letters(tour: Tour, headers: dict[str, str]) -> None:
    """Verify an address, reset a password and invite somebody, by letters."""
    bob = await tour.sign_in("bob before", BOB, FIRST)
    await tour.ask(202, "POST", "/api/auth/verification", headers=bob)
    code = tour.keep("verification", await tour.letter(BOB))
    confirmed = {"code": code, "password": FIRST}
    await tour.ask(204, "POST", "/api/auth/verification/confirm", json=confirmed)
    await tour.ask(202, "POST", "/api/auth/reset", json={"email": BOB})
    code = tour.keep("reset", await tour.letter(BOB))
    reset = {"code": code, "password": THIRD}
    await tour.ask(204, "POST", "/api/auth/reset/confirm", json=reset)
    await tour.ask(422, "POST", "/api/auth/reset/confirm", json=reset)
    invited = {"email": "eve@example.com"}
    await tour.ask(201, "POST", "/api/invitations", json=invited, headers=headers)
    code = tour.keep("invitation", await tour.letter("eve@example.com"))
    await tour.ask(200, "POST", "/api/auth/invitations/preview", json={"code": code})


async def second_factors(tour: Tour, headers: dict[str, str]) -> None:
    """Add an app, sign in by its code and by a recovery code, and fail to."""
    begun = await tour.ask(201, "POST", "/api/auth/factors/totp", headers=headers)
    secret = tour.keep("app's secret", begun["secret"])
    tour.keep("app's address", begun["uri"])
    shown = {"code": pyotp.TOTP(secret).now()}
    path = "/api/auth/factors/totp/confirm"
    codes = (await tour.ask(200, "POST", path, json=shown, headers=headers))["recovery_codes"]
    for number, code in enumerate(codes):
        tour.keep(f"recovery code {number}", code)
        tour.keep(f"recovery code {number} as typed", code.replace("-", ""))
    form = {"grant_type": "password", "username": ADA, "password": SECOND}
    token = (await tour.grant("first step", form, 400))["mfa_token"]
    step = {"grant_type": MFA_GRANT, "mfa_token": token}
    await tour.grant("wrong step", {**step, "recovery_code": "aaaa-aaaa-aaaa-aaaa"}, 400)
    await tour.grant("second step", {**step, "recovery_code": codes[0]})


async def provider(tour: Tour) -> None:
    """Sign in by way of a provider, and come back with what is not good."""
    for code in (tour.keep("code of the provider", "Qw8-code-of-acme-77"), "Rt3-bad-code-91"):
        away = await tour.client.get("/api/auth/oauth/acme")
        assert away.status_code == 303, away.text
        tour.keep(f"verifier and state {code}", "".join(away.cookies.values()))
        back = urlsplit(tour.provider.consent(away.headers["location"], code))
        if code.startswith("Rt3"):
            tour.provider.claims["aud"] = "somebody else"
            tour.keep("bad code of the provider", code)
        answer = await tour.client.get(f"{back.path}?{back.query}")
        tour.told += [answer.text, answer.headers.get("location", "")]
    for form in tour.provider.forms:
        tour.keep("verifier of PKCE", form["code_verifier"])
    tour.keep("secret of the client", CLIENT_SECRET)


async def crashes(tour: Tour, headers: dict[str, str]) -> None:
    """Send what validation refuses, and break the server's own handlers."""
    echoed: list[tuple[str, str, Any]] = [
        ("POST", "/api/auth/register", {"email": [ECHOED], "password": {"x": ECHOED}}),
        ("POST", "/api/auth/register", {"email": ECHOED, "password": ECHOED}),
        ("POST", "/api/auth/reset/confirm", {"code": [ECHOED], "password": ECHOED * 99}),
        ("POST", "/api/auth/prove", {"password": ECHOED}),
        ("PATCH", "/api/auth/me", {"password": ECHOED}),
    ]
    for method, path, body in echoed:
        answer = await tour.client.request(method, path, json=body, headers=headers)
        assert 400 <= answer.status_code < 500, answer.text
        tour.told.append(answer.text)
    broken = ('{"password": "' + ECHOED).encode()
    sent = {**headers, "Content-Type": "application/json"}
    await tour.ask(422, "POST", "/api/auth/register", content=broken, headers=sent)
    for path in ("/mine/crash", "/mine/tell"):
        body = {"password": ECHOED}
        # The server closes a connection on which it crashed.
        once = {**headers, "Connection": "close"}
        await tour.ask(500, "POST", path, json=body, headers=once)


async def written(tour: Tour, server: ServerProcess, headers: dict[str, str]) -> dict[str, str]:
    """Return all that was written, by where; the server is stopped for it."""
    seen = {"answers": "\n".join(tour.told)}
    entries: list[Any] = []
    page = await tour.ask(200, "GET", "/api/audit?limit=200", headers=headers)
    while True:
        entries += page["items"]
        if page["next_cursor"] is None:
            break
        query = {"limit": "200", "cursor": page["next_cursor"]}
        page = await tour.ask(200, "GET", "/api/audit", params=query, headers=headers)
    assert {entry["action"] for entry in entries} >= {"session.refused", "session.replayed"}
    seen["audit log"] = json.dumps(entries, ensure_ascii=False)
    seen["metrics"] = (await tour.client.get("/metrics")).text
    await asyncio.to_thread(server.terminate)
    # Whoever starts the server is told the setup token; nobody else is.
    told = [line for line in server.printed if line.startswith("setup ") or "/#setup=" in line]
    seen["output"] = "\n".join(line for line in server.printed if line not in told)
    seen["log"] = await asyncio.to_thread(server.errors)
    files = sorted(server.data_folder.glob("runcast.db*"))
    read = [await asyncio.to_thread(file.read_bytes) for file in files]
    seen["database"] = b"".join(read).decode("latin-1")
    return seen


@pytest.mark.parametrize("form", ["json", "console"])
async def test_no_secret_is_written_anywhere(tmp_path: Path, form: str) -> None:
    (tmp_path / "app.py").write_text(APP)
    async with receiving() as mailbox, providing(SystemClock()) as acme:
        settings = {
            "log_format": form,
            "log_level": "debug",
            "access_log": True,
            "metrics": "open",
            "rate_limits": "off",
            "password_memory_kib": 64,
            "password_passes": 1,
            "public_url": PAGES,
            "mail_from": "runs@example.com",
            "mail_url": f"smtp://127.0.0.1:{mailbox.port}",
            "oidc": json.dumps([acme.settings()]),
        }
        server = ServerProcess(tmp_path / "app.py", tmp_path, **settings)
        await asyncio.to_thread(server.start)
        tour = Tour(server.url, mailbox, acme)
        try:
            await own_secrets(tour, server.data_folder)
            setup_token = await printed_setup_token(server)
            headers = await accounts(tour, setup_token)
            await letters(tour, headers)
            await rotations(tour)
            await credentials(tour, headers)
            await second_factors(tour, headers)
            await provider(tour)
            await crashes(tour, headers)
            seen = await written(tour, server, headers)
        finally:
            await tour.client.aclose()
            await asyncio.to_thread(server.kill)
    for where, told in CONTROLS.items():
        assert told in seen[where], f"{where} was not read"
    found = [
        (where, name)
        for where, text in seen.items()
        for name, secret in tour.secrets.items()
        if secret in text
    ]
    found += [(where, name) for where, name, kept in hashes(tour) if kept in seen[where]]
    assert found == [], seen["answers"]


def hashes(tour: Tour) -> Iterator[tuple[str, str, str]]:
    """Yield what the database keeps of passwords and codes, with each place where it does not belong."""
    for where in CONTROLS.keys() - {"database"}:
        yield where, "hash of a password", "$argon2id$"
        for name, secret in tour.secrets.items():
            kept = random_tokens.hash_of(secret)
            yield where, f"hash of {name}", repr(kept)
            yield where, f"hash of {name}", kept.hex()


async def test_no_secret_is_in_a_span(
    database_url: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = Spans()
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    app = Runcast(
        database_url=database_url, secret_key=SECRET, clock=clock, telemetry="on", **CHEAP_HASHES
    )
    async with app.router.lifespan_context(app), sign_in(app, ADA) as client:
        key = await make_key(client, "items:read")
        tokens = await password_grant(client, ADA)
        await refresh(client, tokens["refresh_token"])
        for secret in (client.token, key["key"], ECHOED):
            await client.get("/api/items", headers=bearing(secret))
            await client.get(f"/api/items?where={secret}&token={secret}")
    secrets = [PASSWORD, ECHOED, key["key"], client.token, *map(str, tokens.values())]
    told = repr([(span.name, span.attributes, span.failure) for span in provider.spans])
    assert "/api/items" in told
    assert [secret for secret in secrets if len(secret) > 6 and secret in told] == []
