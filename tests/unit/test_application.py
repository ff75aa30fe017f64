"""The composition root: which options are settings, what a lifespan of one's own sees, how it ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from sqlalchemy import select

from runcast import Run, Runcast
from runcast.errors import Unavailable
from runcast.models import User
from runcast.runtime import Runtime
from tests.conftest import CHEAP_HASHES, SECRET


async def noop(_run: Run) -> None:
    """Do nothing."""


def a_user(email: str) -> User:
    """Return somebody who is not kept yet."""
    return User(id=uuid4(), email=email, email_key=email, name="x", created_at=datetime.now(UTC))


def test_options_are_settings_by_their_names_and_fastapis_otherwise() -> None:
    app = Runcast(lease_seconds=7, title="Mine", redirect_slashes=True)
    assert (app.settings.lease_seconds, app.title) == (7, "Mine")
    assert app.router.redirect_slashes
    with pytest.raises(ValidationError):
        Runcast(lease_seconds=0)


def test_an_option_that_nobody_knows_is_refused() -> None:
    with pytest.raises(TypeError, match="lease_secnods"):
        Runcast(lease_secnods=7)


async def test_without_a_data_folder_a_secret_is_asked_for_in_words() -> None:
    app = Runcast(database_url="postgresql://nowhere")
    with pytest.raises(Unavailable, match="RUNCAST_SECRET_KEY"):
        async with app.router.lifespan_context(app):
            pass


def test_a_handler_is_registered_with_options_or_without() -> None:
    app = Runcast()
    assert app.handler(noop) is noop
    assert app.handler(name="other", retries=2)(noop) is noop
    assert (app.handlers["noop"].retries, app.handlers["other"].retries) == (0, 2)
    with pytest.raises(ValueError, match="already"):
        app.handler(noop)


async def test_ones_own_lifespan_runs_inside_runcasts(database_url: str) -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def mine(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        runtime: Runtime = app.state.runtime
        await runtime.reader.heads([uuid4()])
        seen.append("opened")
        yield {"mine": 1}
        await runtime.reader.heads([uuid4()])
        seen.append("closed")

    app = Runcast(database_url=database_url, secret_key=SECRET, lifespan=mine, **CHEAP_HASHES)
    async with app.router.lifespan_context(app) as state:
        assert state == {"mine": 1}
        assert seen == ["opened"]
    assert seen == ["opened", "closed"]


async def test_what_fails_while_it_opens_closes_what_is_open(database_url: str) -> None:
    @asynccontextmanager
    async def broken(_app: FastAPI) -> AsyncIterator[None]:
        raise RuntimeError("mine is broken")
        yield

    first = Runcast(database_url=database_url, secret_key=SECRET, lifespan=broken, **CHEAP_HASHES)
    with pytest.raises(RuntimeError, match="mine is broken"):
        async with first.router.lifespan_context(first):
            raise AssertionError("it never opens")
    second = Runcast(database_url=database_url, secret_key=SECRET, **CHEAP_HASHES)
    async with second.router.lifespan_context(second):
        assert second.state.runtime.database.connections_in_use == 0


async def test_a_handler_whose_input_cannot_be_checked_stops_the_start(database_url: str) -> None:
    class Odd:
        """What JSON Schema knows nothing of."""

        @classmethod
        def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
            return {"type": "str", "pattern": "a(?=b)", "regex_engine": "python-re"}

        @classmethod
        def __get_pydantic_json_schema__(cls, _schema: Any, _handler: Any) -> Any:
            return {"type": "string", "pattern": "("}

    async def odd(_run: Run, _given: Odd) -> None:
        """Never start."""

    odd.__annotations__ = {"_given": Odd}
    app = Runcast(database_url=database_url, secret_key=SECRET, **CHEAP_HASHES)
    app.handler(odd)
    with pytest.raises(ValueError, match="inputs of odd cannot be checked"):
        async with app.router.lifespan_context(app):
            raise AssertionError("it never opens")


async def test_a_session_commits_what_it_is_told_to_and_refuses_what_is_forgotten(
    database_url: str,
) -> None:
    app = Runcast(database_url=database_url, secret_key=SECRET, **CHEAP_HASHES)
    async with app.router.lifespan_context(app):
        async with app.session() as db:
            db.add(a_user("kept@example.com"))
            await db.commit()
        with pytest.raises(RuntimeError, match="nobody committed"):
            async with app.session() as db:
                db.add(a_user("forgotten@example.com"))
        async with app.session() as db:
            found = set(await db.scalars(select(User.email)))
    assert "kept@example.com" in found
    assert "forgotten@example.com" not in found
