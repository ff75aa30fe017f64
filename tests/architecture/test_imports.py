"""Imports go down the floors: the contracts of import-linter hold, and would not if they were broken."""

import os
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

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


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a folder for the linter's cache, which goes with the test, and stand in the root."""
    monkeypatch.chdir(ROOT)
    # The linter puts the current folder on the path; it is taken off with this.
    monkeypatch.syspath_prepend(os.fspath(ROOT))
    return os.fspath(tmp_path / "cache")


def test_every_contract_is_kept(cache: str) -> None:
    assert lint_imports(cache_dir=cache, no_logo=True) == 0


def test_an_import_that_goes_up_is_found(cache: str, tmp_path: Path) -> None:
    config = tmp_path / "broken.ini"
    config.write_text(BROKEN)
    assert lint_imports(config_filename=os.fspath(config), cache_dir=cache, no_logo=True) == 1
