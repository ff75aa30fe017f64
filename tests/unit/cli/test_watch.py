"""`runcast watch`, where no server is asked; the watch itself is proved in tests/cli."""

import pytest
from typer.testing import CliRunner

from runcast.cli import app


def test_its_help_tells_every_exit_status() -> None:
    shown = CliRunner().invoke(app, ["watch", "--help"]).output
    for status in ("0 it succeeded", "1 it failed", "3 it was cancelled", "130 Ctrl-C"):
        assert status in shown


def test_without_any_server_it_is_refused_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = tmp_path_factory.mktemp("empty")
    monkeypatch.chdir(empty)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(empty))
    monkeypatch.delenv("RUNCAST_URL", raising=False)
    done = CliRunner().invoke(app, ["watch", "00000000-0000-7000-8000-000000000000"])
    assert done.exit_code == 4
    assert "runcast" in done.stderr
