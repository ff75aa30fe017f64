"""`runcast db` as real command lines, in a folder of the test's own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runcast.database.data_folder import DataFolderLock
from runcast.services.health import NEWEST

APP = """
from sqlalchemy.orm import Mapped, mapped_column
from runcast.models import Base
class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str]
"""


def runcast(folder: Path, *arguments: str, status: int = 0, **variables: str) -> str:
    """Run the command in the folder and return all that it printed."""
    environment = {key: it for key, it in os.environ.items() if not key.startswith("RUNCAST_")}
    done = subprocess.run(
        [sys.executable, "-c", "from runcast.cli import main; main()", *arguments],
        cwd=folder,
        env=environment | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == status, done.stdout
    return done.stdout


def test_up_and_down_work_as_they_are_written(tmp_path: Path) -> None:
    assert runcast(tmp_path, "db", "current") == "no schema yet\n"
    assert runcast(tmp_path, "db", "upgrade") == f"upgraded to {NEWEST} (head)\n"
    assert runcast(tmp_path, "db", "upgrade") == f"already at {NEWEST} (head)\n"
    assert (tmp_path / "runcast-data" / "runcast.db").is_file()
    assert NEWEST not in runcast(tmp_path, "db", "downgrade", "-1")
    assert NEWEST in runcast(tmp_path, "db", "upgrade", "+1")
    assert "No new upgrade operations" in runcast(tmp_path, "db", "check")
    assert runcast(tmp_path, "db", "downgrade", "base") == "no schema yet\n"
    assert "not up to date" in runcast(tmp_path, "db", "check", status=1)


def test_history_needs_no_app_and_lists_the_revisions(tmp_path: Path) -> None:
    assert "<base> -> 0001" in runcast(tmp_path, "db", "history")


def test_a_held_data_folder_is_refused_with_the_holders_name(tmp_path: Path) -> None:
    runcast(tmp_path, "db", "upgrade")
    with DataFolderLock(tmp_path / "runcast-data"):
        for command in (["upgrade"], ["downgrade", "-1"]):
            said = runcast(tmp_path, "db", *command, status=1)
            assert f"in use by process {os.getpid()}" in said
            assert "Traceback" not in said


def test_an_applications_own_tables_have_revisions_beside_it(tmp_path: Path) -> None:
    (tmp_path / "quick.py").write_text(APP)
    app = ("--app", "quick.py")
    runcast(tmp_path, "db", "upgrade")
    runcast(tmp_path, "db", "revision", "-m", "take notes", *app)
    assert (tmp_path / "migrations" / "0001_take_notes.py").is_file()
    runcast(tmp_path, "db", "upgrade", *app)
    runcast(tmp_path, "db", "check", *app)
    runcast(tmp_path, "db", "downgrade", "-1", *app)
    assert f"{NEWEST} (head)" in runcast(tmp_path, "db", "current")
    assert "0001" not in runcast(tmp_path, "db", "current", *app)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["upgrade", "nowhere"], 1, "nowhere"),
        (["upgrade", "--typo"], 1, "--typo"),
        (["downgrade"], 2, "REVISION"),
        (["check", "--app", "missing.py"], 2, "there is no file"),
    ],
)
def test_what_cannot_be_done_is_said_without_a_traceback(
    tmp_path: Path, arguments: list[str], status: int, said: str
) -> None:
    printed = runcast(tmp_path, "db", *arguments, status=status)
    assert said in printed
    assert "Traceback" not in printed


def test_help_loads_neither_sqlalchemy_nor_the_web_framework() -> None:
    source = "import sys, runcast.cli; print([m for m in ('sqlalchemy', 'fastapi', 'alembic') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "[]\n"


def test_a_variable_that_is_no_setting_is_told_once(tmp_path: Path) -> None:
    said = runcast(tmp_path, "db", "upgrade", RUNCAST_DATABASE_ULR="x")
    assert said.count("RUNCAST_DATABASE_ULR (did you mean RUNCAST_DATABASE_URL?)") == 1
    assert said.startswith("warning: these variables are no settings: ")
