"""The places of a deployment on this machine: whose files they are, and who else may read them."""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from runcast.cli.checks.findings import Finding, danger, ok, warning
from runcast.settings import Settings

_OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO
# By the names under which the data folder and the local credential keep them.
_SECRETS = ("secret-key", "local-credential.json")


def check(settings: Settings) -> Iterator[Finding]:
    """Yield what is to be said about the data folder and what lies in it; nothing without one."""
    folder = settings.data_folder
    if folder is None:
        return
    if not folder.is_dir():
        yield ok(str(folder), "not there yet; the first start makes it for its owner alone")
        return
    yield _mode(folder)
    yield _owner(folder)
    for name in _SECRETS:
        if (folder / name).exists():
            yield _mode(folder / name)
    file = settings.sqlite_path
    if file is not None:
        # What is in a folder for its owner alone nobody else reaches; a copy of it may be elsewhere.
        bad = danger if _mode_of(folder) & _OF_OTHERS else warning
        beside = [file.with_name(file.name + ending) for ending in ("", "-wal", "-shm")]
        yield from (_mode(path, bad) for path in beside if path.exists())


def _mode(path: Path, bad: Callable[[str, str, str], Finding] = danger) -> Finding:
    mode = _mode_of(path)
    if mode & _OF_OTHERS:
        return bad(str(path), f"others than its owner may use it ({mode:04o})", f"chmod go= {path}")
    return ok(str(path), f"for its owner alone ({mode:04o})")


def _owner(folder: Path) -> Finding:
    if folder.stat().st_uid != os.getuid():
        return warning(str(folder), "it belongs to somebody else", "run the server as its owner")
    return ok(str(folder), "it belongs to who asks")


def _mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
