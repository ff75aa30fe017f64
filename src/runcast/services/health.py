"""Whether what the process stands on answers."""

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from runcast.database import UnitOfWork
from runcast.errors import Unavailable


async def check_database(uow: UnitOfWork) -> None:
    """Return if the database answers a query.

    Raises:
        Unavailable: it does not.
    """
    try:
        await uow.session.execute(select(1))
    except SQLAlchemyError as error:
        raise Unavailable("the database does not answer") from error
