"""Spans of ours, as a tracer provider of the API sees them; no SDK is needed."""

from uuid import UUID

import pytest
from opentelemetry import trace
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from runcast.tracing import Tracing, WithoutQueries
from tests.tools.spans import Provider


@pytest.fixture
def provider() -> Provider:
    """Return a provider that remembers its spans."""
    return Provider()


def test_statements_hang_below_the_attempt_and_are_told_without_their_parameters(
    provider: Provider,
) -> None:
    tracing = Tracing(provider)
    engine = create_engine("sqlite://")
    tracing.listen(engine)
    with tracing.attempt(UUID(int=7), "sweep", 2), engine.connect() as connection:
        connection.execute(text("SELECT :word"), {"word": "swordfish"})
    engine.dispose()
    attempt, select = provider.spans
    assert attempt.name == "run sweep"
    assert attempt.attributes == {
        "runcast.execution.id": str(UUID(int=7)),
        "runcast.handler": "sweep",
        "runcast.attempt": 2,
    }
    assert (select.name, select.parent, select.failure) == ("SELECT", attempt, None)
    assert select.attributes["db.query.text"] == "SELECT ?"
    assert (attempt.ends, select.ends) == (1, 1)


def test_a_statement_that_fails_ends_its_span_with_the_kind_of_its_error(
    provider: Provider,
) -> None:
    engine = create_engine("sqlite://")
    Tracing(provider).listen(engine)
    with engine.connect() as connection, pytest.raises(OperationalError):
        connection.execute(text("SELECT 'swordfish' FROM nowhere"))
    engine.dispose()
    (span,) = provider.spans
    assert (span.failure, span.ends) == ("OperationalError", 1)


def test_without_a_provider_nothing_breaks() -> None:
    with Tracing().attempt(UUID(int=7), "sweep", 1):
        assert not trace.get_current_span().is_recording()


def test_the_global_provider_is_told_all_of_a_request_but_its_query(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    tracer = WithoutQueries().get_tracer("x")
    attributes = {"url.path": "/api/items", "url.query": "code=swordfish"}
    tracer.start_span("GET", attributes=attributes).end()
    tracer.start_span("GET").end()
    with tracer.start_as_current_span("inner"):
        tracer.start_span("below").end()
    first, second, inner, below = provider.spans
    assert (first.attributes, second.attributes) == ({"url.path": "/api/items"}, {})
    assert below.parent is inner
    assert attributes["url.query"] == "code=swordfish"
