"""Whether a session holds changes that nobody committed: pending, flushed, or sent as statements."""

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from runcast.database import open_writes


async def has_uncommitted_changes(session: AsyncSession) -> bool:
    """Tell whether closing the session now would lose a change; what is pending is flushed for it.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: what is pending cannot be written.
    """
    if not session.is_active:
        # A flush failed, and everything was rolled back with it.
        return False
    await session.flush()
    return session.in_transaction() and await session.run_sync(_has_written)


def _has_written(session: Session) -> bool:
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        return open_writes.has_written(connection)
    # On SQLite a session of ours begins a transaction in the database with its first write only.
    driver = connection.connection.driver_connection
    return bool(driver is not None and driver.in_transaction)
