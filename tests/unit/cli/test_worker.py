"""`runcast worker` as a process: ready, at work, stopped; and refused in words."""

import signal
import subprocess
import sys
from pathlib import Path

from tests.conftest import SECRET
from tests.tools.databases import Databases
from tests.tools.processes import environment

COMMAND = Path(sys.executable).with_name("runcast")
APP = """
from runcast import Run, Runcast

app = Runcast()


@app.handler
async def hello(run: Run) -> str:
    return "hello"
"""


def worker(folder: Path, database_url: str) -> "subprocess.Popen[str]":
    """Start a worker of an application with one handler."""
    file = folder / "application.py"
    file.write_text(APP)
    settings: dict[str, object] = {"database_url": database_url, "secret_key": SECRET}
    return subprocess.Popen(
        [COMMAND, "worker", str(file)],
        cwd=folder,
        env=environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_worker_says_when_it_is_ready_and_stops_when_it_is_told_to(
    tmp_path: Path, database_url: str
) -> None:
    with worker(tmp_path, database_url) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "worker  1 handlers, ready\n"
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors


def test_a_worker_refuses_an_old_schema_in_words(tmp_path: Path, postgres: Databases) -> None:
    with worker(tmp_path, postgres.new()) as process:
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "runcast db upgrade" in errors
    assert "Traceback" not in errors


def test_a_worker_without_its_database_says_so(tmp_path: Path) -> None:
    with worker(tmp_path, "postgresql://runcast@127.0.0.1:1/x") as process:
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "cannot be reached" in errors
    assert "Traceback" not in errors
