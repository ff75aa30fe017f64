"""A change of password or address comes with the current password, and never without."""

from typing import Any

import pytest
from pydantic import ValidationError

from runcast.schemas.users import MeUpdate

PASSWORD = "correct horse battery staple"


@pytest.mark.parametrize(
    "given", [{"password": PASSWORD}, {"email": "a@example.com"}, {"current_password": PASSWORD}]
)
def test_one_alone_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="comes with"):
        MeUpdate.model_validate(given)


@pytest.mark.parametrize(
    "given", [{}, {"name": "a"}, {"password": PASSWORD, "current_password": "x"}]
)
def test_both_or_neither_are_taken(given: dict[str, Any]) -> None:
    assert MeUpdate.model_validate(given).model_dump(exclude_unset=True) == given
