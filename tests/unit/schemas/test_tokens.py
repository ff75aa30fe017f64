"""Every text of the token form has a length that it may have, and says so."""

import pytest

from runcast.schemas.tokens import BOUNDS, TokenRequest

TEXTS = sorted(TokenRequest.model_fields.keys() - {"grant_type", "cookie"})


def test_every_text_is_bounded() -> None:
    assert sorted(BOUNDS) == TEXTS


@pytest.mark.parametrize("name", TEXTS)
def test_a_bound_stands_in_openapi(name: str) -> None:
    described = TokenRequest.model_json_schema()["properties"][name]
    assert described["maxLength"] == BOUNDS[name]


@pytest.mark.parametrize("name", sorted(set(TEXTS) - {"username", "passkey"}))
def test_a_secret_is_shown_as_one(name: str) -> None:
    assert TokenRequest.model_json_schema()["properties"][name]["format"] == "password"
