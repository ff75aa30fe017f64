"""Lists of people: what is typed to find them is no pattern."""

import pytest

from runcast.database import Database, UnitOfWork
from runcast.models import User
from runcast.services import user_lists
from runcast.services.pages import Cursors
from tests.tools.rows import MOMENT, add_user

CURSORS = Cursors(b"a secret of the tests, long enough to sign with")


@pytest.mark.parametrize(
    ("begins", "found"),
    [("a_", ["a_b@x.test"]), ("A", ["ab@x.test", "a_b@x.test"]), ("a\\", []), ("%", []), ("z", [])],
)
async def test_addresses_are_found_by_how_they_begin(
    database: Database, begins: str, found: list[str]
) -> None:
    for address in ("a_b@x.test", "ab@x.test", "ba@x.test"):
        user_id = await add_user(database)
        async with UnitOfWork(database) as uow:
            user = await uow.session.get_one(User, user_id)
            user.email = user.email_key = address
    async with UnitOfWork(database) as uow:
        page, after = await user_lists.page(uow, CURSORS, begins, limit=10, cursor=None)
    assert sorted(account.email for account in page) == sorted(found)
    assert (after, {account.created_at for account in page} <= {MOMENT}) == (None, True)
