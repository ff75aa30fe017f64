"""The log lines of a real process: whose they are, and that no credential stands in them."""

from pathlib import Path
from typing import Any

import orjson

from tests.tools.processes import ServerProcess

APP = """
from runcast import Run, Runcast

app = Runcast()


@app.handler
async def fail(run: Run) -> None:
    raise ConnectionError("postgresql://ada:hunter2-hunter2@db/x is away")
"""


def test_lines_have_the_ids_of_their_request_and_their_attempt(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    settings = {"log_format": "json", "access_log": True}
    with ServerProcess(tmp_path / "app.py", tmp_path, **settings) as server:
        with server.client() as client:
            answer = client.post(
                "/api/executions?token=swordfish-swordfish",
                json={"handler": "fail"},
                headers={"X-Request-ID": "mine"},
            )
            assert answer.headers["x-request-id"] == "mine"
            path = f"/api/executions/{answer.json()['id']}/events"
            client.get(path, headers={"Accept": "text/event-stream"})
            token = client.headers["Authorization"].removeprefix("Bearer ")
        server.terminate()
        written = server.errors()
    lines: list[dict[str, Any]] = [orjson.loads(line) for line in written.splitlines()]
    (access,) = [line for line in lines if line.get("request_id") == "mine"]
    assert access["logger"] == "runcast.access"
    assert (access["route"], access["status"]) == ("/api/executions", 201)
    (failure,) = [line for line in lines if "error" in line]
    assert (failure["execution_id"], failure["attempt"]) == (answer.json()["id"], 1)
    assert "postgresql://ada:***@db/x" in failure["error"]
    for secret in ("hunter2", "swordfish", token):
        assert secret not in written
