"""The data folder and its secrets are for their owner alone."""

import os
from pathlib import Path

import pytest

from runcast.cli.checks import places
from runcast.cli.checks.findings import Level
from runcast.settings import Settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a data folder as the server makes it."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    for name in ("runcast.db", "secret-key", "local-credential.json"):
        (folder / name).touch(mode=0o600)
    return folder


def found(folder: Path) -> dict[str, Level]:
    """Return how the places in a folder are judged, by name."""
    settings = Settings(database_url=f"sqlite:///{folder}/runcast.db")
    worst: dict[str, Level] = {}
    for finding in places.check(settings):
        name = Path(finding.about).name
        worst[name] = max(worst.get(name, Level.OK), finding.level, key=list(Level).index)
    return worst


def test_a_folder_as_the_server_makes_it_is_well(folder: Path) -> None:
    names = ("data", "secret-key", "local-credential.json", "runcast.db")
    assert found(folder) == dict.fromkeys(names, Level.OK)


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701])
def test_a_folder_that_others_may_enter_is_a_danger(folder: Path, mode: int) -> None:
    folder.chmod(mode)
    assert found(folder)["data"] is Level.DANGER


@pytest.mark.parametrize("name", ["secret-key", "local-credential.json"])
def test_a_secret_that_others_may_read_is_a_danger(folder: Path, name: str) -> None:
    (folder / name).chmod(0o644)
    assert found(folder)[name] is Level.DANGER


@pytest.mark.parametrize("name", ["runcast.db", "runcast.db-wal", "runcast.db-shm"])
def test_a_database_that_others_may_read_is_worse_in_an_open_folder(
    folder: Path, name: str
) -> None:
    (folder / name).touch()
    (folder / name).chmod(0o644)
    assert found(folder)[name] is Level.WARNING
    folder.chmod(0o755)
    assert found(folder)[name] is Level.DANGER


def test_a_folder_that_is_not_there_yet_is_well(tmp_path: Path) -> None:
    assert found(tmp_path / "none") == {"none": Level.OK}


def test_on_a_server_there_is_nothing_to_look_at() -> None:
    assert list(places.check(Settings(database_url="postgresql://db/x"))) == []


def test_whose_folder_it_is_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: folder.stat().st_uid + 1)
    assert found(folder)["data"] is Level.WARNING
