"""The query of figures: of one kind at a time."""

import pytest
from pydantic import ValidationError

from runcast.schemas.stats import StatsQuery

TEAM = "019b7603-5a00-7000-8000-0c9f4d2a7b61"


@pytest.mark.parametrize("query", [{}, {"scope": "own"}, {"team_id": TEAM, "period": "day"}])
def test_figures_are_of_all_of_oneself_or_of_a_team(query: dict[str, str]) -> None:
    assert StatsQuery.model_validate(query).model_dump(exclude_none=True).keys() == query.keys()


@pytest.mark.parametrize("scope", ["all", "own"])
def test_a_scope_goes_with_no_team(scope: str) -> None:
    with pytest.raises(ValidationError, match="scope goes with no team_id"):
        StatsQuery.model_validate({"scope": scope, "team_id": TEAM})
