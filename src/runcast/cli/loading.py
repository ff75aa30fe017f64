"""Finding an application: `quickstart.py[:name]` or `package.module[:name]`."""

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from runcast.application import Runcast


def load_app(spec: str) -> "Runcast":
    """Return the application: the attribute named, else `app`, else the only Runcast of the module.

    Raises:
        typer.BadParameter: there is none, or more than one to choose from.
    """
    # Web framework and routes are not loaded for `runcast --help`.
    from runcast.application import Runcast  # noqa: PLC0415

    module = load_module(spec)
    name = _split(spec)[1]
    if name is None:
        found = {id(it): it for it in vars(module).values() if isinstance(it, Runcast)}
        return _only(spec, [module.app] if _is_a(module, "app", Runcast) else [*found.values()])
    return _only(spec, [getattr(module, name)] if _is_a(module, name, Runcast) else [])


def load_module(spec: str) -> ModuleType:
    """Import the module of an application; what its code raises is not caught.

    Raises:
        typer.BadParameter: there is no such file or module, or it is no Python.
    """
    place = _split(spec)[0]
    if place.endswith(".py"):
        return _load_file(Path(place).absolute())
    return _import(place, Path.cwd())


def revisions_of(spec: str) -> Path:
    """Return the folder in which the revisions of an application's own tables lie; import its models.

    Raises:
        typer.BadParameter: there is no such application, or no place beside it.
    """
    module = load_module(spec)
    if module.__file__ is None:
        raise typer.BadParameter(f"{spec} is a namespace without a file")
    return Path(module.__file__).absolute().parent / "migrations"


def _split(spec: str) -> tuple[str, str | None]:
    place, _, name = spec.partition(":")
    return place, name or None


def _load_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise typer.BadParameter(f"there is no file {path}")
    # A file in a package is imported under the package's name, so that its relative imports work, and
    # under one name only, so that what it defines is defined once.
    names = [] if path.stem == "__init__" else [path.stem]
    root = path.parent
    while (root / "__init__.py").is_file():
        names.insert(0, root.name)
        root = root.parent
    module = _import(".".join(names), root)
    if module.__file__ is None or not path.samefile(module.__file__):
        raise typer.BadParameter(f"{path} has the name of another module: {module.__name__}")
    return module


def _import(name: str, root: Path) -> ModuleType:
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        raise typer.BadParameter(f"there is no module {name}") from None
    except SyntaxError as error:
        # The way to it leads through our own files, and tells nothing.
        place, line = error.filename or name, (error.text or "").strip()
        said = f"{place}, line {error.lineno}: {error.msg}" + (f": {line}" if line else "")
        raise typer.BadParameter(said) from None


def _is_a(module: ModuleType, name: str, kind: type) -> bool:
    return isinstance(getattr(module, name, None), kind)


def _only(spec: str, found: "list[Runcast]") -> "Runcast":
    if len(found) != 1:
        number = len(found) or "no"
        raise typer.BadParameter(
            f"{spec} has {number} Runcast applications; name one, as in {_split(spec)[0]}:app"
        )
    return found[0]
