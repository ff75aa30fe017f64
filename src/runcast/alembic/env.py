"""What Alembic runs for every command: connect, then migrate or compare in one transaction."""

from contextlib import AbstractContextManager, nullcontext
from logging.config import fileConfig

from alembic import context
from sqlalchemy import Connection

from runcast.cli.loading import revisions_of
from runcast.database import autogenerate, lineage, migration_engine, sqlite_rebuild
from runcast.database.data_folder import DataFolderLock
from runcast.models import Base
from runcast.settings import Settings

config = context.config
assert sqlite_rebuild.RebuildingSqliteImpl.__dialect__ == "sqlite"  # importing it installs it


def adopt_application() -> None:
    """Speak of the tables of the application that alembic.ini names; a caller in Python has said whose."""
    app = config.get_main_option("app")
    if app is not None and "lineage" not in config.attributes:
        config.attributes["lineage"] = lineage.of_application(revisions_of(app))


def read_settings() -> Settings:
    """Return the settings; a caller in Python names its database, the command line leaves it."""
    url = config.attributes.get("database_url")
    return Settings() if url is None else Settings(database_url=url)


def changes_the_schema() -> bool:
    """Tell whether this command writes; a caller in Python says so, the command line shows it."""
    command = getattr(config.cmd_opts, "cmd", None)
    typed = command is not None and command[0].__name__ in {"upgrade", "downgrade", "stamp"}
    return bool(config.attributes.get("writes", typed))


def lock(settings: Settings, *, writes: bool) -> AbstractContextManager[object]:
    """Return the lock on the data folder if it is needed and the caller does not hold it."""
    if settings.data_folder is None or not writes or config.attributes.get("locked", False):
        return nullcontext()
    return DataFolderLock(settings.data_folder)


def run_online(settings: Settings, *, writes: bool) -> None:
    """Run the command on the database: all of it, or nothing."""
    migration_engine.run(settings, run_on, writes=writes)


def run_on(connection: Connection) -> None:
    """Run the command on this connection."""
    # A caller in Python looks there for what was done; it may have been done while this waited.
    applied = config.attributes.setdefault("applied", [])
    context.configure(
        connection=connection,
        on_version_apply=lambda step, **_: applied.append(step),
        **autogenerate.options(config, Base.metadata),
    )
    with context.begin_transaction():
        context.run_migrations()
        if applied:
            migration_engine.check_references(connection)


def run_offline(settings: Settings) -> None:
    """Print the SQL instead of running it."""
    context.configure(
        url=settings.database_url,
        literal_binds=True,
        **autogenerate.options(config, Base.metadata),
    )
    with context.begin_transaction():
        context.run_migrations()


def run() -> None:
    """Run the command that Alembic was given."""
    adopt_application()
    settings = read_settings()
    if context.is_offline_mode():
        run_offline(settings)
        return
    writes = changes_the_schema()
    with lock(settings, writes=writes):
        run_online(settings, writes=writes)


if config.config_file_name is not None and config.file_config.has_section("loggers"):
    fileConfig(config.config_file_name, disable_existing_loggers=False)
run()
