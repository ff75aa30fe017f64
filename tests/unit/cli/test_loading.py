"""Applications are found by file or by module, each imported once under its own name."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from runcast.cli.loading import load_app, load_module, revisions_of

APP = "from runcast.application import Runcast\n"


@pytest.fixture(autouse=True)
def unchanged_imports(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and name.startswith("loaded_"):
            del sys.modules[name]


def test_a_files_app_is_found_without_its_name(tmp_path: Path) -> None:
    (tmp_path / "loaded_one.py").write_text(APP + "other = Runcast()\napp = Runcast(title='this')")
    assert load_app("loaded_one.py").title == "this"


def test_the_only_application_is_found_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "loaded_two.py").write_text(APP + "mine = Runcast(title='mine')\nalias = mine")
    assert load_app("loaded_two.py").title == "mine"


def test_a_named_application_is_found_by_file_and_by_module(tmp_path: Path) -> None:
    (tmp_path / "loaded_three.py").write_text(APP + "app = Runcast()\nb = Runcast(title='b')")
    assert load_app("loaded_three.py:b").title == "b"
    assert load_app("loaded_three:b") is load_app("loaded_three.py:b")


@pytest.mark.parametrize("source", ["", "a = Runcast()\nb = Runcast()"])
def test_none_or_several_applications_are_refused(tmp_path: Path, source: str) -> None:
    path = tmp_path / f"loaded_{len(source)}.py"
    path.write_text(APP + source)
    with pytest.raises(typer.BadParameter, match="name one"):
        load_app(str(path))


def test_what_is_no_python_is_told_with_its_place_alone(tmp_path: Path) -> None:
    (tmp_path / "loaded_broken.py").write_text(APP + "app = Runcast(\n")
    (tmp_path / "loaded_importer.py").write_text("import loaded_broken\n")
    for name in ("loaded_broken.py", "loaded_importer"):
        with pytest.raises(typer.BadParameter) as refused:
            load_app(name)
        said = refused.value.message
        assert said.startswith(f"{tmp_path / 'loaded_broken.py'}, line 2: ")
        assert said.endswith(": app = Runcast(")


def test_a_name_that_is_no_application_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loaded_four.py").write_text(APP + "app = Runcast()\nb = 1")
    with pytest.raises(typer.BadParameter, match="no Runcast"):
        load_app("loaded_four.py:b")


def test_a_file_in_a_package_may_import_relatively(tmp_path: Path) -> None:
    package = tmp_path / "loaded_package"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "names.py").write_text("NAME = 'relative'")
    (package / "main.py").write_text("from .names import NAME")
    module = load_module("loaded_package/main.py")
    assert module.__name__ == "loaded_package.main"
    assert module.NAME == "relative"


@pytest.mark.parametrize("place", ["missing.py", "loaded_missing", "loaded_missing.module"])
def test_what_is_not_there_is_refused(place: str) -> None:
    with pytest.raises(typer.BadParameter, match="there is no"):
        load_module(place)


def test_a_file_with_the_name_of_a_loaded_module_is_refused(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("")
    with pytest.raises(typer.BadParameter, match="name of another module"):
        load_module("json.py")


def test_what_the_applications_code_misses_is_its_own_error(tmp_path: Path) -> None:
    (tmp_path / "loaded_five.py").write_text("import loaded_not_installed")
    with pytest.raises(ModuleNotFoundError, match="loaded_not_installed"):
        load_module("loaded_five.py")


def test_revisions_lie_beside_the_file_of_the_application(tmp_path: Path) -> None:
    (tmp_path / "loaded_revised.py").touch()
    assert revisions_of("loaded_revised.py:app") == tmp_path / "migrations"
    assert revisions_of("loaded_revised") == tmp_path / "migrations"


def test_a_namespace_has_no_place_for_revisions(tmp_path: Path) -> None:
    (tmp_path / "loaded_namespace").mkdir()
    with pytest.raises(typer.BadParameter, match="namespace"):
        revisions_of("loaded_namespace")
