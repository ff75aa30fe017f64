"""`runcast login` and `logout` as real processes against a real server."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pyotp
import pytest

from runcast.cli.login_file import LoginFile
from runcast_client import Client
from tests.tools import gated_app
from tests.tools.command_line import CommandLine, served

EMAIL = "ada@example.com"
PASSWORD = "correct horse battery staple"


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    """Return a command line whose server hands out tokens that live for a second."""
    return CommandLine(tmp_path, RUNCAST_ACCESS_TOKEN_SECONDS="1")


@pytest.fixture
async def url(line: CommandLine) -> AsyncIterator[str]:
    """Yield the address of a server at which Ada has an account, and which no folder knows."""
    async with served(line, Path(gated_app.__file__)) as server:
        async with Client(server.url) as client:
            await client.register(EMAIL, PASSWORD)
        (line.folder / "runcast-data" / "local-credential.json").unlink()
        yield server.url


async def sign_in(line: CommandLine, url: str, password: str = PASSWORD) -> tuple[int, str, str]:
    """Return what `runcast login` did."""
    return await line.run("login", url, "--email", EMAIL, "--password-stdin", typed=password)


async def test_a_sign_in_serves_the_commands_that_follow(line: CommandLine, url: str) -> None:
    assert (await line.run("run", "failing"))[0] == 4
    status, out, _ = await sign_in(line, url)
    assert (status, out) == (0, f"signed in at {url} as {EMAIL}\n")
    assert (await line.run("run", "failing"))[0] == 0


async def test_commands_side_by_side_share_one_session(line: CommandLine, url: str) -> None:
    await sign_in(line, url)
    for _ in range(2):
        done = await asyncio.gather(*(line.run("run", "reluctant", "--watch") for _ in range(3)))
        assert [status for status, _, _ in done] == [3, 3, 3], done


async def test_logout_ends_the_session_on_the_server_too(line: CommandLine, url: str) -> None:
    await sign_in(line, url)
    file = LoginFile(line.folder / "config" / "runcast" / "login.json")
    held = await asyncio.to_thread(file.read)
    assert await line.run("logout") == (0, f"signed out at {url}\n", "")
    assert (await line.run("run", "failing"))[0] == 4
    assert held is not None
    await asyncio.to_thread(file.write, held)
    status, _, err = await line.run("run", "failing")
    assert (status, f"runcast login {url}" in err) == (4, True)
    assert (await line.run("logout"))[0] == 0
    assert await line.run("logout") == (0, "nobody is signed in\n", "")


async def test_a_wrong_password_keeps_nothing(line: CommandLine, url: str) -> None:
    status, _, err = await sign_in(line, url, password="wrong")
    assert (status, "Traceback" in err) == (4, False)
    assert (await line.run("logout"))[1] == "nobody is signed in\n"


async def test_a_server_that_is_none_is_refused(line: CommandLine) -> None:
    status, _, err = await sign_in(line, "localhost:8000")
    assert (status, "http://" in err) == (2, True)


async def test_a_second_factor_is_asked_for(line: CommandLine, url: str) -> None:
    secret, recovery = await add_app(url)
    # The code of now has been used to confirm the app.
    code = pyotp.TOTP(secret).generate_otp(int(time.time()) // 30 + 1)
    for shown in (code, recovery):
        status, out, err = await sign_in(line, url, password=f"{PASSWORD}\n{shown}\n")
        assert (status, out) == (0, f"signed in at {url} as {EMAIL}\n"), err
        assert (await line.run("run", "failing"))[0] == 0
    status, _, err = await sign_in(line, url, password=f"{PASSWORD}\n{recovery}\n")
    assert (status, "Traceback" in err, recovery in err) == (4, False, False)


async def add_app(url: str) -> tuple[str, str]:
    """Return the secret of an app that Ada has added, and a recovery code."""
    async with httpx2.AsyncClient(base_url=url) as client:
        form = {"grant_type": "password", "username": EMAIL, "password": PASSWORD}
        token = (await client.post("/api/auth/token", data=form)).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        secret = (await client.post("/api/auth/factors/totp")).json()["secret"]
        code = {"code": pyotp.TOTP(secret).now()}
        done = await client.post("/api/auth/factors/totp/confirm", json=code)
        return secret, done.json()["recovery_codes"][0]
