"""Second factors of the tests' people: apps and passkeys added over HTTP, and sign-ins that use them."""

from typing import Any

import httpx2
import pyotp

from runcast.schemas.tokens import MFA_GRANT, PASSKEY_GRANT
from tests.tools.authenticator import Authenticator
from tests.tools.clock import FakeClock
from tests.tools.people import PASSWORD

AT_HOME = {"Host": "localhost"}
STEP = 30


class App:
    """An authenticator app, which shows the code of the moment that the test has reached."""

    def __init__(self, secret: str, clock: FakeClock) -> None:
        self.secret = secret
        self._clock = clock

    def code(self, steps: int = 0) -> str:
        """Return the code of now, or of so many steps from now."""
        code: str = pyotp.TOTP(self.secret).generate_otp(
            int(self._clock.now().timestamp()) // STEP + steps
        )
        return code

    def wrong(self) -> str:
        """Return a code that is none of those about now."""
        near = {self.code(step) for step in range(-2, 3)}
        return next(f"{n:06}" for n in range(6) if f"{n:06}" not in near)


async def add_app(client: httpx2.AsyncClient, clock: FakeClock) -> tuple[App, list[str]]:
    """Return an app that the client has confirmed, and its recovery codes; the code of now is used."""
    begun = await client.post("/api/auth/factors/totp")
    assert begun.status_code == 201, begun.text
    app = App(begun.json()["secret"], clock)
    done = await client.post("/api/auth/factors/totp/confirm", json={"code": app.code()})
    assert done.status_code == 200, done.text
    return app, done.json()["recovery_codes"]


async def begin_passkey(client: httpx2.AsyncClient) -> dict[str, Any]:
    """Return the code and the options of a passkey to be."""
    answer = await client.post("/api/auth/passkey-options", headers=AT_HOME)
    assert answer.status_code == 200, answer.text
    begun: dict[str, Any] = answer.json()
    return begun


async def send_passkey(
    client: httpx2.AsyncClient, code: str, credential: Any, name: str = "a key"
) -> httpx2.Response:
    """Return the answer to what a browser has made."""
    body = {"code": code, "credential": credential, "name": name}
    return await client.post("/api/auth/passkeys", json=body, headers=AT_HOME)


async def add_passkey(client: httpx2.AsyncClient, key: Authenticator) -> dict[str, Any]:
    """Return a passkey that the client has added."""
    begun = await begin_passkey(client)
    answer = await send_passkey(client, begun["code"], key.create(begun["options"]))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def challenge(client: httpx2.AsyncClient) -> dict[str, Any]:
    """Return a challenge for whoever has a passkey."""
    answer = await client.post("/api/auth/passkey-challenges", headers=AT_HOME)
    assert answer.status_code == 200, answer.text
    asked: dict[str, Any] = answer.json()
    return asked


async def show(client: httpx2.AsyncClient, code: str, passkey: str) -> httpx2.Response:
    """Return the answer to a sign-in by a passkey."""
    form = {"grant_type": PASSKEY_GRANT, "code": code, "passkey": passkey}
    return await client.post("/api/auth/token", data=form, headers=AT_HOME)


async def first_step(client: httpx2.AsyncClient, email: str = "alice@example.com") -> Any:
    """Return what a right password is refused with."""
    form = {"grant_type": "password", "username": email, "password": PASSWORD}
    answer = await client.post("/api/auth/token", data=form, headers=AT_HOME)
    assert (answer.status_code, answer.json()["error"]) == (400, "mfa_required"), answer.text
    return answer.json()


async def second_step(client: httpx2.AsyncClient, token: str, **shown: str) -> httpx2.Response:
    """Return the answer to a second factor."""
    form = {"grant_type": MFA_GRANT, "mfa_token": token, **shown}
    return await client.post("/api/auth/token", data=form, headers=AT_HOME)


async def prove(client: httpx2.AsyncClient, **evidence: str) -> httpx2.Response:
    """Return the answer to evidence of who one is."""
    return await client.post("/api/auth/prove", json=evidence, headers=AT_HOME)
