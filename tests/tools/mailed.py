"""An application whose letters arrive at a test's own mailbox."""

from typing import Any

from pydantic import SecretStr

from runcast.application import Runcast
from tests.tools.mail_servers import Mailbox

PAGES = "https://runs.example.com"


def with_mail(app: Runcast, port: int, **more: Any) -> None:
    """Let an application that has not started send its letters to a port of this machine."""
    mail = {
        "mail_url": SecretStr(f"smtp://127.0.0.1:{port}"),
        "mail_from": "Runs <runs@example.com>",
        "public_url": PAGES,
    }
    app.settings = app.settings.model_copy(update={**mail, **more})


async def code(app: Runcast, mailbox: Mailbox, to: str) -> str:
    """Return the code of the newest letter to this address, once all letters have arrived."""
    await app.state.runtime.mailer.settled()
    return mailbox.code(to)


async def texts(app: Runcast, mailbox: Mailbox, to: str | None = None) -> list[str]:
    """Return what the letters to this address say, once all have arrived."""
    await app.state.runtime.mailer.settled()
    return mailbox.texts(to)
