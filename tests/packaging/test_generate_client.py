"""What is generated is compared file by file, so that `make lint` names what is not fresh."""

from pathlib import Path

import generate_client
import pytest


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Return two folders with the same in them."""
    for name in ("one", "other"):
        inner = tmp_path / name / "core"
        inner.mkdir(parents=True)
        (inner / "a.ts").write_text("a")
        (tmp_path / name / "b.ts").write_text("b")
    return tmp_path / "one", tmp_path / "other"


def test_the_same_files_make_no_difference(folders: tuple[Path, Path]) -> None:
    assert generate_client.differences(*folders) == []


def test_files_that_changed_came_or_went_are_named(folders: tuple[Path, Path]) -> None:
    one, other = folders
    (one / "core" / "a.ts").write_text("another")
    (one / "b.ts").unlink()
    (other / "c.ts").write_text("c")
    assert generate_client.differences(one, other) == ["b.ts", "c.ts", "core/a.ts"]


def test_a_folder_that_is_not_there_lacks_everything(folders: tuple[Path, Path]) -> None:
    assert generate_client.differences(folders[0], folders[0] / "none") == ["b.ts", "core/a.ts"]
