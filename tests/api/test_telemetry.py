"""Telemetry as a whole: what an application tells OpenTelemetry when it is on, and that it is off."""

import pytest
from opentelemetry import trace

from runcast.application import Runcast
from tests.conftest import CHEAP_HASHES, SECRET
from tests.tools.clock import FakeClock
from tests.tools.people import sign_in
from tests.tools.spans import Provider
from tests.tools.work import Works, ended, start


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    """Return the provider that every tracer of the process now comes from."""
    provider = Provider()
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    return provider


async def run(database_url: str, clock: FakeClock, telemetry: str) -> dict[str, object]:
    """Run an execution in an application with that setting, and return it."""
    app = Runcast(
        database_url=database_url,
        secret_key=SECRET,
        clock=clock,
        telemetry=telemetry,
        **CHEAP_HASHES,
    )
    Works().register(app)
    async with app.router.lifespan_context(app), sign_in(app, "a@example.com") as client:
        execution: dict[str, object] = await ended(
            app, client, await start(client, "echo", input="swordfish")
        )
        return execution


async def test_requests_statements_and_attempts_are_told_and_no_value(
    database_url: str, clock: FakeClock, provider: Provider
) -> None:
    execution = await run(database_url, clock, "on")
    assert execution["state"] == "succeeded"
    by_name = {span.name: span for span in provider.spans}
    assert by_name["run echo"].attributes["runcast.execution.id"] == execution["id"]
    assert any(name.startswith("POST") for name in by_name)
    assert "INSERT" in by_name
    told = repr([(span.name, span.attributes) for span in provider.spans])
    assert "swordfish" not in told
    assert "correct horse" not in told
    assert all(span.ends == 1 for span in provider.spans)


async def test_it_is_off_by_itself(database_url: str, clock: FakeClock, provider: Provider) -> None:
    await run(database_url, clock, "off")
    assert provider.spans == []


async def test_a_provider_that_is_missing_costs_nothing_but_time(
    database_url: str, clock: FakeClock
) -> None:
    assert (await run(database_url, clock, "on"))["state"] == "succeeded"
