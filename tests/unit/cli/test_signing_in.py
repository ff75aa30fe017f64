"""Signing in and out, where no server is asked; sessions themselves are proved in tests/cli."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from runcast.cli import app


@pytest.fixture(autouse=True)
def _nobody_anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("RUNCAST_URL", raising=False)


def test_an_address_that_is_no_url_is_refused() -> None:
    done = CliRunner().invoke(app, ["login", "ftp://nowhere", "--email", "a@example.com"])
    assert done.exit_code == 2
    assert "does not begin with http" in done.stderr


def test_without_any_server_the_address_must_be_said() -> None:
    done = CliRunner().invoke(app, ["login", "--email", "a@example.com"])
    assert done.exit_code == 2
    assert "say which server" in done.stderr


def test_who_is_not_signed_in_is_told_so() -> None:
    done = CliRunner().invoke(app, ["logout"])
    assert (done.exit_code, done.output) == (0, "nobody is signed in\n")


def test_where_nobody_can_type_the_way_to_hand_in_the_password_is_named() -> None:
    login = ["login", "http://127.0.0.1:1", "--email", "a@example.com"]
    done = CliRunner().invoke(app, login, input="a password of the tests\n")
    assert done.exit_code == 2
    assert "--password-stdin" in done.stderr
