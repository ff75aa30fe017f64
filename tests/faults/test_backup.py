"""A backup taken while executions run, the server killed, everything restored elsewhere.

The commands are those of docs/operations.md.
"""

import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.conftest import SECRET
from tests.tools import postgres
from tests.tools.counted import FINAL, check_laws
from tests.tools.markdown import ROOT
from tests.tools.processes import COMMAND, ServerProcess, environment

APP = ROOT / "tests/faults/apps/backed_up.py"
SECONDS = 60


def sqlite_command(source: Path, target: Path) -> None:
    """Back up by the `sqlite3` command."""
    if shutil.which("sqlite3") is None:
        pytest.skip("no sqlite3 command on this machine")
    subprocess.run(["sqlite3", source, f".backup '{target}'"], check=True, timeout=SECONDS)


def vacuum_into(source: Path, target: Path) -> None:
    """Back up by VACUUM INTO."""
    connection = sqlite3.connect(source, isolation_level=None)
    connection.execute("VACUUM INTO ?", (str(target),))
    connection.close()


def by_python(source: Path, target: Path) -> None:
    """Back up by Python's own means."""
    reading, writing = sqlite3.connect(source), sqlite3.connect(target)
    with writing:
        reading.backup(writing)
    reading.close()
    writing.close()


def begin(client: httpx2.Client, number: int) -> list[str]:
    """Start so many executions and return their ids once the first of them has ended."""
    ids = []
    for value in range(number):
        answer = client.post("/api/executions", json={"handler": "count", "input": value})
        assert answer.status_code == 201, answer.text
        ids.append(answer.json()["id"])
    wait_for(client, ids[0])
    return ids


def wait_for(client: httpx2.Client, execution_id: str) -> list[dict[str, Any]]:
    """Return the log of an execution once it has ended."""
    path = f"/api/executions/{execution_id}/events"
    client.get(path, headers={"Accept": "text/event-stream"}, timeout=SECONDS)
    events: list[dict[str, Any]] = client.get(f"{path}?limit=200").json()["events"]
    assert events[-1]["kind"] in FINAL
    return events


def check(client: httpx2.Client, ids: list[str]) -> None:
    """Assert that the executions are there, and that each ends with a whole log and its result."""
    listed = client.get("/api/executions?limit=200").json()["items"]
    assert {one["id"] for one in listed} == set(ids)
    for value, execution_id in enumerate(ids):
        check_laws(wait_for(client, execution_id))
        execution = client.get(f"/api/executions/{execution_id}").json()
        assert (execution["state"], execution["result"]) == ("succeeded", value + 10)


@pytest.mark.parametrize("back_up", [sqlite_command, vacuum_into, by_python])
def test_sqlite_is_restored_elsewhere_and_what_ran_goes_on(
    tmp_path: Path, back_up: Callable[[Path, Path], None]
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    (there / "runcast-data").mkdir(parents=True)
    copy = tmp_path / "backup.db"
    with ServerProcess(APP, here) as server:
        with server.client() as client:
            ids = begin(client, 12)
            back_up(server.database, copy)
            # What is written after the backup is not in it.
            client.post("/api/executions", json={"handler": "count", "input": 99})
        server.kill()
        shutil.copy(server.data_folder / "secret-key", there / "runcast-data/secret-key")
    shutil.move(copy, there / "runcast-data/runcast.db")
    with ServerProcess(APP, there) as restored, restored.client() as client:
        check(client, ids)
        assert client.get("/health/ready").status_code == 200


@pytest.mark.usefixtures("postgres_url")  # it is skipped where there is no PostgreSQL
def test_postgresql_is_restored_elsewhere_and_what_ran_goes_on(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    settings = {"secret_key": SECRET, "password_memory_kib": 64, "lease_seconds": 2}
    with postgres.running() as old, postgres.running() as new:
        source, target = old.create("runcast"), new.create("runcast")
        upgrade(source)
        with ServerProcess(APP, here, database_url=source, **settings) as server:
            with person(server.url, "/api/auth/register") as client:
                ids = begin(client, 12)
                old._run("pg_dump", "--format=custom", "--file=backup.dump", source)
            server.kill()
        shutil.copy(old.folder / "backup.dump", new.folder / "backup.dump")
        (new.folder / "backup.dump").chmod(0o644)
        old.kill()
        new._run("pg_restore", "--exit-on-error", f"--dbname={target}", "backup.dump")
        with (
            ServerProcess(APP, there, database_url=target, **settings) as restored,
            person(restored.url) as client,
        ):
            check(client, ids)
            assert client.get("/health/ready").status_code == 200


def upgrade(url: str) -> None:
    """Bring a database's schema up to date by the command."""
    env = environment({"database_url": url})
    subprocess.run([COMMAND, "db", "upgrade"], env=env, check=True, timeout=SECONDS)


@contextmanager
def person(url: str, *register: str) -> Iterator[httpx2.Client]:
    """Yield a client of a person, who registers first if told where."""
    who = {"email": "ada@example.com", "password": "correct horse battery staple"}
    with httpx2.Client(base_url=url, timeout=SECONDS, trust_env=False) as client:
        for path in register:
            assert client.post(path, json=who).status_code == 201
        form = {"grant_type": "password", "username": who["email"], "password": who["password"]}
        tokens = client.post("/api/auth/token", data=form).json()
        client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        yield client
