"""Builds the console into `src/runcast/console_files/`, unless what lies there is of the same sources.

    python packaging/build_console.py

The build hook and the Makefile both come through here. Whatever is missing is said in one line.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "src" / "runcast" / "console_files"
DIGEST = BUILT / ".digest"
NPM = ROOT / "packaging" / "npm.py"
LOCK = ROOT / "package-lock.json"
# Where the build leaves its files until they are whole.
MADE = ROOT / "console" / "dist"
FILES = ("package.json", "package-lock.json", ".npmrc", "tsconfig.base.json")
FOLDERS = ("clients/typescript", "console")
# What lies there and is no source of the pages.
PASSED_OVER = {"node_modules", "dist", "tests"}


class NotBuilt(Exception):
    """The console could not be built; the message says why, and what to do."""


def is_fresh() -> bool:
    """Tell whether what is built was built of these sources."""
    return DIGEST.exists() and DIGEST.read_text() == digest()


def build() -> bool:
    """Build it if it is not fresh; tell whether that was so.

    Raises:
        NotBuilt: see there. What was built before stays as it is.
    """
    with LOCK.open() as lock:
        # Two targets, or two builds, may want it at once.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_fresh():
            return False
        noted = digest()
        if not _is_installed():
            _npm("ci", "--ignore-scripts", "--no-audit", "--no-fund")
        shutil.rmtree(MADE, ignore_errors=True)
        _npm("run", "build", "-w", "runcast-console", "--", "--outDir", MADE.name)
        (MADE / DIGEST.name).write_text(noted)
        shutil.rmtree(BUILT, ignore_errors=True)
        BUILT.parent.mkdir(parents=True, exist_ok=True)
        MADE.rename(BUILT)
        return True


def digest() -> str:
    """Return the digest of all that the pages are made of."""
    found = hashlib.sha256()
    for path in sorted(_sources()):
        contents = hashlib.sha256(path.read_bytes()).hexdigest()
        found.update(f"{path.relative_to(ROOT).as_posix()} {contents}\n".encode())
    return found.hexdigest()


def _sources() -> Iterator[Path]:
    yield from (ROOT / name for name in FILES)
    for top in FOLDERS:
        for folder, inner, names in os.walk(ROOT / top):
            inner[:] = [name for name in inner if name not in PASSED_OVER]
            yield from (Path(folder) / name for name in names)


def _is_installed() -> bool:
    """Tell whether npm has installed what the lock says; what fits other machines may be missing."""
    there = _packages(ROOT / "node_modules" / ".package-lock.json")
    wanted = _packages(LOCK)
    return all(
        there.get(path, {}).get("version") == package["version"]
        for path, package in wanted.items()
        if "node_modules/" in path and "version" in package and not package.get("optional")
    )


def _packages(lock: Path) -> dict[str, dict[str, Any]]:
    if not lock.exists():
        return {}
    packages: dict[str, dict[str, Any]] = json.loads(lock.read_text())["packages"]
    return packages


def _npm(*arguments: str) -> None:
    command = [sys.executable, str(NPM), *arguments]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotBuilt(
            f"{done.stdout.strip()[-3000:]}\n\n"
            f"The console was not built: npm {' '.join(arguments[:2])} failed, as told above. "
            "RUNCAST_SKIP_CONSOLE=1 goes on without it."
        )


if __name__ == "__main__":
    try:
        if os.environ.get("RUNCAST_SKIP_CONSOLE", "") in {"", "0"} and build():
            sys.stderr.write("The console is built.\n")
    except NotBuilt as refusal:
        sys.exit(str(refusal))
