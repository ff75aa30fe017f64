"""The settings say which database it is."""

from pathlib import Path

from runcast.database import PostgresDatabase, SqliteDatabase, open_database
from runcast.settings import Settings


def test_an_sqlite_url_is_a_file(tmp_path: Path) -> None:
    database = open_database(Settings(database_url=f"sqlite:///{tmp_path / 'a.db'}"))
    assert isinstance(database, SqliteDatabase)
    assert (database.kind, database.path) == ("sqlite", tmp_path / "a.db")
    assert not database.path.exists()


async def test_a_postgresql_url_is_a_server_which_need_not_be_there_yet() -> None:
    database = open_database(Settings(database_url="postgresql://u@127.0.0.1:1/x"))
    assert isinstance(database, PostgresDatabase)
    assert (database.kind, database.connections_in_use) == ("postgresql", 0)
    await database.stop()
