"""The command line knows its families of commands."""

from typer.testing import CliRunner

from runcast.cli import app


def test_help_lists_every_command() -> None:
    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0
    for command in ("serve", "run", "watch", "login", "logout", "openapi", "db", "users"):
        assert f" {command} " in result.output
