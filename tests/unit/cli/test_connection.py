"""Finding the server and the credential, in the order of the contract."""

from pathlib import Path

import orjson
import pytest

from runcast.cli import connection
from runcast.cli.connection import NoServer, Server, connect, find, local_url
from runcast.cli.login_file import FileCredential, Login, LoginFile
from runcast_client import StaticToken, Tokens

LOCAL = Server("http://127.0.0.1:8000", StaticToken("local"))
REMOTE = "https://runcast.example"


@pytest.fixture
def login(tmp_path: Path) -> LoginFile:
    """Return a login file that is not there yet."""
    return LoginFile(tmp_path / "config" / "login.json")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return the data folder of a local server."""
    content = orjson.dumps({"url": LOCAL.url, "token": "local"})
    (tmp_path / connection.LOCAL_CREDENTIAL).write_bytes(content)
    return tmp_path


def signed_in(file: LoginFile) -> LoginFile:
    """Sign in at the remote server."""
    file.write(Login(REMOTE, Tokens("access", "refresh", 0.0)))
    return file


def test_the_environment_comes_first(login: LoginFile, data: Path) -> None:
    environ = {"RUNCAST_URL": "http://x/", "RUNCAST_TOKEN": "t"}
    assert find(environ, signed_in(login), data) == Server("http://x", StaticToken("t"))


def test_a_sign_in_comes_before_the_local_server(login: LoginFile, data: Path) -> None:
    found = find({}, signed_in(login), data)
    assert found.url == REMOTE
    assert isinstance(found.credential, FileCredential)


def test_the_local_server_comes_last(login: LoginFile, data: Path) -> None:
    assert find({}, login, data) == LOCAL
    assert local_url(data) == LOCAL.url


def test_a_credential_goes_to_its_own_server_alone(login: LoginFile, data: Path) -> None:
    signed_in(login)
    elsewhere = {"RUNCAST_URL": "http://elsewhere"}
    assert find(elsewhere, login, data) == Server("http://elsewhere", None)
    assert find({"RUNCAST_URL": LOCAL.url}, login, data) == LOCAL
    assert isinstance(find({"RUNCAST_URL": REMOTE}, login, data).credential, FileCredential)


def test_a_token_alone_is_for_the_server_that_is_known(login: LoginFile, data: Path) -> None:
    token = {"RUNCAST_TOKEN": "t"}
    assert find(token, login, data) == Server(LOCAL.url, StaticToken("t"))
    assert find(token, signed_in(login), data) == Server(REMOTE, StaticToken("t"))


def test_without_any_there_is_no_server(login: LoginFile, tmp_path: Path) -> None:
    for folder in (None, tmp_path / "nowhere"):
        with pytest.raises(NoServer, match="RUNCAST_URL"):
            find({"RUNCAST_TOKEN": "t"}, login, folder)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"url": "http://x"}'])
def test_a_damaged_local_credential_is_said_to_be_one(
    login: LoginFile, data: Path, content: bytes
) -> None:
    (data / connection.LOCAL_CREDENTIAL).write_bytes(content)
    with pytest.raises(NoServer, match="local credential"):
        find({}, login, data)


def test_the_data_folder_is_that_of_the_settings(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(data / "config"))
    monkeypatch.setenv("RUNCAST_DATABASE_URL", f"sqlite:///{data}/runcast.db")
    monkeypatch.delenv("RUNCAST_URL", raising=False)
    assert connect().credential == LOCAL.credential
