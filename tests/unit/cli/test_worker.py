"""`runcast worker` as a process: ready, at work, stopped; and refused in words."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx2

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


def worker(folder: Path, database_url: str, *options: str) -> "subprocess.Popen[str]":
    """Start a worker of an application with one handler, whose metrics are open."""
    file = folder / "application.py"
    file.write_text(APP)
    settings: dict[str, object] = {
        "database_url": database_url,
        "secret_key": SECRET,
        "metrics": "open",
    }
    return subprocess.Popen(
        [COMMAND, "worker", str(file), *options],
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
        assert process.stdout.readline() == "worker  1 handler, ready\n"
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors


def test_a_worker_with_a_port_answers_probes_and_scrapers_there(
    tmp_path: Path, database_url: str
) -> None:
    with worker(tmp_path, database_url, "--port", "0") as process:
        assert process.stdout is not None
        name, url = process.stdout.readline().split()
        assert name == "port"
        assert url.startswith("http://127.0.0.1:")
        assert process.stdout.readline() == "worker  1 handler, ready\n"
        with httpx2.Client(base_url=url, timeout=10, trust_env=False) as client:
            assert client.get("/health/live").status_code == 200
            assert client.get("/health/ready").status_code == 200
            assert "runcast_takeovers_total 0.0" in client.get("/metrics").text
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors


def test_a_worker_whose_port_is_taken_says_so_and_does_not_start(
    tmp_path: Path, database_url: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with worker(tmp_path, database_url, "--port", port) as process:
            printed, errors = process.communicate(timeout=30)
    assert (process.returncode, printed) == (1, "")
    assert f"cannot listen on 127.0.0.1, port {port}" in errors
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
