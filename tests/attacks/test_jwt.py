"""Forged access tokens, over HTTP and as a socket's first frame: each is 401 `invalid_token`, or 4401.

What RFC 8725 warns of, and what is known to have worked elsewhere. The signing key itself is used where
an attacker could not, so that it is the check at hand that refuses and not the signature.
"""

import base64
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from runcast.services.signing.signing_keys import Key, of_seed, public_text
from runcast.services.signing.tokens import MAX_LENGTH
from tests.live.conftest import Live
from tests.tools.clock import FakeClock
from tests.tools.jwts import base64url, opened, part, signed
from tests.tools.people import SignedIn
from tests.tools.signing_keys import BEGINNING
from tests.tools.stories import begin
from tests.tools.watchers import watching

ATTACKER = b"a" * 32
ORDER = 2**252 + 27742317777372353535851937790883648493
MISSING = object()
Forged = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Forge:
    """What an attacker has to work with: a good token; and what none has, the key that signed it."""

    key: Key
    good: str

    @property
    def header(self) -> dict[str, Any]:
        """The header of the good token."""
        return opened(self.good)[0]

    @property
    def claims(self) -> dict[str, Any]:
        """Its claims."""
        return opened(self.good)[1]

    def with_header(self, **members: Any) -> str:
        """Return a token with these members of the header changed, signed with the true key."""
        return signed(self.key.seed, _changed(self.header, members), self.claims)

    def with_claims(self, **members: Any) -> str:
        """Return a token with these claims changed, signed with the true key."""
        return signed(self.key.seed, self.header, _changed(self.claims, members))

    def by_attacker(self, **members: Any) -> str:
        """Return a token with these members of the header changed, signed with the attacker's key."""
        return signed(ATTACKER, _changed(self.header, members), self.claims)


def _changed(whole: dict[str, Any], members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**whole, **members}.items() if value is not MISSING}


def _hmac(secret: bytes, header: dict[str, Any], claims: dict[str, Any], hashed: str) -> str:
    text = f"{part(header)}.{part(claims)}"
    return f"{text}.{base64url(hmac.digest(secret, text.encode(), hashed))}"


def algorithms(forge: Forge) -> Forged:
    """Yield tokens of another algorithm: none, and public keys taken for shared secrets."""
    header, claims = forge.header, forge.claims
    _, _, signature = forge.good.split(".")
    for none in ("none", "None", "NONE", "nOnE", "", None, MISSING):
        unsigned = f"{part(_changed(header, {'alg': none}))}.{part(claims)}."
        yield f"alg {none} unsigned", unsigned
        yield f"alg {none} with the old signature", unsigned + signature
        yield f"alg {none} signed", forge.with_header(alg=none)
    public = forge.key.public
    encodings = serialization.Encoding, serialization.PublicFormat
    secrets = {
        "raw": public.public_bytes(encodings[0].Raw, encodings[1].Raw),
        "pem": public.public_bytes(encodings[0].PEM, encodings[1].SubjectPublicKeyInfo),
        "der": public.public_bytes(encodings[0].DER, encodings[1].SubjectPublicKeyInfo),
        "ssh": public.public_bytes(encodings[0].OpenSSH, encodings[1].OpenSSH),
        "x": public_text(public).encode(),
        "kid": forge.key.kid.encode(),
        "empty": b"",
    }
    for name, secret in secrets.items():
        for alg, hashed in (("HS256", "sha256"), ("HS384", "sha384"), ("HS512", "sha512")):
            yield f"{alg} with {name}", _hmac(secret, {**header, "alg": alg}, claims, hashed)
        yield f"EdDSA, but HMAC with {name}", _hmac(secret, header, claims, "sha512")
    others: list[Any] = ["RS256", "ES256", "Ed25519", "Ed448", "eddsa", "EDDSA", "EdDSA ", 1, []]
    for other in others:
        yield f"alg {other}", forge.with_header(alg=other)


def key_ids(forge: Forge) -> Forged:
    """Yield tokens whose `kid` points somewhere else."""
    attacker = of_seed(ATTACKER, created_at=BEGINNING, signs_from=BEGINNING)
    kids: list[Any] = [
        MISSING, None, "", 0, 1, True, [], {}, [forge.key.kid], attacker.kid, "unknown", "k" * 500,
        forge.key.kid + " ", forge.key.kid.lower(), forge.key.kid + "\0", forge.key.kid[:-1],
        "../../../../../../dev/null", "/dev/null", "file:///dev/null", "https://evil.example/k",
        "' OR 1=1 --", "' UNION SELECT 'a' --", "x'; DROP TABLE runcast_signing_keys; --", "%00",
        "$(id)", "../../runcast-data/secret-key", "é", "\ud800",
    ]  # fmt: skip
    for kid in kids:
        yield f"kid {kid!r:.40}", forge.by_attacker(kid=kid)
        if kid != forge.key.kid:
            yield f"kid {kid!r:.40}, true key", forge.with_header(kid=kid)
    null = "../../../../../../dev/null"
    changed = {**forge.header, "kid": null, "alg": "HS256"}
    yield "an empty file as the secret", _hmac(b"", changed, forge.claims, "sha256")
    yield "the true kid, another key", forge.by_attacker()


