"""A real server killed, crashed and stopped: whatever ran goes on from its log, to the end."""

import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import orjson
import pytest

from tests.tools.counted import FINAL, check_laws, counted
from tests.tools.processes import ServerProcess

APP = Path(__file__).with_name("apps") / "effects.py"
END_SECONDS = 30.0


@pytest.fixture
def server(tmp_path: Path) -> ServerProcess:
    """Return a server that has not started."""
    return ServerProcess(APP, tmp_path)


def begin(client: httpx2.Client, handler: str, value: Any, key: str | None = None) -> str:
    """Start an execution; return its id."""
    headers = {} if key is None else {"Idempotency-Key": key}
    body = {"handler": handler, "input": value}
    answer = client.post("/api/executions", json=body, headers=headers)
    assert answer.status_code in {200, 201}, answer.text
    return str(answer.json()["id"])


def wait_for_the_end(client: httpx2.Client, execution_id: str) -> None:
    """Follow the live feed until it ends."""
    headers = {"Accept": "text/event-stream"}
    path = f"/api/executions/{execution_id}/events"
    with client.stream("GET", path, headers=headers, timeout=END_SECONDS) as answer:
        for line in answer.iter_lines():
            if any(f'"kind":"{kind}"' in line for kind in FINAL):
                return
    # An ended log is answered with 204 and no stream.
    assert client.get(f"/api/executions/{execution_id}").json()["finished_at"] is not None


def select(server: ServerProcess, statement: str, *parameters: str) -> list[Any]:
    """Return what a statement finds in the server's file, as another process sees it."""
    with closing(sqlite3.connect(server.database)) as connection:
        return connection.execute(statement, parameters).fetchall()


def log_of(server: ServerProcess, execution_id: str) -> list[dict[str, Any]]:
    """Return a whole log."""
    statement = "SELECT payload FROM events WHERE execution_id = ? ORDER BY seq"
    found = select(server, statement, UUID(execution_id).hex)
    return [orjson.loads(payload) for (payload,) in found]


def undisturbed(steps: int) -> list[tuple[str, Any, str | None]]:
    """Return what an execution of `work` emits when nothing happens to it."""
    said: list[tuple[str, Any, str | None]] = []
    for step in range(steps):
        key = "effect" if step == 0 else f"effect#{step + 1}"
        said.append(("before", {"step": step}, None))
        said.append(("inside", {"step": step}, key))
        said.append(("after", {"step": step}, None))
    return said


def check_effects(server: ServerProcess, logs: dict[str, list[dict[str, Any]]]) -> None:
    """Assert that each step ran once in an attempt at most, and never after it had succeeded."""
    lines = (server.folder / "effects.txt").read_text().split("\n")[:-1]
    assert len(lines) == len(set(lines))
    ran = [line.split() for line in lines]
    for execution_id, events in logs.items():
        last = {int(s): int(a) for e, s, a in sorted(ran, key=_attempt) if e == execution_id}
        succeeded = [e["attempt"] for e in events if e["kind"] == "step.succeeded"]
        assert [attempt for _, attempt in sorted(last.items())] == succeeded


def _attempt(line: list[str]) -> int:
    return int(line[2])


def check_all(server: ServerProcess, ids: list[str], steps: int) -> None:
    """Assert that every execution has ended as if nothing had happened."""
    logs = {execution_id: log_of(server, execution_id) for execution_id in ids}
    for events in logs.values():
        check_laws(events)
        assert events[-1]["kind"] == "execution.succeeded"
        assert events[-1]["data"]["result"] == sum(step * step for step in range(steps))
        assert counted(events) == undisturbed(steps)
    check_effects(server, logs)


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_runs_survives_kills_at_any_moment(server: ServerProcess, seed: int) -> None:
    # The last to begin takes 0.6 s, and the first kill comes before that.
    moments, plan = random.Random(seed), {"steps": 30, "seconds": 0.02}
    with server:
        with server.client() as client:
            ids = [begin(client, "work", plan) for _ in range(40)]
        for _ in range(2):
            # The moment is the subject: nothing in the server announces it.
            time.sleep(moments.uniform(0.0, 0.25))
            server.restart()
        with server.client() as client:
            for execution_id in ids:
                wait_for_the_end(client, execution_id)
        check_all(server, ids, 30)
        assert any(log_of(server, execution_id)[-1]["attempt"] > 1 for execution_id in ids)


@pytest.mark.parametrize("news", [1, 2, 4])
def test_a_crash_between_commit_and_news_loses_and_doubles_nothing(
    server: ServerProcess, monkeypatch: pytest.MonkeyPatch, news: int
) -> None:
    monkeypatch.setenv("EXIT_AT_NEWS", str(news))
    server.start()
    with server.client() as client:
        started = _begin_unless_it_dies(client)
    assert server.wait() == 9
    committed = select(server, "SELECT count(*) FROM events")
    assert committed[0][0] >= 1
    monkeypatch.delenv("EXIT_AT_NEWS")
    with server:
        with server.client() as client:
            execution_id = begin(client, "work", {"steps": 3}, key="mine")
            wait_for_the_end(client, execution_id)
        assert started in {None, execution_id}
        assert select(server, "SELECT count(*) FROM executions") == [(1,)]
        check_all(server, [execution_id], 3)


def _begin_unless_it_dies(client: httpx2.Client) -> str | None:
    try:
        return begin(client, "work", {"steps": 3}, key="mine")
    except httpx2.TransportError:
        return None


def test_a_server_that_is_told_to_stop_hands_back_and_its_successor_goes_on(
    server: ServerProcess,
) -> None:
    with server:
        with server.client() as client:
            ids = [begin(client, "work", {"steps": 30}) for _ in range(10)]
            endless = begin(client, "endless", {})
        began = time.monotonic()
        server.terminate()
        assert time.monotonic() - began < 5
        found = select(server, "SELECT state, takeovers, retries FROM executions")
        assert {(takeovers, retries) for _, takeovers, retries in found} == {(0, 0)}
        assert {state for state, _, _ in found} <= {"queued", "succeeded"}
        assert log_of(server, endless)[-1]["data"] == {"reason": "handed_back"}
        server.start()
        with server.client() as client:
            for execution_id in [*ids, endless]:
                wait_for_the_end(client, execution_id)
        check_all(server, ids, 30)
        assert select(server, "SELECT count(*) FROM workers") == [(1,)]
