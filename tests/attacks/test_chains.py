"""Schemathesis in chains: what one answer names, the next request uses, as each kind of person; no 5xx."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis import Case, Config

from runcast import Runcast
from tests.tools.fuzzing import BASE_URL, INHERENTLY_WRONG, Fuzzed, Headers, fuzzed

schema = schemathesis.openapi.from_dict(
    Runcast().openapi(), config=Config.from_dict({"phases": {"stateful": {"max-steps": 8}}})
)
CHAINS = settings(
    max_examples=12,
    stateful_step_count=8,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def nobody(_app: Fuzzed) -> Headers:
    """Send no credential."""
    return {}


def person(app: Fuzzed) -> Headers:
    """Send a session's."""
    return app.sign_in()[1]


def administrator(app: Fuzzed) -> Headers:
    """Send an administrator's."""
    user_id, headers = app.sign_in()
    app.promote(user_id)
    return headers


def program(app: Fuzzed) -> Headers:
    """Send an API key."""
    return app.make_key(person(app))


ROLES: list[Callable[[Fuzzed], Headers]] = [nobody, person, administrator, program]


@pytest.fixture(scope="module")
def app(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    """Serve an application."""
    with fuzzed(sqlite_template, tmp_path_factory.mktemp("chains")) as app:
        yield app


@pytest.mark.parametrize("role", ROLES)
def test_no_chain_of_requests_ends_in_what_openapi_does_not_tell_of(
    role: Callable[[Fuzzed], Headers], app: Fuzzed
) -> None:
    answers: list[int] = []

    # Made at run time, from what OpenAPI says.
    class Chain(schema.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            # Each chain has somebody of its own, whom the others can neither sign out nor disable.
            self.headers = role(app)

        def get_call_kwargs(self, case: Case[Any]) -> dict[str, Any]:
            return {"session": app.session, "headers": self.headers, "base_url": BASE_URL}

        def validate_response(self, response: Any, case: Case[Any], **kwargs: Any) -> None:
            answers.append(response.status_code)
            assert response.status_code < 500, (case.as_curl_command(), response.text)
            case.validate_response(
                response, excluded_checks=INHERENTLY_WRONG, transport_kwargs=_known(kwargs)
            )

    # What a server answers is not the same again, which Hypothesis holds for a defect of the test; what is
    # wrong with an answer is raised all the same, and by the first that there is.
    with suppress(FlakyStrategyDefinition):
        Chain.run(settings=CHAINS)
    assert len(answers) > 20


def _known(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kwargs.items() if name != "additional_checks"}
