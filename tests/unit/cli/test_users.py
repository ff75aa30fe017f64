"""`runcast users add`, run as a person would run it, on a real database."""

import sqlite3
from contextlib import closing
from pathlib import Path
from unittest.mock import Mock

import argon2
import pytest
from typer.testing import CliRunner, Result

from runcast.cli import app, passwords

PASSWORD = "correct horse battery"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of a database that is not there yet, as the settings name it."""
    path = tmp_path / "data" / "runcast.db"
    monkeypatch.setenv("RUNCAST_DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("RUNCAST_PASSWORD_MEMORY_KIB", "64")
    monkeypatch.setenv("RUNCAST_PASSWORD_PASSES", "1")
    return path


def run(*arguments: str, typed: str) -> Result:
    """Return what `runcast users add` did."""
    return CliRunner().invoke(app, ["users", "add", *arguments], input=typed)


def users_in(path: Path) -> list[tuple[str, str, int]]:
    """Return address, name and rights of every user in the file."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT email, name, is_admin FROM users").fetchall()
    connection.close()
    return rows


def test_an_administrator_is_made_before_the_first_start(database: Path) -> None:
    done = run("--admin", "--password-stdin", "ada@example.com", typed=f"{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert f"administrator ada@example.com added to {database}, id " in done.output
    assert users_in(database) == [("ada@example.com", "ada", 1)]


def test_the_password_is_asked_for_twice_and_not_shown(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "sys", Mock(stdin=Mock(isatty=lambda: True)))
    done = run("--name", "Ada", "ada@example.com", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    assert users_in(database) == [("ada@example.com", "Ada", 0)]


@pytest.mark.parametrize(
    ("email", "password"), [("no address", PASSWORD), ("bob@example.com", "short")]
)
def test_what_is_not_acceptable_is_refused_in_one_line(
    database: Path, email: str, password: str
) -> None:
    done = run("--password-stdin", email, typed=f"{password}\n")
    assert done.exit_code == 1
    assert done.stderr.startswith("runcast users add: ")
    assert users_in(database) == []


def test_a_taken_address_is_refused(database: Path) -> None:
    run("--password-stdin", "ada@example.com", typed=f"{PASSWORD}\n")
    again = run("--admin", "--password-stdin", "ADA@example.com", typed=f"{PASSWORD}\n")
    assert (again.exit_code, len(users_in(database))) == (1, 1)
    assert "runcast users admin makes its owner an administrator" in again.stderr


def test_where_nobody_can_type_no_password_is_asked_for(database: Path) -> None:
    done = run("ada@example.com", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert (done.exit_code, users_in(database) if database.exists() else []) == (2, [])
    assert "--password-stdin" in done.stderr
    assert "GetPassWarning" not in done.output


def test_who_lost_everything_is_helped_on_the_operators_word(database: Path) -> None:
    run("--password-stdin", "ada@example.com", typed=f"{PASSWORD}\n")
    with closing(sqlite3.connect(database)) as connection, connection:
        (user_id,) = connection.execute("SELECT id FROM users").fetchone()
        connection.execute("INSERT INTO runcast_recovery_codes VALUES (x'00', ?)", (user_id,))
    done = CliRunner().invoke(app, ["users", "reset-factors", "ADA@example.com"])
    assert done.exit_code == 0, done.output
    assert "no second factor" in done.output
    with closing(sqlite3.connect(database)) as connection:
        left = connection.execute("SELECT count(*) FROM runcast_recovery_codes").fetchone()
        noted = connection.execute("SELECT action FROM runcast_audit ORDER BY id").fetchall()
    assert left == (0,)
    assert noted[-1] == ("factors.reset",)


def test_nobody_is_helped_who_is_not_there(database: Path) -> None:
    run("--password-stdin", "ada@example.com", typed=f"{PASSWORD}\n")
    done = CliRunner().invoke(app, ["users", "reset-factors", "nobody"])
    assert (done.exit_code, done.stderr) == (
        1,
        "runcast users reset-factors: nobody has this address\n",
    )


@pytest.mark.parametrize(
    "command",
    [
        ["users", "admin", "ada@example.com"],
        ["users", "list"],
        ["users", "password", "--password-stdin", "ada@example.com"],
        ["users", "reset-factors", "ada@example.com"],
        ["signing-keys", "list"],
        ["signing-keys", "rotate"],
        ["db", "prune"],
        ["db", "check"],
        ["db", "downgrade", "-1"],
    ],
)
def test_a_wrong_folder_is_told_and_gets_no_installation(
    database: Path, tmp_path: Path, command: list[str]
) -> None:
    done = CliRunner().invoke(app, command, input=f"{PASSWORD}\n")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        f"runcast {' '.join(command[:2])}: no database at {database}: "
        "go to the server's folder, or set RUNCAST_DATABASE_URL\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_an_account_that_is_there_becomes_an_administrators(database: Path) -> None:
    run("--password-stdin", "ada@example.com", typed=f"{PASSWORD}\n")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE users SET email_verified_at = NULL")
        connection.execute("INSERT INTO setup_tokens VALUES (x'00', '2026-01-01')")
    for _ in range(2):
        done = CliRunner().invoke(app, ["users", "admin", "ADA@example.com"])
        assert done.exit_code == 0, done.output
    assert done.stdout.startswith("ada@example.com is an administrator; the account is of 20")
    assert "make sure whose account it is" in done.stdout
    assert users_in(database) == [("ada@example.com", "ada", 1)]
    with closing(sqlite3.connect(database)) as connection:
        noted = connection.execute("SELECT action FROM runcast_audit ORDER BY id").fetchall()
        offered = connection.execute("SELECT count(*) FROM setup_tokens").fetchone()
    assert noted == [("account.registered",), ("admin.granted",)]
    assert offered == (0,)


def test_who_is_disabled_or_not_there_becomes_no_administrator(database: Path) -> None:
    run("--password-stdin", "ada@example.com", typed=f"{PASSWORD}\n")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE users SET disabled_at = '2026-01-01 00:00:00'")
    refused = CliRunner().invoke(app, ["users", "admin", "ada@example.com"])
    unknown = CliRunner().invoke(app, ["users", "admin", "bob@example.com"])
    assert "this account is disabled" in refused.stderr
    assert "nobody has this address" in unknown.stderr
    assert (refused.exit_code, unknown.exit_code) == (1, 1)
    assert users_in(database) == [("ada@example.com", "ada", 0)]


def test_accounts_are_listed_with_where_they_stand(database: Path) -> None:
    run("--password-stdin", "--admin", "ada@example.com", typed=f"{PASSWORD}\n")
    run("--password-stdin", "bob@example.com", typed=f"{PASSWORD}\n")
    run("--password-stdin", "eve@example.com", typed=f"{PASSWORD}\n")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE users SET disabled_at = created_at WHERE name = 'eve'")
    done = CliRunner().invoke(app, ["users", "list"])
    assert [line.split("  ")[:2] for line in done.stdout.splitlines()] == [
        ["ada@example.com", "administrator"],
        ["bob@example.com", "user"],
        ["eve@example.com", "disabled"],
    ]


def test_a_forgotten_password_is_set_on_the_operators_word(database: Path) -> None:
    run("--password-stdin", "ada@example.com", typed=f"{PASSWORD}\n")
    asked = ["users", "password", "--password-stdin", "ADA@example.com"]
    done = CliRunner().invoke(app, asked, input="another good password\n")
    assert (done.exit_code, done.output) == (
        0,
        (
            "ADA@example.com has a new password, and is signed out\n"
            "API keys, share links and codes have ended too; second factors and passkeys have not.\n"
        ),
    )
    with closing(sqlite3.connect(database)) as connection:
        (stored,) = connection.execute("SELECT password_hash FROM users").fetchone()
        noted = connection.execute("SELECT action FROM runcast_audit ORDER BY id").fetchall()
    assert argon2.PasswordHasher().verify(stored, "another good password")
    assert noted[-1] == ("password.reset",)


@pytest.mark.parametrize(
    ("email", "password", "reason"),
    [
        ("nobody@example.com", "another good password", "nobody has this address"),
        ("ada@example.com", "password1", "this password is one of the most common"),
    ],
)
def test_a_password_that_cannot_be_set_is_refused_in_one_line(
    database: Path, email: str, password: str, reason: str
) -> None:
    run("--password-stdin", "ada@example.com", typed=f"{PASSWORD}\n")
    asked = ["users", "password", "--password-stdin", email]
    done = CliRunner().invoke(app, asked, input=f"{password}\n")
    assert done.exit_code == 1
    assert done.stderr.startswith(f"runcast users password: {reason}")
    assert done.stderr.count("\n") == 1
