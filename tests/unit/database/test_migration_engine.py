"""The engine of migrations begins where it says and keeps references unchecked until asked."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from runcast.database import migration_engine
from runcast.database.migration_engine import BrokenReferences


def engine(path: Path, *, writes: bool) -> Engine:
    return migration_engine.sqlite_engine(path, writes=writes)


def test_the_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    engine(tmp_path / "data" / "runcast.db", writes=False)
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_the_file_and_what_sqlite_puts_beside_it_are_for_their_owner_alone(tmp_path: Path) -> None:
    with engine(tmp_path / "runcast.db", writes=True).connect() as connection:
        connection.exec_driver_sql("CREATE TABLE a (b)")
        connection.commit()
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    names = ("runcast.db", "runcast.db-wal", "runcast.db-shm")
    assert modes == dict.fromkeys(names, 0o600)


def test_a_file_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    (tmp_path / "runcast.db").touch(mode=0o640)
    engine(tmp_path / "runcast.db", writes=False)
    assert (tmp_path / "runcast.db").stat().st_mode & 0o777 == 0o640


def test_a_rollback_takes_tables_back(tmp_path: Path) -> None:
    with engine(tmp_path / "runcast.db", writes=True).connect() as connection:
        connection.exec_driver_sql("CREATE TABLE a (b)")
        connection.rollback()
        tables = connection.exec_driver_sql("SELECT * FROM sqlite_master").fetchall()
    assert tables == []


def test_a_writer_has_the_right_to_write_from_the_start(tmp_path: Path) -> None:
    path = tmp_path / "runcast.db"
    with engine(path, writes=True).connect() as one, engine(path, writes=True).connect() as other:
        other.exec_driver_sql("PRAGMA busy_timeout = 0")
        other.rollback()
        one.exec_driver_sql("SELECT 1")
        with pytest.raises(OperationalError, match="locked"):
            other.exec_driver_sql("SELECT 1")


def test_a_reader_waits_for_no_writer(tmp_path: Path) -> None:
    path = tmp_path / "runcast.db"
    with engine(path, writes=True).connect() as one, engine(path, writes=False).connect() as other:
        one.exec_driver_sql("CREATE TABLE a (b)")
        assert other.exec_driver_sql("SELECT * FROM sqlite_master").fetchall() == []


def test_broken_references_are_named(tmp_path: Path) -> None:
    with engine(tmp_path / "runcast.db", writes=True).connect() as connection:
        connection.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE child (parent REFERENCES parent (id))")
        migration_engine.check_references(connection)
        connection.exec_driver_sql("INSERT INTO child VALUES (1)")
        with pytest.raises(BrokenReferences, match="child → parent"):
            migration_engine.check_references(connection)
