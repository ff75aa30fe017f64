"""The Dockerfile and the compose file, read as Docker would, their commands run as they stand.

No Docker engine is at hand: images are not built here.
"""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import build_console
import httpx2
import pytest
import yaml  # type: ignore[import-untyped]  # no stubs are locked

from tests.conftest import SECRET
from tests.tools import commands
from tests.tools.markdown import ROOT
from tests.tools.processes import STOP_SECONDS, environment

DOCKERFILE = ROOT / "packaging/Dockerfile"
SCRIPTS = Path(sys.executable).parent


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile, lines joined."""
    text = re.sub(r"^\s*#.*\n", "", DOCKERFILE.read_text(), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    pairs = [line.split(maxsplit=1) for line in lines if line.strip()]
    return [(name, rest) for name, rest in pairs]


def the(name: str) -> list[str]:
    """Return the arguments of every instruction of that name."""
    return [rest for kind, rest in instructions() if kind == name]


def compose() -> dict[str, Any]:
    """Return the compose file."""
    read: dict[str, Any] = yaml.safe_load((ROOT / "packaging/compose.yaml").read_text())
    return read


def test_what_is_copied_into_the_build_is_there() -> None:
    copied = [word for rest in the("COPY") if "--from" not in rest for word in rest.split()[:-1]]
    assert copied
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_the_image_has_all_that_the_console_is_built_from() -> None:
    steps = instructions()
    built = next(n for n, (_, rest) in enumerate(steps) if "packaging/build_console.py" in rest)
    copied = {word for kind, rest in steps[:built] if kind == "COPY" for word in rest.split()[:-1]}
    wanted = {*build_console.FILES, *(name.split("/")[0] for name in build_console.FOLDERS)}
    assert wanted | {"packaging"} <= copied


def test_whatever_is_installed_is_locked_and_hashed_or_was_built_here() -> None:
    installs = [
        command for rest in the("RUN") for command in rest.split("&&") if "pip install" in command
    ]
    assert len(installs) == 4
    for command in installs:
        assert "--require-hashes -r " in command or "--no-deps dist/" in command, command


def test_the_last_stage_runs_as_nobody_in_particular_and_can_be_told_to_stop() -> None:
    last = instructions()[max(n for n, (kind, _) in enumerate(instructions()) if kind == "FROM") :]
    kinds = [kind for kind, _ in last]
    assert dict(last)["USER"] == "runcast"
    assert kinds.index("USER") < kinds.index("ENTRYPOINT")
    assert dict(last)["STOPSIGNAL"] == "SIGTERM"
    # As a list, so that the process gets the signal, and no shell before it.
    assert json.loads(dict(last)["ENTRYPOINT"]) == ["runcast"]


@pytest.mark.parametrize("service", ["upgrade", "api", "worker"])
def test_every_command_of_the_compose_file_is_one_that_exists(service: str) -> None:
    command = compose()["services"][service]["command"]
    commands.check(shlex.join(["runcast", *command]))


def test_every_process_gets_the_same_database_bus_and_secret() -> None:
    services = compose()["services"]
    ours = [services[name]["environment"] for name in ("upgrade", "api", "worker")]
    assert ours[0] == ours[1] == ours[2]
    assert {"RUNCAST_DATABASE_URL", "RUNCAST_REDIS_URL", "RUNCAST_SECRET_KEY"} <= ours[0].keys()


def test_nobody_serves_before_the_upgrade_has_ended_well() -> None:
    services = compose()["services"]
    for name in ("api", "worker"):
        assert services[name]["depends_on"] == {
            "upgrade": {"condition": "service_completed_successfully"}
        }


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], folder: Path, env: dict[str, str], until: str) -> Iterator[None]:
    """Run a command until the block ends, which begins when it prints a line that begins so."""
    with (folder / "stderr.txt").open("a") as errors:
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    try:
        assert process.stdout is not None
        printed = next((line for line in process.stdout if line.startswith(until)), None)
        assert printed, (folder / "stderr.txt").read_text()
        yield
        process.terminate()
        assert process.wait(STOP_SECONDS) == 0
    finally:
        process.kill()
        process.communicate()


def test_the_commands_as_they_stand_upgrade_serve_run_and_are_healthy(
    postgres_url: str, tmp_path: Path
) -> None:
    shutil.copy(ROOT / "tests/packaging/app.py", tmp_path / "app.py")
    settings = {"database_url": postgres_url, "secret_key": SECRET, "registration": "open"}
    env = environment({**settings, "password_memory_kib": 64, "log_format": "json"})
    env["PATH"] = f"{SCRIPTS}{os.pathsep}{env['PATH']}"
    services, entry = compose()["services"], json.loads(the("ENTRYPOINT")[0])
    port = str(free_port())
    # In a container it listens everywhere, at the container's own port; here the last word counts.
    here = ["--host", "127.0.0.1", "--port", port]

    subprocess.run([*entry, *services["upgrade"]["command"]], cwd=tmp_path, env=env, check=True)
    api = [*entry, *services["api"]["command"], *here]
    probed = str(free_port())
    worker = [*entry, *services["worker"]["command"], "--host", "127.0.0.1", "--port", probed]
    with running(api, tmp_path, env, "API"), running(worker, tmp_path, env, "worker"):
        health = json.loads(the("HEALTHCHECK")[0].partition("CMD ")[2])
        check = [part.replace(":8000", f":{port}") for part in health]
        subprocess.run(check, env=env, check=True, timeout=30)
        kind, *health = services["worker"]["healthcheck"]["test"]
        assert kind == "CMD"
        at_worker = [part.replace(":9000", f":{probed}") for part in health]
        assert at_worker != health
        subprocess.run(at_worker, env=env, check=True, timeout=30)
        assert _ran(f"http://127.0.0.1:{port}") == {"doubled": 42}
    for line in (tmp_path / "stderr.txt").read_text().splitlines():
        assert json.loads(line)["level"] in {"info", "warning"}, line
    refused = subprocess.run(check, env=env, check=False, timeout=30, capture_output=True)
    assert refused.returncode != 0


def _ran(url: str) -> Any:
    """Return the result of an execution that was started there, from its event stream's end on."""
    person = {"email": "ada@example.com", "password": "correct horse battery staple"}
    with httpx2.Client(base_url=url, timeout=30, trust_env=False) as client:
        assert client.post("/api/auth/register", json=person).status_code == 201
        form = {"grant_type": "password", "username": person["email"], **person}
        tokens = client.post("/api/auth/token", data=form).json()
        client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        body = {"handler": "double", "input": 21}
        execution = client.post("/api/executions", json=body).json()
        path = f"/api/executions/{execution['id']}"
        stream = client.get(f"{path}/events", headers={"Accept": "text/event-stream"})
        assert "event: end" in stream.text
        return client.get(path).json()["result"]