def headers(forge: Forge) -> Forged:
    """Yield tokens that bring their key along, or ask to be read in another way."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": public_text(_public(ATTACKER))}
    attacker = of_seed(ATTACKER, created_at=BEGINNING, signs_from=BEGINNING)
    extras: list[dict[str, Any]] = [
        {"jku": "https://evil.example/jwks.json"}, {"x5u": "https://evil.example/cert.pem"},
        {"jwk": jwk}, {"jwk": {**jwk, "kid": forge.key.kid}}, {"jwk": jwk, "kid": attacker.kid},
        {"x5c": ["MIIB"]}, {"x5t": "AAAA"}, {"x5t#S256": "AAAA"}, {"crit": []}, {"crit": ["exp"]},
        {"crit": ["b64"], "b64": True}, {"crit": ["b64"], "b64": False}, {"b64": False},
        {"crit": ["http://evil.example/x"], "http://evil.example/x": 1}, {"cty": "JWT"},
        {"zip": "DEF"}, {"enc": "A256GCM"}, {"epk": jwk}, {"iss": "runcast"}, {"": ""},
    ]  # fmt: skip
    for extra in extras:
        yield f"header {extra!r:.60}", forge.with_header(**extra)
        yield f"header {extra!r:.60}, attacker's key", forge.by_attacker(**extra)
    for typ in (
        MISSING, None, "", "JWT", "jwt", "at+JWT", "AT+JWT", "application/at+jwt", "id+jwt",
        "logout+jwt", "refresh+jwt", "dpop+jwt", "secevent+jwt", ["at+jwt"], "at+jwt ",
    ):  # fmt: skip
        yield f"typ {typ!r}", forge.with_header(typ=typ)


def spellings(forge: Forge) -> Forged:
    """Yield headers that other readers take for the good one."""
    good = json.dumps(forge.header, separators=(",", ":"), sort_keys=True)
    kid = forge.key.kid
    texts: list[Any] = [
        good[:-1] + ',"alg":"EdDSA"}', '{"alg":"none",' + good[1:], good[:-1] + ',"alg":"none"}',
        good[:-1] + f',"kid":"{kid}"' + "}", '{"kid":"x",' + good[1:], '{"typ":"JWT",' + good[1:],
        " " + good, good + " ", good + "\n", good.replace(":", ": "), "\ufeff" + good, good + "\0",
        good.replace("alg", "\\u0061lg"), good.replace("EdDSA", "Ed\\u0044SA"), good + good,
        json.dumps(dict(sorted(forge.header.items(), reverse=True)), separators=(",", ":")),
        f"[{good}]", "[]", "{}", "null", '""', "", "1", "not json", good.encode("utf-16"),
        b"\xff" + good.encode(), "[" * 2000, '{"a":' * 600 + "1" + "}" * 600,
    ]  # fmt: skip
    for text in texts:
        yield f"header {text!r:.60}", signed(forge.key.seed, text, forge.claims)


def claims_of_others(forge: Forge) -> Forged:
    """Yield tokens of another issuer, audience, person or session."""
    strangers: dict[str, list[Any]] = {
        "iss": ["", "someone else", "runcast/", "Runcast", "runcast ", ["runcast"], 1, {}],
        "aud": [
            "", "another api", "runcast", ["runcast-api"], ["runcast-api", "another"], [], ["*"],
            "runcast-api ", "RUNCAST-API", 1, {"runcast-api": 1},
        ],
        "sub": ["", "admin", 1, [], {}, str(uuid4()), "local", "é"],
        "sid": ["", "x", 1, [], {}, str(uuid4()), "0", "00000000-0000-0000-0000-000000000000"],
    }  # fmt: skip
    for name, values in strangers.items():
        for value in [MISSING, None, *values]:
            yield f"{name} {value!r}", forge.with_claims(**{name: value})
    for name in ("jti", "client_id"):
        yield f"no {name}", forge.with_claims(**{name: MISSING})


def times(forge: Forge) -> Forged:
    """Yield tokens whose times are missing, past, to come, or no times."""
    now = forge.claims["iat"]
    wrong: list[Any] = [
        MISSING, None, "", "soon", str(now + 100), now + 100.5, float(now + 100), True, False, [],
        [now], {}, float("nan"), float("inf"), float("-inf"), 1e300, 10**30, -(10**30), 2**63,
        253402300800, -1e300,
    ]  # fmt: skip
    for name in ("exp", "nbf", "iat"):
        for value in wrong:
            yield f"{name} {value!r}", forge.with_claims(**{name: value})
    for value in (now, now - 1, 0, -1, 1):
        yield f"exp {value}", forge.with_claims(exp=value)
    for name in ("nbf", "iat"):
        for value in (now + 6, now + 86_400, 4_000_000_000):
            yield f"{name} {value}", forge.with_claims(**{name: value})
    yield "good for a year", forge.with_claims(exp=now + 366 * 86_400)
    yield "good for longer than a day", forge.with_claims(exp=now + 86_401)
    good = json.dumps(forge.claims)
    texts: list[Any] = [
        good.replace('"exp": ', '"exp": 1, "exp": '), good[:-1] + f', "exp": {now + 200}}}',
        good[:-1] + f', "sub": "{uuid4()}"}}', good.replace('"aud": ', '"aud": "x", "aud": '),
        good[:-1] + ', "extra": NaN}', f"[{good}]", "null", "", '""', "1", "[]", "{}", good + good,
        good.encode("utf-16"), b"\xff\xfe" + good.encode(), "[" * 2500, '{"a":' * 500 + "1",
    ]  # fmt: skip
    for text in texts:
        yield f"claims {text!r:.60}", signed(forge.key.seed, forge.header, text)


def signatures(forge: Forge) -> Forged:
    """Yield the good token with its signature cut, stretched, bent or spelled otherwise."""
    head, _, signature = forge.good.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    yield "none at all", head
    for name, other in {
        "empty": b"", "one byte": raw[:1], "63 bytes": raw[:-1], "65 bytes": raw + b"\0",
        "twice": raw * 2, "zeros": bytes(64), "ones": b"\xff" * 64, "flipped": _flipped(raw),
        "halves swapped": raw[32:] + raw[:32], "of the identity": b"\1" + bytes(63),
    }.items():  # fmt: skip
        yield name, f"{head}.{base64url(other)}"
    s = int.from_bytes(raw[32:], "little")
    for factor in range(1, 15):
        if s + factor * ORDER < 2**256:
            larger = (s + factor * ORDER).to_bytes(32, "little")
            yield f"S plus {factor} orders", f"{head}.{base64url(raw[:32] + larger)}"
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    place = alphabet.index(signature[-1])
    for bits in range(1, 16):
        yield f"spare bits {bits}", f"{forge.good[:-1]}{alphabet[place + bits]}"
    for end in ("=", "==", "A", ".", "!", "%3D", "\t.", "AAAA"):
        yield f"{end!r} behind it", forge.good + end
    yield "another alphabet", f"{head}.+/{signature[2:]}"
    for place in (len(head) // 3, len(head) - 3):
        changed = "A" if forge.good[place] != "A" else "B"
        yield f"a letter at {place}", f"{forge.good[:place]}{changed}{forge.good[place + 1 :]}"
    of_other_claims = signed(forge.key.seed, forge.header, {}).rpartition(".")[2]
    yield "of another token", f"{head}.{of_other_claims}"


def shapes(forge: Forge) -> Forged:
    """Yield what is no token of three parts, or hides one."""
    header, claims, signature = forge.good.split(".")
    jwe = part({"alg": "dir", "enc": "A256GCM"})
    yield "JWE", f"{jwe}..{base64url(b'i' * 12)}.{claims}.{base64url(b't' * 16)}"
    yield "JWE with a key", f"{jwe}.AAAA.AAAA.{claims}.AAAA"
    yield "JWE with the good header", f"{header}.AAAA.AAAA.{claims}.{signature}"
    yield (
        "JWS as JSON",
        json.dumps({"payload": claims, "protected": header, "signature": signature}),
    )
    yield "four parts", f"{forge.good}.AAAA"
    yield "the claims twice", f"{header}.{claims}.{claims}.{signature}"
    yield "nested", signed(forge.key.seed, forge.header, forge.good)
    yield "nested with cty", signed(forge.key.seed, {**forge.header, "cty": "JWT"}, forge.good)
    text = f"{header}.{forge.good}"
    attached = Ed25519PrivateKey.from_private_bytes(forge.key.seed).sign(text.encode())
    yield "unencoded claims", f"{text}.{base64url(attached)}"
    yield "detached", f"{header}..{signature}"
    yield "too long, and signed", forge.with_claims(pad="x" * MAX_LENGTH)
    for text in (
        "e30", ".", "..", "...", "a.b.c", "e30.e30.", "null", "undefined", "Bearer",
        f"Bearer {forge.good}", f"{forge.good} {forge.good}", f"{forge.good},{forge.good}",
        f'"{forge.good}"', "x" * 30_000, "." * 8000, forge.good.upper(),
        forge.good.replace(".", "%2E"), "rck_" + forge.good, "rcr_" + forge.good,
        "rcw_" + forge.good, "rct_" + forge.good, "rcl_" + forge.good, "rcs_" + forge.good,
    ):  # fmt: skip
        yield f"{text!r:.60}", text


FAMILIES = [
    algorithms, key_ids, headers, spellings, claims_of_others, times, signatures, shapes,
]  # fmt: skip


def _public(seed: bytes) -> Any:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key()


def _flipped(raw: bytes) -> bytes:
    return bytes([raw[0] ^ 1]) + raw[1:]


@pytest.fixture
def forge(target: Live, victim: SignedIn) -> Forge:
    """Return a good token, and the key."""
    return Forge(target.runtime.signing_keys.active(), victim.token)


async def asked(client: httpx2.AsyncClient, token: str) -> tuple[int, str | None]:
    """Return status and challenge of a request with this token."""
    answer = await client.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.headers.get("WWW-Authenticate")


async def test_what_is_forged_here_would_be_taken_if_it_were_left_as_it_was(
    target: Live, victim: SignedIn, forge: Forge
) -> None:
    again = forge.with_claims(jti=str(uuid4()))
    assert again != forge.good
    story = await begin(target.runtime, victim.user["id"])
    async with httpx2.AsyncClient(base_url=target.url, trust_env=False) as client:
        assert await asked(client, again) == (200, None)
    async with watching(target.url, story.id) as watcher:
        await watcher.say({"type": "auth", "token": again})
        await watcher.until("hello")


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
async def test_a_forged_token_is_401_over_http(family: Any, target: Live, forge: Forge) -> None:
    refused = (401, 'Bearer error="invalid_token"')
    taken = {}
    async with httpx2.AsyncClient(base_url=target.url, trust_env=False) as client:
        for name, token in family(forge):
            if not token.strip() or not token.isascii() or not token.isprintable():
                continue
            if (answer := await asked(client, token)) != refused:
                taken[name] = answer
    assert taken == {}


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
async def test_a_forged_token_opens_no_socket(
    family: Any, target: Live, victim: SignedIn, forge: Forge
) -> None:
    story = await begin(target.runtime, victim.user["id"])
    taken = {}
    for name, token in family(forge):
        async with watching(target.url, story.id) as watcher:
            await watcher.say({"type": "auth", "token": token})
            if (code := await watcher.close_code()) != 4401 or watcher.frames:
                taken[name] = (code, watcher.frames)
    assert taken == {}


async def test_a_token_of_another_servers_secret_is_refused(target: Live, forge: Forge) -> None:
    other = of_seed(b"o" * 32, created_at=BEGINNING, signs_from=BEGINNING)
    theirs = signed(other.seed, {**forge.header, "kid": other.kid}, forge.claims)
    async with httpx2.AsyncClient(base_url=target.url, trust_env=False) as client:
        assert (await asked(client, theirs))[0] == 401


async def test_a_forged_renewal_prolongs_nothing(
    target: Live, victim: SignedIn, forge: Forge, clock: FakeClock
) -> None:
    story = await begin(target.runtime, victim.user["id"])
    async with watching(target.url, story.id, victim.token) as watcher:
        await watcher.until("caught_up")
        now = forge.claims["iat"]
        for forged in (forge.by_attacker(), forge.with_claims(exp=now + 10_000, nbf=now + 9_000)):
            await watcher.say({"type": "auth", "token": forged})
            assert (await watcher.until("error"))["code"] == "invalid_token"
        clock.advance(300)
        await target.runtime.guard.look()
        assert await watcher.close_code() == 4401


async def test_a_token_works_no_longer_than_it_says_whatever_was_remembered(
    target: Live, forge: Forge, clock: FakeClock
) -> None:
    async with httpx2.AsyncClient(base_url=target.url, trust_env=False) as client:
        clock.advance(299)
        assert (await asked(client, forge.good))[0] == 200
        clock.advance(1)
        assert (await asked(client, forge.good))[0] == 401
