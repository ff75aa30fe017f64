"""The providers of identities that the operator has named."""

from collections.abc import Mapping
from dataclasses import dataclass

from runcast.clock import Clock
from runcast.errors import NotFound
from runcast.services.providers.base import Provider
from runcast.services.providers.github import GitHub
from runcast.services.providers.openid import OpenId
from runcast.services.providers.outbound import open_outbound
from runcast.settings import Settings


@dataclass(frozen=True, slots=True)
class Providers:
    """All of them, by their names."""

    by_name: Mapping[str, Provider]

    def get(self, name: str) -> Provider:
        """Return one.

        Raises:
            NotFound: there is none of that name.
        """
        try:
            return self.by_name[name]
        except KeyError:
            raise NotFound("no such provider") from None


async def open_providers(settings: Settings, clock: Clock) -> Providers:
    """Return those of the settings; nobody is asked anything yet."""
    if not settings.oidc and settings.github_client_id is None:
        return Providers({})
    outbound = await open_outbound()
    found: list[Provider] = [OpenId(each, outbound, clock) for each in settings.oidc]
    if settings.github_client_id is not None:
        found.append(GitHub(settings, outbound))
    return Providers({provider.name: provider for provider in found})
