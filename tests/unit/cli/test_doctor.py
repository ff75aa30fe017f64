"""`runcast doctor`, as a person and as a pipeline run it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from runcast.cli import app


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    """Return what `runcast doctor` did."""
    return CliRunner().invoke(app, ["doctor", *arguments])


def test_on_ones_own_machine_nothing_is_worse_than_a_note() -> None:
    done = run()
    assert done.exit_code == 0, done.output
    assert "this machine alone" in done.output
    assert "0 danger, 0 warning" in done.output
    assert "\nOK " not in done.output
    assert "\nOK " in run("--all").output


def test_what_is_dangerous_is_told_with_what_to_do_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RUNCAST_PUBLIC_URL", "http://runs.example.com")
    done = run()
    assert done.exit_code == 1
    assert "DANGER   RUNCAST_PUBLIC_URL" in done.output
    assert "→ put TLS before the server" in done.output


def test_a_pipeline_reads_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNCAST_ALLOWED_ORIGINS", "*")
    monkeypatch.setenv("RUNCAST_PUBLIC_URL", "https://runs.example.com")
    done = run("--json")
    assert done.exit_code == 1
    found = json.loads(done.output)
    assert {"about": "RUNCAST_ALLOWED_ORIGINS", "level": "danger"}.items() <= next(
        each for each in found if each["level"] == "danger"
    ).items()


def test_the_settings_of_an_application_are_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "lax.py"
    file.write_text(
        "from runcast import Runcast\n"
        "app = Runcast(public_url='https://runs.example.com', rate_limits='off')\n"
    )
    done = run(str(file))
    assert done.exit_code == 1
    assert "DANGER   RUNCAST_RATE_LIMITS" in done.output


def test_a_redis_that_is_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNCAST_REDIS_URL", "redis://127.0.0.1:1")
    done = run()
    assert "WARNING  RUNCAST_REDIS_URL: it does not answer" in done.output
    assert done.exit_code == 0, done.output


def test_a_server_that_is_away_is_told() -> None:
    done = run("--url", "http://127.0.0.1:1")
    assert done.exit_code == 1
    assert "does not answer" in done.output
