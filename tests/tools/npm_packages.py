"""Packages from npm that tests run, installed once for all outside the tree, by what their lock says."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import npm

from tests.tools.parts import missing

INSTALL_SECONDS = 100.0


def node() -> str:
    """Return the program, where there is one; without it the test is skipped, in CI failed."""
    return _npm()[0]


def installed(
    source: Path, files: Sequence[str], finish: Callable[[Path], None] = lambda _: None
) -> Path:
    """Return a folder in which the packages of a lock are installed; it is made once for all.

    Where there is no Node.js, or the packages cannot be had, the test is skipped, in CI failed.

    Args:
        source: where package.json and its lock are.
        files: what is copied from there.
        finish: what is to be done in the folder before anybody sees it.
    """
    name = source.name.replace("_", "-")
    digest = hashlib.sha256(b"".join((source / file).read_bytes() for file in files)).hexdigest()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "runcast-tests"
    folder = cache / f"{name}-{digest[:16]}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f"{name}.lock").open("w") as lock:
        # Other processes of the same run want the same.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=cache) as place:
                made = Path(place) / folder.name
                made.mkdir()
                for file in files:
                    shutil.copy(source / file, made / file)
                _install(name, made)
                finish(made)
                made.rename(folder)
    return folder


def _install(name: str, folder: Path) -> None:
    done = subprocess.run(
        _npm("ci", "--ignore-scripts", "--no-audit", "--no-fund"),
        cwd=folder,
        env=npm.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=INSTALL_SECONDS,
    )
    if done.returncode:
        missing(f"{name} from npm: {done.stderr.strip()[-300:]}")


def _npm(*arguments: str) -> list[str]:
    try:
        return npm.command(*arguments)
    except npm.NoNode as reason:
        missing(f"Node.js for tests: {reason}")
