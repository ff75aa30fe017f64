"""How serving and working processes begin and end, as their log lines tell it."""

import json
import signal
import subprocess
from pathlib import Path

import pytest

from runcast.workers.worker import VERSION
from tests.conftest import SECRET
from tests.tools.nodes import COMMAND
from tests.tools.processes import environment

APP = "from runcast import Runcast\napp = Runcast()\n"
RUNS = {"serve": ["serve", "app.py", "--port", "0"], "worker": ["worker", "app.py"]}


def logged(
    folder: Path, command: str, *stops: signal.Signals, **settings: object
) -> list[tuple[str, str]]:
    """Return level and message of each line that the process logs until it has stopped, as it was told to."""
    (folder / "app.py").write_text(APP)
    process = subprocess.Popen(
        [COMMAND, *RUNS[command]],
        cwd=folder,
        env=environment({"secret_key": SECRET, "log_format": "json", **settings}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline()
        for number in stops or [signal.SIGTERM]:
            process.send_signal(number)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    lines = [json.loads(line) for line in errors.splitlines()]
    return [(line["level"], line["message"]) for line in lines]


@pytest.mark.parametrize("command", RUNS)
def test_it_says_what_runs_on_what_and_that_it_stops_and_ends_well_by_ctrl_c_pressed_twice(
    tmp_path: Path, command: str, database_url: str
) -> None:
    kind = database_url.partition(":")[0]
    pressed = [signal.SIGINT] * 2
    assert logged(tmp_path, command, *pressed, database_url=database_url) == [
        ("info", f"runcast {VERSION} on {kind}, bus memory"),
        ("info", "stopping"),
        ("info", "stopped"),
    ]


def test_it_warns_of_a_variable_that_is_no_setting(tmp_path: Path, sqlite_url: str) -> None:
    first = logged(tmp_path, "serve", database_url=sqlite_url, concurency=3)[0]
    assert first == (
        "warning",
        "these variables are no settings: RUNCAST_CONCURENCY (did you mean RUNCAST_CONCURRENCY?)",
    )


def test_a_bus_that_is_away_is_named_all_the_same(tmp_path: Path, sqlite_url: str) -> None:
    lines = logged(tmp_path, "serve", database_url=sqlite_url, redis_url="redis://127.0.0.1:1")
    assert ("info", f"runcast {VERSION} on sqlite, bus redis") in lines
