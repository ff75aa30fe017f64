"""Generate the TypeScript client's `src/api` from what the server says of itself in OpenAPI.

    python packaging/generate_client.py
    python packaging/generate_client.py --check     # fails where src/api is not what comes out

The generator needs Node.js >= 22.18: the wheel's, which `npm.py` prefers.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import npm

ROOT = Path(__file__).parent.parent
CLIENT = ROOT / "clients" / "typescript"
API = CLIENT / "src" / "api"
GENERATOR = ROOT / "node_modules" / "@hey-api" / "openapi-ts" / "bin" / "run.js"


def generate(folder: Path) -> None:
    """Write the client that fits this server into a folder, in place of what was there."""
    shutil.rmtree(folder, ignore_errors=True)
    with TemporaryDirectory() as temporary:
        description = Path(temporary) / "openapi.json"
        runcast = [str(Path(sys.executable).with_name("runcast")), "openapi"]
        description.write_bytes(subprocess.run(runcast, stdout=subprocess.PIPE, check=True).stdout)
        subprocess.run(
            [npm.command()[0], str(GENERATOR)],
            cwd=CLIENT,
            env={**npm.environment(), "OPENAPI": str(description), "API_FOLDER": str(folder)},
            stdout=subprocess.DEVNULL,
            check=True,
        )


def differences(one: Path, other: Path) -> list[str]:
    """Return the files, by their names within the folders, that are not the same in both."""
    ours, theirs = _files(one), _files(other)
    return sorted(name for name in ours | theirs if ours.get(name) != theirs.get(name))


def _files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def _check() -> None:
    with TemporaryDirectory() as temporary:
        fresh = Path(temporary) / "api"
        generate(fresh)
        stale = differences(API, fresh)
    if stale:
        sys.exit(f"`make generate` is due: {', '.join(stale)} in {API.relative_to(ROOT)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        _check()
    else:
        generate(API)
