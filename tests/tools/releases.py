"""The last release, built from its commit and unpacked, to be run beside the version at hand."""

import io
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

POINTER = Path("tests/faults/last_release")
# The application, and its client, which it pins to its own version.
PROJECTS = (".", "clients/python")
_LISTED = re.compile(r"^## \[\d+\.\d+\.\d+\]", re.MULTILINE)
_TAG = re.compile(r"v(\d+)\.(\d+)\.(\d+)")
BUILD_SECONDS = 100.0


class NoRelease(Exception):
    """There is none to be had, and nobody is to blame."""


class ReleaseMissing(Exception):
    """The changelog lists a release, and this clone, which has the whole history, cannot tell which."""


def last(root: Path) -> str:
    """Return the commit of the newest release in the history of a clone.

    That is the highest tag `v1.2.3`, or in a clone without tags the commit that `POINTER` names.

    Raises:
        NoRelease: the changelog lists none, or the clone is a shallow one or none at all.
        ReleaseMissing: it is neither.
    """
    if not _LISTED.search((root / "CHANGELOG.md").read_text()):
        raise NoRelease("no release yet")
    found = _tagged(root) or _pointed_at(root)
    if found is not None:
        return found
    if _git(root, "rev-parse", "--is-shallow-repository") != "false":
        raise NoRelease("the last release is not in this shallow clone, or there is no clone")
    raise ReleaseMissing(
        f"CHANGELOG.md lists a release, but no tag v* is here, nor a commit that {POINTER} names"
    )


def unpacked(root: Path, commit: str, folder: Path) -> Path:
    """Build the wheels of a commit, and return the folder into which they were unpacked."""
    archive = subprocess.run(
        ["git", "-C", root, "archive", "--format=tar", commit], check=True, capture_output=True
    )
    source, wheels, site = folder / "source", folder / "wheels", folder / "site"
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(source, filter="data")
    for project in PROJECTS:
        _build(source / project, wheels)
    for wheel in wheels.glob("*.whl"):
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(site)
    return site


def preferring(site: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which the unpacked packages come before the installed ones."""
    return {**environment, "PYTHONPATH": str(site)}


def _build(project: Path, wheels: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", wheels],
        cwd=project,
        check=True,
        capture_output=True,
        timeout=BUILD_SECONDS,
        env={name: it for name, it in os.environ.items() if name != "PYTHONPATH"},
    )


def _tagged(root: Path) -> str | None:
    names = (_git(root, "tag", "--merged", "HEAD") or "").split()
    versions = [(tuple(map(int, m.groups())), m[0]) for n in names if (m := _TAG.fullmatch(n))]
    return _commit(root, max(versions)[1]) if versions else None


def _pointed_at(root: Path) -> str | None:
    pointer = root / POINTER
    return _commit(root, pointer.read_text().strip()) if pointer.exists() else None


def _commit(root: Path, name: str) -> str | None:
    return _git(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")


def _git(root: Path, *arguments: str) -> str | None:
    """Return what git prints; None if it refuses."""
    done = subprocess.run(
        ["git", "-C", root, *arguments], check=False, capture_output=True, text=True
    )
    return None if done.returncode else done.stdout.strip()
