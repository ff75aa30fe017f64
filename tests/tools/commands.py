"""Whether a command line of a document is one that exists: read by the program it names, not run."""

import json
import re
import shlex
from typing import Any
from urllib.parse import urlsplit

import typer
from alembic.config import CommandLine

from runcast import Runcast
from runcast.cli import app
from tests.tools.markdown import ROOT

WORKSPACES = ("clients/typescript", "console")


def check(line: str) -> None:
    """Parse a command as its program would.

    Raises:
        AssertionError: the program, the target or a file does not exist.
        Exception: the program refuses its arguments.
    """
    program, *arguments = shlex.split(line)
    match program.removeprefix(".venv/bin/"):
        case "make":
            check_make(arguments)
        case "runcast":
            check_runcast(arguments)
        case "alembic":
            CommandLine().parser.parse_args(arguments)
        case "python":
            check_python(arguments)
        case "sqlite3":
            assert arguments[0] == "runcast-data/runcast.db"
        case "curl":
            check_curl(arguments)
        case other:
            raise AssertionError(f"no test knows the program {other}")


def check_python(arguments: list[str]) -> None:
    """Assert that it is pytest on something that exists, or npm on a script of a workspace."""
    match arguments:
        case ["-m", "pytest", path]:
            assert (ROOT / path).exists()
        case ["packaging/npm.py", "run", script, "-w", workspace]:
            packages = [json.loads((ROOT / p / "package.json").read_text()) for p in WORKSPACES]
            scripts = {package["name"]: package["scripts"] for package in packages}
            assert script in scripts[workspace]
        case other:
            raise AssertionError(f"no test knows python {other}")


def check_make(arguments: list[str]) -> None:
    """Assert that targets and variables are the Makefile's."""
    makefile = (ROOT / "Makefile").read_text()
    for argument in arguments:
        name, is_variable, _ = argument.partition("=")
        pattern = rf"^{name} \?=" if is_variable else rf"^{name}:.*## "
        assert re.search(pattern, makefile, re.MULTILINE), f"make {argument}"


def check_runcast(arguments: list[str]) -> None:
    """Parse arguments as the command line would, down to the options of the command."""
    command, name, context = typer.main.get_command(app), "runcast", None
    while True:
        context = command.make_context(name, list(arguments), parent=context)
        if not hasattr(command, "resolve_command"):
            return
        name, command, arguments = _next(command, context, arguments)


def check_mention(words: list[str]) -> None:
    """Assert that `runcast …`, named without all of its arguments, begins with a command."""
    command: Any = typer.main.get_command(app)
    while words and hasattr(command, "commands") and re.fullmatch(r"[a-z]+", words[0]):
        assert words[0] in command.commands, f"runcast has no command {words[0]}"
        command, words = command.commands[words[0]], words[1:]


def _next(command: Any, context: Any, arguments: list[str]) -> tuple[str, Any, list[str]]:
    name, found, rest = command.resolve_command(context, arguments)
    return name, found, rest


def check_curl(arguments: list[str]) -> None:
    """Look for the path of a request among the application's operations.

    Raises:
        AssertionError: there is none.
    """
    (url,) = (argument for argument in arguments if argument.startswith("http://"))
    path = re.sub(r"\$[A-Z]+", "00000000-0000-7000-8000-000000000000", urlsplit(url).path)
    known = [re.sub(r"\{[^}]*\}", "[^/]+", known) for known in Runcast().openapi()["paths"]]
    assert any(re.fullmatch(pattern, path) for pattern in known), f"no operation has {path}"
