"""`runcast signing-keys`, run as a person would run it, on a real database."""

import re
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from runcast.cli import app

LINE = re.compile(r"([\w-]{43})  (\w+) +signs from \S+Z")


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the URL of a migrated database, as the settings name it."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    monkeypatch.setenv("RUNCAST_DATABASE_URL", url)
    monkeypatch.setenv("RUNCAST_SECRET_KEY", "a secret of the tests, long enough to sign with")
    return url


def run(*arguments: str) -> Result:
    """Return what `runcast signing-keys` did."""
    return CliRunner().invoke(app, ["signing-keys", *arguments])


def standings(done: Result) -> list[tuple[str, str]]:
    """Return ids and standings as they were printed."""
    assert done.exit_code == 0, done.output
    lines = [LINE.fullmatch(line) for line in done.stdout.splitlines()]
    return [(line[1], line[2]) for line in lines if line]


def test_a_key_is_listed_and_its_successor_published_once(database: str) -> None:
    after = standings(run("rotate"))
    assert [each[1] for each in after] == ["next", "active"]
    again = run("rotate")
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr.startswith("runcast signing-keys rotate: the next key")
    assert standings(run("list")) == after


def test_at_once_means_that_no_other_key_is_left(database: str) -> None:
    before = standings(run("rotate"))
    ((new, standing),) = standings(run("rotate", "--now"))
    assert standing == "active"
    assert new not in {kid for kid, _ in before}
    assert standings(run("list")) == [(new, "active")]


def test_listing_makes_no_key(database: str) -> None:
    for _ in range(2):
        done = run("list")
        assert (done.exit_code, done.stdout) == (0, "")
        assert done.stderr == "no keys yet: the server makes one when it starts\n"


@pytest.mark.parametrize("command", [["rotate"], ["rotate", "--now"]])
def test_with_another_secret_the_keys_are_told_of_and_left_alone(
    database: str, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    ((kid, _),) = standings(run("rotate", "--now"))
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("RUNCAST_SECRET_KEY", "another secret, as long as it has to be")
        listed = run("list")
        rotated = run(*command)
    told = "1 key of access tokens is sealed with another RUNCAST_SECRET_KEY"
    assert (listed.exit_code, listed.stdout, listed.stderr) == (0, "", f"{told}\n")
    assert (rotated.exit_code, rotated.stdout) == (1, "")
    assert told in rotated.stderr
    assert standings(run("list")) == [(kid, "active")]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_it_is_in_the_audit_log_without_a_secret(database: str) -> None:
    ((kid, _),) = standings(run("rotate", "--now"))
    run("list")
    connection = sqlite3.connect(Path(database.removeprefix("sqlite:///")))
    entries = connection.execute("SELECT action, subject, details FROM runcast_audit").fetchall()
    connection.close()
    assert [entry[:2] for entry in entries] == [("signing_key.rotated", f"signing_key {kid}")]
    assert entries[0][2] == '{"at_once":true}'


def test_a_database_that_is_not_there_is_told_in_a_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RUNCAST_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    monkeypatch.setenv("RUNCAST_SECRET_KEY", "s" * 32)
    done = run("list")
    assert done.exit_code == 1
    assert done.stderr.startswith("runcast signing-keys list: ")
