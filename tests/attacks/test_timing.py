"""Nothing is told by the time of an answer: the same work is done whoever is asked about.

Counted and not measured: how often Argon2 ran with which cost, and how many statements were made.
"""

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import argon2
import httpx2
import pytest
from sqlalchemy import event, text

from runcast.application import Runcast
from runcast.database import UnitOfWork
from tests.tools.people import SignedIn

SOURCE = Path(__file__).parents[2] / "src/runcast"
WRONG = "not the password at all"
UNKNOWN = "nobody@example.com"
_SECRET = re.compile(
    r"(?:^|_)(?:token|secret|digest|hash|hashed|otp|password|signature|mac|nonce)$"
)
# No secret: it says whether a repeated request is the same one.
OTHER_DIGESTS = {"services/event_log/units/unit.py: digest != self.digest"}


class Work:
    """What the server did: hashes as `verify m=64,t=1,p=1`, and statements without their values."""

    def __init__(self) -> None:
        self.hashes: list[str] = []
        self.statements: list[str] = []


@pytest.fixture
def work(app: Runcast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """Yield what grows with all that the server does."""
    done = Work()
    for name in ("verify", "hash"):
        monkeypatch.setattr(argon2.PasswordHasher, name, _counting(name, done))
    with _listened(app, done):
        yield done


def _counting(name: str, done: Work) -> Any:
    real = getattr(argon2.PasswordHasher, name)

    def counting(hasher: argon2.PasswordHasher, *args: Any) -> Any:
        cost = args[0].split("$")[3] if name == "verify" else ""
        done.hashes.append(f"{name} {cost}".strip())
        return real(hasher, *args)

    return counting


@contextmanager
def _listened(app: Runcast, done: Work) -> Iterator[None]:
    engine = app.state.runtime.database.engine.sync_engine

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        done.statements.append(statement.partition(" ")[0])

    event.listen(engine, "before_cursor_execute", note)
    yield
    event.remove(engine, "before_cursor_execute", note)


async def change(app: Runcast, statement: str) -> None:
    """Change the rows behind the server's back."""
    async with UnitOfWork(app.state.runtime.database) as uow:
        await uow.session.execute(text(statement))


async def asked(
    client: httpx2.AsyncClient, work: Work, email: str, password: str = WRONG
) -> tuple[int, Any, list[str], list[str]]:
    """Return the answer to a sign-in, and the work that it was."""
    work.hashes.clear()
    work.statements.clear()
    form = {"grant_type": "password", "username": email, "password": password}
    answer = await client.post("/api/auth/token", data=form)
    return answer.status_code, answer.json(), list(work.hashes), list(work.statements)


async def test_a_refused_sign_in_is_the_same_work_whether_the_address_is_known_or_not(
    app: Runcast, client: httpx2.AsyncClient, alice: SignedIn, work: Work
) -> None:
    known = await asked(client, work, "alice@example.com")
    assert known[0] == 400
    assert known[2] == ["verify m=64,t=1,p=1"]
    assert await asked(client, work, UNKNOWN) == known
    await change(app, "UPDATE users SET password_hash = NULL")
    assert await asked(client, work, "alice@example.com") == known


async def test_whatever_stands_for_an_address_costs_one_hash(
    client: httpx2.AsyncClient, alice: SignedIn, work: Work
) -> None:
    for email in ("local", "no address", "é@é", "a" * 300 + "@example.com", "ALICE@example.com"):
        for password in (WRONG, "x", "x" * 1024, "\N{PILE OF POO}" * 1024):
            status, _, hashes, _ = await asked(client, work, email, password)
            assert (status, hashes) == (400, ["verify m=64,t=1,p=1"]), (email, password[:10])


async def test_what_nobody_can_have_costs_no_hash_whosever_it_is_said_to_be(
    client: httpx2.AsyncClient, alice: SignedIn, work: Work
) -> None:
    long = "x" * 1025
    known, unknown = [
        await asked(client, work, email, long) for email in ("alice@example.com", UNKNOWN)
    ]
    assert known == unknown
    assert await asked(client, work, "a" * 400 + "@example.com") == known
    assert (known[0], known[2]) == (400, [])


async def test_a_disabled_account_is_told_from_none_only_by_who_knows_its_password(
    app: Runcast, client: httpx2.AsyncClient, alice: SignedIn, work: Work
) -> None:
    unknown = await asked(client, work, UNKNOWN)
    await change(app, "UPDATE users SET disabled_at = created_at")
    assert await asked(client, work, "alice@example.com") == unknown
    right = await asked(client, work, "alice@example.com", "correct horse battery staple")
    assert (right[0], right[2]) == (unknown[0], unknown[2])
    assert "disabled" in right[1]["error_description"]
    # Nothing but the words tells them apart.
    words = dict.fromkeys(("error_description", "detail"))
    assert {**right[1], **words} == {**unknown[1], **words}


async def test_a_refused_refresh_says_the_same_of_whatever_was_sent(
    client: httpx2.AsyncClient, alice: SignedIn
) -> None:
    good = alice.tokens["refresh_token"]
    texts = ["x", "rcr_", good[:-2] + "AA", good.lower(), good + "A", "rcr_" + "A" * 70]
    answers = []
    for sent in texts:
        form = {"grant_type": "refresh_token", "refresh_token": sent}
        answer = await client.post("/api/auth/token", data=form)
        answers.append((answer.status_code, answer.json()))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 400


def compared(code: str) -> Iterator[str]:
    """Yield comparisons by `==` of what sounds like a secret; columns are compared by the database."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            sides = [node.left, *node.comparators]
            is_harmless = any(_is_column(side) or isinstance(side, ast.Constant) for side in sides)
            if not is_harmless and any(_SECRET.search(_name(side)) for side in sides):
                yield ast.unparse(node)


def _is_column(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id[:1].isupper()
    )


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=called):
            return _name(called)
        case _:
            return ""


def test_secrets_are_compared_in_constant_time() -> None:
    found = {
        f"{path.relative_to(SOURCE)}: {each}"
        for path in SOURCE.rglob("*.py")
        for each in compared(path.read_text())
    }
    assert found == OTHER_DIGESTS


def test_the_search_for_comparisons_finds_them() -> None:
    code = "a == row.refresh_token; User.password_hash == x; hash_of(x) != hashed; n == 1; a == b"
    assert list(compared(code)) == ["a == row.refresh_token", "hash_of(x) != hashed"]
