"""Spans of ours, as a tracer provider of the API sees them; no SDK is needed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, Status, Tracer, TracerProvider
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from runcast.tracing import Tracing


class Span(NonRecordingSpan):
    """Remembers what it was told."""

    def __init__(self, name: str, attributes: dict[str, Any], parent: trace.Span) -> None:
        super().__init__(SpanContext(1, 1, is_remote=False))
        self.name = name
        self.attributes = attributes
        self.parent = parent
        self.failure: str | None = None
        self.ends = 0

    def set_status(self, status: Any, description: str | None = None) -> None:
        """Keep why it failed."""
        assert isinstance(status, Status)
        self.failure = status.description

    def end(self, end_time: int | None = None) -> None:
        """Count the ends."""
        self.ends += 1


class Provider(TracerProvider, Tracer):
    """A provider that is its only tracer."""

    def __init__(self) -> None:
        self.spans: list[Span] = []

    def get_tracer(self, *_args: Any, **_options: Any) -> Tracer:
        """Return itself."""
        return self

    def start_span(self, name: str, *_args: Any, **options: Any) -> Span:
        """Begin a span below the current one."""
        span = Span(name, options["attributes"], trace.get_current_span())
        self.spans.append(span)
        return span

    @contextmanager
    def start_as_current_span(self, name: str, *args: Any, **options: Any) -> Iterator[Span]:  # type: ignore[override]
        """Begin a span that is the current one for a block."""
        span = self.start_span(name, *args, **options)
        with trace.use_span(span, end_on_exit=True):
            yield span


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
