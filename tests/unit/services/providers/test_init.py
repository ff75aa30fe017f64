"""The providers are those that the operator named, by their names."""

from typing import Any

import pytest

from runcast.errors import NotFound
from runcast.services.providers import open_providers
from runcast.settings import Settings
from tests.tools.clock import FakeClock

ACME = {"name": "acme", "issuer": "https://id.example", "client_id": "us", "sign_up": True}


async def test_without_any_there_are_none(clock: FakeClock) -> None:
    assert (await open_providers(Settings(), clock)).by_name == {}


async def test_they_are_found_by_their_names(clock: FakeClock) -> None:
    options: dict[str, Any] = {
        "oidc": [ACME, {**ACME, "name": "other", "title": "The other"}],
        "github_client_id": "us",
        "github_client_secret": "swordfish",
    }
    providers = await open_providers(Settings(**options), clock)
    assert [one.title for one in providers.by_name.values()] == ["Acme", "The other", "GitHub"]
    assert providers.get("acme").sign_up is True
    with pytest.raises(NotFound):
        providers.get("evil")
