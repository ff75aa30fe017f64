"""RUNCAST_* variables: which are wrong, and which are no settings."""

import subprocess
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from runcast.cli.variables import settings_refused, strangers
from runcast.settings import Settings
from tests.tools.nodes import COMMAND
from tests.tools.processes import environment

APP = "from runcast import Runcast\napp = Runcast()\n"
OF_ITS_OWN = """
from pydantic import BaseModel
class Settings(BaseModel):
    colour: int
Settings(colour="red")
"""
SHORT = "hunter2"


def ran(folder: Path, *arguments: str, **settings: object) -> "subprocess.CompletedProcess[str]":
    """Run a command with these settings, beside an application, and return what became of it."""
    if not (folder / "app.py").exists():
        (folder / "app.py").write_text(APP)
    return subprocess.run(
        [COMMAND, *arguments],
        cwd=folder,
        env=environment(settings),
        input="a password of the tests\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "command",
    [
        ("serve", "app.py", "--port", "0"),
        ("worker", "app.py"),
        ("openapi", "app.py"),
        ("db", "current"),
        ("db", "prune"),
        ("users", "add", "ada@example.com", "--password-stdin"),
    ],
)
def test_a_wrong_setting_is_refused_in_a_line_that_names_its_variable(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = ran(tmp_path, *command, secret_key=SHORT, concurrency="many")
    assert (done.returncode, done.stdout) == (1, "")
    first, second = done.stderr.splitlines()
    assert first == "RUNCAST_SECRET_KEY: String should have at least 32 characters"
    assert second.startswith("RUNCAST_CONCURRENCY: Input should be a valid integer")
    assert SHORT not in done.stderr


def test_what_runs_and_watches_says_so_with_a_status_of_its_own(tmp_path: Path) -> None:
    done = ran(tmp_path, "run", "hello", database_url="mysql://u:hunter2@h/d")
    assert (done.returncode, done.stderr) == (
        4,
        "runcast run: RUNCAST_DATABASE_URL: it has to begin with sqlite:/// or postgresql://\n",
    )


def test_settings_of_the_applications_own_are_its_own_error(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(OF_ITS_OWN)
    done = ran(tmp_path, "serve", "app.py")
    assert "1 validation error for Settings" in done.stderr
    assert "Traceback" in done.stderr


def test_what_is_not_about_settings_has_no_lines() -> None:
    class Other(BaseModel):
        secret_key: str

    with pytest.raises(ValidationError) as refused:
        Other.model_validate({})
    assert settings_refused(refused.value) == []
    assert settings_refused(ValueError("no")) == []


def test_a_misspelt_variable_is_named_with_the_nearest_setting() -> None:
    names = ["RUNCAST_CONCURENCY", "runcast_colour", "RUNCAST_CONCURRENCY", "PATH"]
    assert strangers(names) == (
        "these variables are no settings: "
        "RUNCAST_CONCURENCY (did you mean RUNCAST_CONCURRENCY?), runcast_colour"
    )


def test_settings_in_any_case_and_what_else_is_read_are_known() -> None:
    others = ["URL", "TOKEN", "BROWSER", "APP", "TEST_REDIS_URL", "PORT", "SERVICE_HOST"]
    settings = [*Settings.model_fields, *map(str.upper, Settings.model_fields)]
    assert strangers(f"RUNCAST_{name}" for name in [*others, *settings]) is None
    assert strangers([]) is None
