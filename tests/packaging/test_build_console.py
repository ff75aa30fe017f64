"""The console is built when its sources have changed, and never halfway; a fresh tree tells what is missing."""

import importlib.util
import json
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.tools.markdown import ROOT

# Stands in for npm: notes what it was asked for, and builds a page out of the one source.
NPM = """
import sys
from pathlib import Path

root = Path(__file__).parents[1]
with (root / "asked").open("a") as asked:
    asked.write(sys.argv[1] + "\\n")
if (root / "broken").exists():
    sys.exit("it is broken")
if sys.argv[1] == "run":
    made = root / "console/dist"
    made.mkdir()
    (made / "index.html").write_text((root / "console/src/main.tsx").read_text())
"""
PACKAGES = {"": {}, "node_modules/vite": {"version": "8.0.0"}}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a tree with sources of one page, in which nothing is built or installed."""
    for folder in (
        "packaging",
        "src/runcast",
        "console/src",
        "console/tests",
        "clients/typescript",
    ):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "packaging/build_console.py", tmp_path / "packaging")
    (tmp_path / "packaging/npm.py").write_text(NPM)
    for name in ("package.json", ".npmrc", "tsconfig.base.json", "console/package.json"):
        (tmp_path / name).write_text("{}")
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": PACKAGES}))
    (tmp_path / "console/src/main.tsx").write_text("first")
    return tmp_path


def script(tree: Path) -> Any:
    """Return the tree's own build script."""
    return loaded(tree / "packaging/build_console.py")


def loaded(path: Path) -> ModuleType:
    """Return a module by its file."""
    spec = importlib.util.spec_from_file_location("of_this_tree", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def page(tree: Path) -> str:
    """Return the page that was built."""
    return (tree / "src/runcast/console_files/index.html").read_text()


def asked(tree: Path) -> list[str]:
    """Return what npm was asked for so far."""
    return (tree / "asked").read_text().split()


def install(tree: Path, packages: dict[str, Any]) -> None:
    """Leave what npm leaves when it has installed."""
    (tree / "node_modules").mkdir(exist_ok=True)
    (tree / "node_modules/.package-lock.json").write_text(json.dumps({"packages": packages}))


def test_a_fresh_tree_is_installed_and_built_once(tree: Path) -> None:
    console = script(tree)
    assert not console.is_fresh()
    assert console.build()
    assert (page(tree), asked(tree)) == ("first", ["ci", "run"])
    assert console.is_fresh()
    assert not console.build()
    assert asked(tree) == ["ci", "run"]


def test_what_is_installed_already_is_not_installed_again(tree: Path) -> None:
    install(tree, PACKAGES)
    script(tree).build()
    assert asked(tree) == ["run"]


def test_packages_of_another_lock_are_replaced(tree: Path) -> None:
    install(tree, {"node_modules/vite": {"version": "7.0.0"}})
    script(tree).build()
    assert asked(tree) == ["ci", "run"]


def test_what_fits_other_machines_alone_may_be_missing(tree: Path) -> None:
    other = {"node_modules/@vite/other": {"version": "8.0.0", "optional": True}}
    (tree / "package-lock.json").write_text(json.dumps({"packages": PACKAGES | other}))
    install(tree, PACKAGES)
    script(tree).build()
    assert asked(tree) == ["run"]


@pytest.mark.parametrize(
    "name", ["console/src/main.tsx", "clients/typescript/src.ts", "package.json", ".npmrc"]
)
def test_a_change_of_a_source_has_it_built_anew(tree: Path, name: str) -> None:
    console = script(tree)
    console.build()
    (tree / name).write_text("second")
    assert not console.is_fresh()
    assert console.build()
    assert page(tree) == (tree / "console/src/main.tsx").read_text()


@pytest.mark.parametrize("folder", ["tests", "node_modules", "dist"])
def test_what_is_no_source_changes_nothing(tree: Path, folder: str) -> None:
    console = script(tree)
    console.build()
    (tree / "console" / folder).mkdir(exist_ok=True)
    (tree / "console" / folder / "new.ts").write_text("new")
    assert console.is_fresh()


def test_a_build_that_fails_leaves_what_was_there_and_says_why(tree: Path) -> None:
    console = script(tree)
    console.build()
    (tree / "broken").touch()
    (tree / "console/src/main.tsx").write_text("second")
    with pytest.raises(console.NotBuilt, match=r"it is broken\n\nThe console was not built: npm"):
        console.build()
    assert page(tree) == "first"


def test_what_a_failed_build_left_behind_is_in_nobodys_way(tree: Path) -> None:
    (tree / "console/dist").mkdir()
    (tree / "console/dist/index.html").write_text("half")
    script(tree).build()
    assert page(tree) == "first"
