"""A console whose server sends letters and knows a provider: all that a sign-in may take."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runcast.clock import SystemClock
from tests.tools.consoles import Hosted, hosting
from tests.tools.identity_providers import Provider, providing
from tests.tools.mail_servers import Mailbox, receiving
from tests.tools.mailed import code
from tests.tools.valkey import free_port


@dataclass
class Connected:
    """A hosted console with its mailbox and its provider; its address is one that takes passkeys."""

    hosted: Hosted
    mailbox: Mailbox
    provider: Provider

    @property
    def url(self) -> str:
        """Where it is."""
        return self.hosted.url

    async def link(self, kind: str, to: str) -> str:
        """Return the link of the newest letter to this address."""
        found = await code(self.hosted.app, self.mailbox, to)
        assert f"#{kind}={found}" in self.mailbox.texts(to)[-1]
        return f"{self.url}/#{kind}={found}"


@asynccontextmanager
async def connected(template: Path, folder: Path) -> AsyncIterator[Connected]:
    """Serve one until the block ends."""
    port = free_port()
    async with receiving() as mailbox, providing(SystemClock()) as provider:
        mail: dict[str, Any] = {
            "mail_url": f"smtp://127.0.0.1:{mailbox.port}",
            "mail_from": "runs@example.com",
        }
        oidc = [provider.settings(title="Acme")]
        url = f"http://localhost:{port}"
        async with hosting(
            template, folder, port=port, public_url=url, oidc=oidc, **mail
        ) as hosted:
            yield Connected(hosted, mailbox, provider)
