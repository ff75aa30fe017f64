"""What holds for every file: modules are described and proved, nothing prints, nothing is swallowed."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "runcast"
TESTS = ROOT / "tests"
MODULES = sorted(path.relative_to(SOURCE) for path in SOURCE.rglob("*.py"))
# Rooms of tests where a module may be proved over the wire instead of beside its mirror image.
OVER_THE_WIRE = ("api", "live", "cli")
# Alembic runs these; tests/architecture/test_migrations.py and tests/unit/cli/test_db.py prove them.
RUN_BY_ALEMBIC = "alembic"
REGISTRIES = re.compile(r"https?://|--(?:extra-)?index-url|--find-links|pythonhosted|pypi\.org")
# A home, a workplace or a scratch folder of the machine on which somebody worked.
MACHINES = re.compile(
    r"(?<![\w.*}])/(?:work|home|Users|root|tmp)/(?!\.\.\.|example)[\w.-]+"  # not in a URL or glob
)


@cache
def tree(module: Path) -> ast.Module:
    """Return what is written in a module."""
    return ast.parse((SOURCE / module).read_text())


def functions(module: Path) -> list[ast.AST]:
    """Return the functions and methods of a module; one without any only declares."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree(module)) if isinstance(node, kinds)]


def proofs(module: Path) -> Iterator[Path]:
    """Yield where a module's own tests may be."""
    name = f"test_{module.name.replace('__', '')}"
    yield TESTS / "unit" / module.parent / name
    for room in OVER_THE_WIRE:
        yield from (TESTS / room).rglob(name)


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_says_what_its_job_is(module: Path) -> None:
    assert ast.get_docstring(tree(module))


@pytest.mark.parametrize(
    "module",
    [m for m in MODULES if m.parts[0] != RUN_BY_ALEMBIC and functions(m)],
    ids=str,
)
def test_a_module_that_does_something_is_proved_by_tests_of_its_own(module: Path) -> None:
    assert any(path.exists() for path in proofs(module)), f"no test_{module.name}"


@pytest.mark.parametrize("module", [m for m in MODULES if m.parts[0] != "cli"], ids=str)
def test_nothing_prints_but_the_command_line(module: Path) -> None:
    printed = [
        node.lineno
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"print", "pprint", "breakpoint"}
    ]
    assert printed == []


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_no_exception_is_passed_over(module: Path) -> None:
    passed = [
        node.lineno
        for node in ast.walk(tree(module))
        if isinstance(node, ast.ExceptHandler)
        and all(isinstance(statement, ast.Pass) for statement in node.body)
    ]
    assert passed == []


@pytest.mark.parametrize("name", ["requirements-bootstrap", "requirements", "requirements-dev"])
def test_a_lock_pins_and_hashes_and_names_no_registry(name: str) -> None:
    text = (ROOT / f"{name}.lock").read_text()
    assert REGISTRIES.findall(text) == []
    pinned = re.findall(r"^[A-Za-z0-9].*?(?=^[A-Za-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)
    assert pinned
    assert [one for one in pinned if "==" not in one or "--hash=sha256:" not in one] == []


def tracked() -> list[Path]:
    """Return the text files that Git holds."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in files if path.is_file() and b"\0" not in path.read_bytes()]


def test_no_tracked_file_names_a_place_on_somebodys_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {place}"
        for path in tracked()
        for place in MACHINES.findall(path.read_text())
    ]
    assert found == []


def test_a_place_on_a_machine_would_be_found() -> None:
    for place in ("work/main", "home/ada", "Users/ada", "tmp/x.db"):
        assert MACHINES.search(f'open("/{place}")')


def targets() -> set[str]:
    """Return the targets that the Makefile declares for people."""
    lines = (ROOT / "Makefile").read_text().splitlines()
    return {found[1] for line in lines if (found := re.match(r"([a-z][a-z-]*):(?!=)", line))}


def test_make_help_lists_every_target() -> None:
    printed = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    listed = {line.split()[0]: line.split()[1:] for line in printed.stdout.splitlines()}
    assert set(listed) == targets()
    assert all(listed.values())


def test_every_target_is_phony() -> None:
    phony = re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {name for names in phony for name in names.split()} == targets()
