"""What goes by letter, when it cannot, and when the mail server behaves badly: requests answer all the same."""

import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest

from runcast.application import Runcast
from runcast.services.mail import mailer
from tests.tools.mail_servers import (
    Mailbox,
    closed_port,
    hang_up,
    misbehaving,
    refuse,
    say_nothing,
    talk_nonsense,
)
from tests.tools.mailed import code, texts, with_mail
from tests.tools.people import PASSWORD, SignedIn

ALICE = "alice@example.com"


@pytest.mark.parametrize(
    ("path", "body"),
    [("/api/auth/verification", None), ("/api/auth/reset", {"email": ALICE})],
)
async def test_without_mail_what_takes_a_letter_is_refused(
    alice: SignedIn, path: str, body: dict[str, str] | None
) -> None:
    answer = await alice.post(path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "mail_not_configured")


async def test_without_mail_nobody_is_told_of_a_change(alice: SignedIn) -> None:
    body = {"password": "another password", "current_password": PASSWORD}
    assert (await alice.patch("/api/auth/me", json=body)).status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestBadServers:
    @pytest.fixture(params=[hang_up, refuse, talk_nonsense, say_nothing, None])
    async def port(self, request: pytest.FixtureRequest) -> AsyncIterator[int]:
        """Yield the port of a server that behaves badly, or of none."""
        if request.param is None:
            yield await closed_port()
            return
        async with misbehaving(request.param) as port:
            yield port

    @pytest.fixture
    def prepare(self, port: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[Runcast], None]:
        """Send letters there, and try twice, at once."""
        monkeypatch.setattr(mailer.Mailer.__init__, "__kwdefaults__", _hasty())
        return lambda app: with_mail(app, port)

    async def test_requests_answer_and_nothing_of_the_letter_is_logged(
        self, app: Runcast, alice: SignedIn, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG, logger="runcast")
        assert (await alice.post("/api/auth/verification")).status_code == 202
        assert (await alice.post("/api/auth/reset", json={"email": ALICE})).status_code == 202
        await app.state.runtime.mailer.stop()
        assert "letter" in caplog.text
        assert "rco_" not in caplog.text
        assert ALICE not in caplog.text


def _hasty() -> dict[str, Any]:
    return {"waits": (0.0, 0.0), "room": 1000, "stop_seconds": 0.5}


class TestLogs:
    @pytest.fixture
    def prepare(self, mailbox: Mailbox) -> Callable[[Runcast], None]:
        """Send letters."""
        return lambda app: with_mail(app, mailbox.port)

    async def test_no_code_and_no_password_is_logged_on_the_way(
        self,
        app: Runcast,
        alice: SignedIn,
        client: httpx2.AsyncClient,
        mailbox: Mailbox,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level(logging.DEBUG, logger="runcast")
        await client.post("/api/auth/reset", json={"email": ALICE})
        reset = await code(app, mailbox, ALICE)
        body = {"code": reset, "password": "a most secret word"}
        assert (await client.post("/api/auth/reset/confirm", json=body)).status_code == 204
        await client.post("/api/auth/reset/confirm", json=body)
        mailbox.reply = "554 no"
        await client.post("/api/auth/reset", json={"email": "bob@example.com"})
        await texts(app, mailbox)
        assert reset not in caplog.text
        assert "a most secret word" not in caplog.text
