"""The login file, and the credential that renews itself in it."""

import asyncio
import stat
from pathlib import Path

import pytest

from runcast.cli.login_file import FileCredential, Login, LoginFile, LoginUnreadable, login_path
from runcast_client import InvalidGrant, SignedOut, Tokens

URL = "https://runcast.example"
OLD = Tokens("access 1", "refresh 1", 100.0)


class Issuer:
    """Rotates refresh tokens, and ends the session if one is used twice."""

    def __init__(self) -> None:
        self.current = 1

    async def refresh(self, refresh_token: str) -> Tokens:
        """Return the next tokens."""
        if refresh_token != f"refresh {self.current}":
            raise InvalidGrant(400, {"error": "invalid_grant"})
        self.current += 1
        await asyncio.sleep(0)
        return Tokens(f"access {self.current}", f"refresh {self.current}", 1000.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the file is."""
    return tmp_path / "config" / "runcast" / "login.json"


@pytest.fixture
def file(path: Path) -> LoginFile:
    """Return a file with a session in it."""
    file = LoginFile(path)
    file.write(Login(URL, OLD))
    return file


def credential(path: Path, now: float = 50.0, url: str = URL) -> FileCredential:
    """Return what one command holds, at a moment."""
    return FileCredential(LoginFile(path), url, lambda: now)


async def kept(path: Path) -> Login | None:
    """Return what the file holds."""
    return await asyncio.to_thread(LoginFile(path).read)


def test_only_its_owner_may_read_it(file: LoginFile, path: Path) -> None:
    assert file.read() == Login(URL, OLD)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [it.name for it in path.parent.iterdir()] == ["login.json"]


def test_no_file_is_no_sign_in(path: Path) -> None:
    assert LoginFile(path).read() is None
    LoginFile(path).remove()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"url": "x", "tokens": {"a": 1}}'])
def test_a_damaged_file_is_said_to_be_one(file: LoginFile, path: Path, content: str) -> None:
    path.write_text(content)
    with pytest.raises(LoginUnreadable, match=r"login\.json is damaged"):
        file.read()


@pytest.mark.usefixtures("file")
async def test_a_good_token_is_sent_as_it_is(path: Path) -> None:
    assert await credential(path).token(Issuer().refresh) == "access 1"


@pytest.mark.usefixtures("file")
async def test_commands_side_by_side_renew_it_once(path: Path) -> None:
    issuer = Issuer()
    commands = [credential(path, now=200.0) for _ in range(8)]
    tokens = await asyncio.gather(*(each.token(issuer.refresh) for each in commands))
    assert set(tokens) == {"access 2"}
    assert issuer.current == 2
    assert await kept(path) == Login(URL, Tokens("access 2", "refresh 2", 1000.0))


@pytest.mark.usefixtures("file")
async def test_a_refused_token_is_renewed_before_its_time(path: Path) -> None:
    assert await credential(path).token(Issuer().refresh, refused="access 1") == "access 2"


@pytest.mark.usefixtures("file")
async def test_the_end_of_a_session_is_kept_and_told(path: Path) -> None:
    issuer = Issuer()
    issuer.current = 9
    for _ in range(2):
        with pytest.raises(SignedOut, match=f"runcast login {URL}"):
            await credential(path, now=200.0).token(issuer.refresh)
    assert await kept(path) == Login(URL, None)


@pytest.mark.usefixtures("file")
async def test_the_tokens_of_one_server_are_not_sent_to_another(path: Path) -> None:
    other = credential(path, url="https://other.example")
    with pytest.raises(SignedOut):
        await other.token(Issuer().refresh)
    await other.forget()
    assert await kept(path) == Login(URL, OLD)


@pytest.mark.usefixtures("file")
async def test_a_session_that_was_ended_is_forgotten(path: Path) -> None:
    await credential(path).forget()
    await credential(path).forget()
    assert await kept(path) is None


def test_the_place_follows_the_base_directories() -> None:
    home = Path.home() / ".config" / "runcast" / "login.json"
    assert login_path({"XDG_CONFIG_HOME": "/x"}) == Path("/x/runcast/login.json")
    assert login_path({"XDG_CONFIG_HOME": "relative"}) == home
    assert login_path({}) == home
