"""Which server the command line speaks to, and as whom.

First RUNCAST_URL and RUNCAST_TOKEN, then what `runcast login` wrote, then the server of this folder,
whose data folder holds a local credential.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from runcast.cli.login_file import FileCredential, LoginFile, login_path
from runcast.settings import Settings
from runcast_client import Client, Credential, StaticToken

LOCAL_CREDENTIAL = "local-credential.json"


class NoServer(Exception):
    """Nothing says where a server is."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server is, and what signs the requests to it; None: only what is public."""

    url: str
    credential: Credential | None


def connect() -> Client:
    """Return a client of the server that the environment, a sign-in or this folder names.

    Raises:
        NoServer: none of them does.
        LoginUnreadable: what `runcast login` wrote is damaged.
    """
    server = find(os.environ, LoginFile(login_path(os.environ)), Settings().data_folder)
    return Client(server.url, server.credential)


def find(environ: Mapping[str, str], login: LoginFile, data_folder: Path | None) -> Server:
    """Return the server to speak to. A credential is sent to the server that it belongs to alone.

    Raises:
        As `connect`.
    """
    url, token = environ.get("RUNCAST_URL", "").rstrip("/"), environ.get("RUNCAST_TOKEN", "")
    if url and token:
        return Server(url, StaticToken(token))
    known = [it for it in (_signed_in(login), _local(data_folder)) if it is not None]
    if url:
        return next((it for it in known if it.url == url), Server(url, None))
    if not known:
        raise NoServer(
            "no server is known here: sign in with `runcast login URL`, or set RUNCAST_URL and "
            "RUNCAST_TOKEN, or go to the folder in which `runcast serve` was started; on PostgreSQL "
            "no folder holds a local credential"
        )
    return Server(known[0].url, StaticToken(token)) if token else known[0]


def local_url(data_folder: Path | None) -> str | None:
    """Return where the server of this folder is, or was last."""
    local = _local(data_folder)
    return None if local is None else local.url


def _signed_in(file: LoginFile) -> Server | None:
    login = file.read()
    return None if login is None else Server(login.url, FileCredential(file, login.url))


def _local(data_folder: Path | None) -> Server | None:
    if data_folder is None:
        return None
    try:
        held = orjson.loads((data_folder / LOCAL_CREDENTIAL).read_bytes())
        return Server(held["url"], StaticToken(held["token"]))
    except FileNotFoundError:
        return None
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise NoServer(f"the local credential cannot be read: {error}") from error
