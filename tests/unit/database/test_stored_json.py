"""What JSON columns hold comes back as it was."""

from typing import Any

import pytest

from runcast.database import Database
from runcast.database.stored_json import dump, load
from runcast.models import Item
from runcast.strict_json import InvalidDocument
from tests.tools.rows import add_user

NUMBERS: dict[str, Any] = {
    "large": [1e16, 1e22, -1e300, 1.7976931348623157e308],
    "small": [5e-324, 1e-7, 0.1, 0.30000000000000004],
    "whole": [1.0, 100.0, 2**53 - 1, -(2**53 - 1), 0],
    "text": "1" * 400,
}


async def test_numbers_come_back_the_same_in_value_and_in_kind(database: Database) -> None:
    owner_id = await add_user(database)
    async with database.session() as session:
        session.add(item := Item(owner_id=owner_id, name="n", metadata_=NUMBERS))
        await session.commit()
        await session.refresh(item)
    assert {key: repr(held) for key, held in item.metadata_.items()} == {
        key: repr(given) for key, given in NUMBERS.items()
    }


def test_an_integer_that_was_never_stored_was_a_float() -> None:
    assert repr(load(b'{"a": [10000000000000000000000, 9007199254740991]}')) == (
        "{'a': [1e+22, 9007199254740991]}"
    )


def test_what_is_no_strict_json_is_not_written() -> None:
    with pytest.raises(InvalidDocument):
        dump({"a": float("nan")})
