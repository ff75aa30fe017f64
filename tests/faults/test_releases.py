"""Which commit counts as the last release, in clones of every kind."""

import subprocess
from pathlib import Path

import pytest

from tests.tools import releases

RELEASED = "# Changelog\n\n## [Unreleased]\n\n## [0.10.0] - 2026-01-01\n"
NOBODY = ("-c", "user.name=n", "-c", "user.email=n@example.com", "-c", "commit.gpgsign=false")


def git(root: Path, *arguments: str) -> str:
    """Run git in a folder, and return what it prints."""
    done = subprocess.run(
        ["git", "-C", root, *NOBODY, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(root: Path, changelog: str = RELEASED) -> str:
    """Commit a changelog, and return the commit."""
    (root / "CHANGELOG.md").write_text(changelog)
    git(root, "add", "CHANGELOG.md")
    git(root, "commit", "--allow-empty", "-qm", "a commit")
    return git(root, "rev-parse", "HEAD")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a repository without a commit."""
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "-q")
    return folder


def test_where_none_is_listed_there_is_none(root: Path) -> None:
    commit(root, "# Changelog\n\n## [Unreleased]\n")
    with pytest.raises(releases.NoRelease, match=r"^no release yet$"):
        releases.last(root)


def test_it_is_the_highest_version_of_this_history_and_no_candidate(root: Path) -> None:
    for name in ("v0.10.0", "v0.9.0", "v0.11.0rc1", "vague"):
        commit(root)
        git(root, "tag", name)
    git(root, "checkout", "-q", "--orphan", "elsewhere")
    commit(root)
    git(root, "tag", "v7.0.0")
    git(root, "checkout", "-q", "v0.11.0rc1")
    assert releases.last(root) == git(root, "rev-parse", "v0.10.0")


def test_without_tags_it_is_the_commit_that_the_file_names(root: Path) -> None:
    released = commit(root)
    commit(root)
    (root / releases.POINTER).parent.mkdir(parents=True)
    (root / releases.POINTER).write_text(f"{released}\n")
    assert releases.last(root) == released


def test_one_that_is_listed_and_not_found_is_missing_and_in_a_shallow_clone_is_not(
    root: Path, tmp_path: Path
) -> None:
    commit(root)
    commit(root)
    with pytest.raises(releases.ReleaseMissing):
        releases.last(root)
    shallow = tmp_path / "shallow"
    git(root, "clone", "-q", "--depth=1", root.as_uri(), str(shallow))
    with pytest.raises(releases.NoRelease, match="shallow"):
        releases.last(shallow)
