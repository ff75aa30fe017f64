"""The file in which `runcast login` keeps its session, and the credential that renews it there.

Commands that run side by side renew it one after another, under a lock: a refresh token used twice
would end the session.
"""

import asyncio
import fcntl
import os
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from runcast_client import InvalidGrant, Refresh, SignedOut, Tokens

LOOK_SECONDS = 0.02


class LoginUnreadable(Exception):
    """The file is there and is not what `runcast login` writes."""


@dataclass(frozen=True, slots=True)
class Login:
    """A server, and the session on it; None once it has ended."""

    url: str
    tokens: Tokens | None


def login_path(environ: Mapping[str, str]) -> Path:
    """Return where a person's sign-in is kept (XDG Base Directory)."""
    base = environ.get("XDG_CONFIG_HOME", "")
    # The specification says that a relative path is to be ignored.
    folder = Path(base) if Path(base).is_absolute() else Path.home() / ".config"
    return folder / "runcast" / "login.json"


class LoginFile:
    """Reads and writes whole; only its owner may read it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Login | None:
        """Return the sign-in, or None if there is none.

        Raises:
            LoginUnreadable: the file holds something else.
            OSError: it cannot be read.
        """
        try:
            held = orjson.loads(self._path.read_bytes())
            tokens = held["tokens"]
            return Login(held["url"], None if tokens is None else Tokens(**tokens))
        except FileNotFoundError:
            return None
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise LoginUnreadable(
                f"{self._path} is damaged; remove it and sign in again"
            ) from error

    def write(self, login: Login) -> None:
        """Replace the sign-in.

        Raises:
            OSError: the file cannot be written.
        """
        self._make_folder()
        draft = self._path.with_name(f".{self._path.name}-{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(orjson.dumps(asdict(login)))
        draft.replace(self._path)

    def remove(self) -> None:
        """Forget the sign-in."""
        self._path.unlink(missing_ok=True)

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        """Hold the lock that whoever writes takes, among processes and within one."""
        descriptor = await asyncio.to_thread(self._open_lock)
        try:
            # A thread that waited for the lock would be one less for who has it to work in.
            while not _take(descriptor):  # noqa: ASYNC110 - no other process sets an Event here
                await asyncio.sleep(LOOK_SECONDS)
            yield
        finally:
            os.close(descriptor)

    def _open_lock(self) -> int:
        self._make_folder()
        # A file of its own: the sign-in's is replaced, and a lock would stay with the old one.
        path = self._path.with_suffix(".lock")
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _make_folder(self) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


class FileCredential:
    """The session in a login file, for the server at `url` alone."""

    def __init__(self, file: LoginFile, url: str, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._url = url
        self._clock = clock

    async def token(self, refresh: Refresh, *, refused: str | None = None) -> str | None:
        """Return the access token, renewed in the file if it is about to expire or was refused."""
        held = await asyncio.to_thread(self._held)
        if held.usable(self._clock(), refused):
            return held.access_token
        async with self._file.locked():
            return (await self._renewed(refresh, refused)).access_token

    async def forget(self) -> None:
        """Remove the sign-in from the file, unless it is another server's by now."""
        async with self._file.locked():
            login = await asyncio.to_thread(self._file.read)
            if login is not None and login.url == self._url:
                await asyncio.to_thread(self._file.remove)

    async def _renewed(self, refresh: Refresh, refused: str | None) -> Tokens:
        """Return what another command has renewed meanwhile, or renew it."""
        held = await asyncio.to_thread(self._held)
        if held.usable(self._clock(), refused):
            return held
        try:
            fresh = await refresh(held.refresh_token)
        except InvalidGrant as error:
            await self._keep(None)
            raise self._signed_out() from error
        await self._keep(fresh)
        return fresh

    async def _keep(self, tokens: Tokens | None) -> None:
        await asyncio.to_thread(self._file.write, Login(self._url, tokens))

    def _held(self) -> Tokens:
        login = self._file.read()
        if login is None or login.url != self._url or login.tokens is None:
            raise self._signed_out()
        return login.tokens

    def _signed_out(self) -> SignedOut:
        return SignedOut(f"the session has ended; sign in again: runcast login {self._url}")


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
