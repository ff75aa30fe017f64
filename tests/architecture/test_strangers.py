"""Whatever a stranger may send is counted by where they are: it makes the server work, or leaves rows."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from runcast import Runcast
from runcast.dependencies import (
    CurrentUser,
    Limited,
    OnAccounts,
    OnStrangers,
    SignInAttempts,
    get_attempts,
    needs_credential,
)

# What only reads, but for these: whoever comes back from a provider spends a journey, and is noted.
READING = {"GET", "HEAD", "OPTIONS"}
WRITING = {"/api/auth/oauth/{provider}/callback"}


def is_counted(dependant: Dependant) -> bool:
    """Tell whether requests are counted by their address, all or those that attempt to sign in."""
    return any(
        inner.call is get_attempts or isinstance(inner.call, Limited) or is_counted(inner)
        for inner in dependant.dependencies
    )


def public(app: FastAPI) -> Iterator[tuple[str, APIRoute]]:
    """Yield each endpoint that needs no credential and does more than read."""
    for context in iter_route_contexts(app.routes):
        route, path = context.original_route, context.path or ""
        if not isinstance(route, APIRoute) or needs_credential(route.dependant):
            continue
        if path in WRITING or not (route.methods or set()) <= READING:
            yield path, route


def uncounted(app: FastAPI) -> list[str]:
    """Return those of them whose requests nobody counts."""
    return [path for path, route in public(app) if not is_counted(route.dependant)]


def test_whatever_a_stranger_may_send_is_counted_by_address() -> None:
    assert uncounted(Runcast()) == []


def test_the_walker_sees_what_is_public() -> None:
    assert {path for path, _ in public(Runcast())} == {
        "/api/auth/register",
        "/api/auth/token",
        "/api/auth/reset",
        "/api/auth/reset/confirm",
        "/api/auth/verification/confirm",
        "/api/auth/passkey-challenges",
        "/api/auth/invitations/preview",
        *WRITING,
    }


def test_an_endpoint_that_nobody_counts_is_found() -> None:
    def nothing() -> None:
        """Answer nothing."""

    app = Runcast()
    app.post("/mine")(nothing)
    app.get("/read")(nothing)
    assert uncounted(app) == ["/mine"]


@pytest.mark.parametrize("counting", [OnAccounts, OnStrangers])
def test_an_endpoint_that_is_counted_passes(counting: object) -> None:
    def nothing() -> None:
        """Answer nothing."""

    app = Runcast()
    app.post("/mine", dependencies=[counting])(nothing)  # type: ignore[list-item]
    assert uncounted(app) == []


def test_an_endpoint_that_counts_attempts_or_needs_a_credential_passes() -> None:
    def attempting(attempts: SignInAttempts) -> None:
        """Answer nothing."""

    def mine(user: CurrentUser) -> None:
        """Answer nothing."""

    app = Runcast()
    app.post("/attempts")(attempting)
    app.post("/mine")(mine)
    assert uncounted(app) == []
