"""The folder beside the SQLite file: who holds it, and the secret key that lies in it."""

import base64
import fcntl
import os
import secrets
from pathlib import Path
from types import TracebackType

from runcast.errors import Unavailable

LOCK_NAME = "runcast.lock"
KEY_NAME = "secret-key"
_KEY_BYTES = 32


class DataFolderHeld(Unavailable):
    """Another process holds the data folder; `holder` is its process id, None if it did not say."""

    code = "data_folder_held"
    title = "The data folder is in use"

    def __init__(self, folder: Path, holder: int | None) -> None:
        process = "another process" if holder is None else f"process {holder}"
        super().__init__(f"{folder} is in use by {process}. Stop it first, then try again.")
        self.holder = holder


class DataFolderLock:
    """The operating system's lock on the data folder: one holder, and gone when its process is.

    `with DataFolderLock(folder):` holds it for the block. The lock belongs to this object: a second
    one of the same process is refused like any other.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock, without waiting; make the folder if there is none.

        Raises:
            DataFolderHeld: another holder lives.
            OSError: the folder or the lock's file cannot be made.
        """
        make_folder(self._folder)
        path = self._folder / LOCK_NAME
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _write_holder(descriptor)
        except BlockingIOError:
            holder = _read_holder(descriptor)
            os.close(descriptor)
            raise DataFolderHeld(self._folder, holder) from None
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back. Safe to call twice.

        The file stays: were it removed, one process could lock the old file and another a new one.
        """
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> "DataFolderLock":
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def make_folder(folder: Path) -> None:
    """Make the data folder for its owner alone; one that is there keeps its rights.

    Raises:
        OSError: it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def make_file(path: Path) -> None:
    """Make an SQLite file for its owner alone, and its folder; one that is there keeps its rights.

    SQLite gives the rights of the file to the log and the index that it makes beside it.

    Raises:
        OSError: it cannot be made.
    """
    make_folder(path.parent)
    if not path.exists():
        path.touch(mode=0o600)


def secret_key(folder: Path) -> str:
    """Return the key of this data folder, 32 random bytes as base64url, made at the first call.

    Processes that race for the first call all get the same key.

    Raises:
        OSError: it can be neither read nor made.
        ValueError: the file is there and holds no key.
    """
    path = folder / KEY_NAME
    if not path.exists():
        make_folder(folder)
        _publish(_new_key(), path)
    key = path.read_text("ascii").strip()
    if len(key) < _KEY_BYTES:
        raise ValueError(f"{path} holds no key of {_KEY_BYTES} bytes; restore it or remove it")
    return key


def _new_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)).decode("ascii")


def _publish(key: str, path: Path) -> None:
    # A link appears with its whole content or not at all, so that no reader sees half a key, and
    # after a crash there is a key or none.
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        _link_unless_there(draft, path)
    finally:
        draft.unlink()


def _link_unless_there(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return  # another process was first, and its key is the one


def _write_holder(descriptor: int) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)


def _read_holder(descriptor: int) -> int | None:
    text = os.pread(descriptor, 32, 0).decode("ascii", "replace")
    return int(text) if text.isdecimal() else None
