"""Imports go down the floors: the contracts of import-linter hold, and would not if they were broken."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BROKEN = """
[importlinter]
root_package = runcast

[importlinter:contract:upwards]
name = Errors stand on the roof
type = layers
layers =
    runcast.errors
    runcast.services
"""


def lint(cache: Path, *arguments: str) -> int:
    """Return the linter's exit status; a process of its own, because it silences loggers for good."""
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command, "--cache-dir", cache, *arguments], cwd=ROOT, check=False)
    return done.returncode


def test_every_contract_is_kept(tmp_path: Path) -> None:
    assert lint(tmp_path / "cache") == 0


def test_an_import_that_goes_up_is_found(tmp_path: Path) -> None:
    config = tmp_path / "broken.ini"
    config.write_text(BROKEN)
    assert lint(tmp_path / "cache", "--config", str(config)) == 1
