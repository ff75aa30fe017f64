"""A provider of identities on loopback that does as a test says: honest until told otherwise."""

import asyncio
import base64
import hashlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import Enum
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import ec

from runcast.clock import Clock

CLIENT = "runcast"
SECRET = "a secret / of 100% the client's+own"
SUBJECT = "248289761001"
CODE = "SplxlOBeZQQYbYS6WxSbIA"
Answerer = Callable[[dict[str, str]], Any]


class Absent(Enum):
    """What stands for a claim or a member that there is not, and has the same name in each process."""

    DROP = "nothing"


DROP = Absent.DROP


class Provider:
    """One provider, OpenID's or like GitHub; what it says is what stands in its attributes.

    Attributes:
        metadata: members of its discovery document that differ.
        claims: claims of its ID tokens that differ.
        told: what its userinfo endpoint answers.
        answers: by path, what is answered instead: bytes are a whole HTTP answer, all else is JSON.
        sign: makes the ID token of claims.
        returns: parameters of the address to which the browser goes back that differ.
        asked: how often each path was asked for.
        forms: what was posted to its token endpoint.
        authorizations: the `Authorization` headers that came with it.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.port = 0
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.kid = "one"
        self.metadata: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.told: dict[str, Any] | None = None
        self.answers: dict[str, Any] = {}
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.returns: dict[str, Any] = {}
        self.asked: Counter[str] = Counter()
        self.forms: list[dict[str, str]] = []
        self.authorizations: list[str | None] = []
        self._codes: dict[str, dict[str, str]] = {}

    @property
    def issuer(self) -> str:
        """Its address and its name."""
        return f"http://127.0.0.1:{self.port}"

    def settings(self, name: str = "acme", **more: Any) -> dict[str, Any]:
        """Return what an operator writes down of it."""
        known = {"name": name, "issuer": self.issuer, "client_id": CLIENT, "client_secret": SECRET}
        return known | more

    def consent(self, authorization_url: str, code: str = CODE) -> str:
        """Return where the browser goes back to, as if its person had signed in and agreed."""
        asked = dict(parse_qsl(urlsplit(authorization_url).query))
        self._codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": self.issuer} | self.returns
        return f"{asked['redirect_uri']}?{urlencode(_without(answer))}"

    def signed(self, claims: dict[str, Any], **header: Any) -> str:
        """Return an ID token as an honest provider signs it; the header may differ."""
        payload = json.dumps(claims).encode()
        headers = {"kid": self.kid, **header}
        return jwt.api_jws.encode(payload, self.key, algorithm="ES256", headers=headers)

    def jwk(self, **more: Any) -> dict[str, Any]:
        """Return its public key."""
        found = jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {**found, "kid": self.kid, "use": "sig", "alg": "ES256", **more}

    def id_claims(self, nonce: str | None) -> dict[str, Any]:
        """Return what its ID tokens say."""
        now = int(self.clock.now().timestamp())
        claims = {
            "iss": self.issuer,
            "sub": SUBJECT,
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": nonce,
            "email": "ada@example.com",
            "email_verified": True,
            "name": "Ada Lovelace",
        }
        return _without(claims | self.claims)

    def discovery(self) -> dict[str, Any]:
        """Return its metadata."""
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "id_token_signing_alg_values_supported": ["ES256", "RS256", "HS256", "none"],
            "authorization_response_iss_parameter_supported": True,
        }
        return _without(document | self.metadata)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request, and close."""
        try:
            await self._serve(reader, writer)
        finally:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, target, headers, body = await _request(reader)
        path = urlsplit(target).path
        self.asked[path] += 1
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if method == "POST":
            self.forms.append(form)
            self.authorizations.append(headers.get("authorization"))
        answer = self.answers[path] if path in self.answers else self._honestly(target, form)
        if callable(answer):
            answer = await answer(writer)
        if answer is not None and not writer.is_closing():
            writer.write(answer if isinstance(answer, bytes) else reply(answer))
            await _sent(writer)

    def _honestly(self, target: str, form: dict[str, str]) -> Any:
        match urlsplit(target).path:
            case "/authorize":
                return reply({}, 303, Location=self.consent(target))
            case "/.well-known/openid-configuration":
                return self.discovery()
            case "/keys":
                return {"keys": [self.jwk()]}
            case "/token" | "/login/oauth/access_token":
                return self._token(form)
            case "/userinfo":
                return self.told or reply({}, 404)
            case _:
                return reply({}, 404)

    def _token(self, form: dict[str, str]) -> Any:
        asked = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            asked is None
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form["redirect_uri"]
        ):
            return reply({"error": "invalid_grant"}, 400)
        token = {"access_token": "at", "token_type": "Bearer", "expires_in": 60}
        return token | {"id_token": self.sign(self.id_claims(asked.get("nonce")))}


def reply(document: Any, status: int = 200, **headers: str) -> bytes:
    """Return a whole HTTP answer."""
    body = document if isinstance(document, bytes) else orjson.dumps(document)
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


@asynccontextmanager
async def providing(clock: Clock) -> AsyncIterator[Provider]:
    """Serve a provider until the block ends."""
    provider = Provider(clock)
    tasks: set[asyncio.Task[None]] = set()

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.get_running_loop().create_task(provider.serve(reader, writer)))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    provider.port = server.sockets[0].getsockname()[1]
    try:
        yield provider
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


def encoded(*parts: Any) -> str:
    """Return a JWT's header and payload, to be signed by hand."""
    return ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts
    )


def _without(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not DROP}


async def _sent(writer: asyncio.StreamWriter) -> None:
    """Return when all that was written is with the kernel."""
    writer.transport.set_write_buffer_limits(0)
    await writer.drain()
    writer.write_eof()


async def _request(
    reader: asyncio.StreamReader,
) -> tuple[str, str, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return method, target, headers, body
