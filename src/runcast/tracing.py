"""OpenTelemetry's spans of ours: one for each SQL statement, one for each attempt at an execution.

Only the API is needed; without an SDK that the user brings the spans go nowhere. Statements are told
without their parameters, which may hold anything, and requests without their query.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from uuid import UUID

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, TracerProvider
from sqlalchemy import Engine, event

MAX_STATEMENT = 2000
_SPAN = "runcast_span"
_QUERY = "url.query"


class WithoutQueries(TracerProvider):
    """The global provider, not told the queries of requests: a provider's code stands there (RFC 6749, 4.1.2)."""

    def get_tracer(self, *args: Any, **options: Any) -> Tracer:
        """Return the global provider's tracer, told less."""
        return _TracerWithoutQueries(trace.get_tracer_provider().get_tracer(*args, **options))


class _TracerWithoutQueries(Tracer):
    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def start_span(self, name: str, *args: Any, **options: Any) -> Span:
        """Begin a span."""
        if attributes := options.get("attributes"):
            told = {key: value for key, value in attributes.items() if key != _QUERY}
            options["attributes"] = told
        return self._tracer.start_span(name, *args, **options)

    def start_as_current_span(  # type: ignore[override]  # the API's is wrapped to decorate, too
        self, name: str, *args: Any, **options: Any
    ) -> AbstractContextManager[Span]:
        """Begin a span that is the current one for a block."""
        return self._tracer.start_as_current_span(name, *args, **options)


class Tracing:
    """Makes spans by a provider, the global one unless given."""

    def __init__(self, provider: TracerProvider | None = None) -> None:
        self._tracer = trace.get_tracer("runcast", tracer_provider=provider)

    @contextmanager
    def attempt(self, execution_id: UUID, handler: str, attempt: int) -> Iterator[None]:
        """Span an attempt; what is traced within it hangs below it."""
        attributes: dict[str, Any] = {
            "runcast.execution.id": str(execution_id),
            "runcast.handler": handler,
            "runcast.attempt": attempt,
        }
        name = f"run {handler}"
        with self._tracer.start_as_current_span(
            name, kind=SpanKind.CONSUMER, attributes=attributes
        ):
            yield

    def listen(self, engine: Engine) -> None:
        """Span every statement of an engine."""
        event.listen(engine, "before_cursor_execute", self._begin)
        event.listen(engine, "after_cursor_execute", _end)
        event.listen(engine, "handle_error", _fail)

    def _begin(
        self,
        connection: Any,
        _cursor: Any,
        statement: str,
        _parameters: Any,
        context: Any,
        _many: bool,
    ) -> None:
        operation = statement.split(maxsplit=1)[0].upper() if statement else "SQL"
        attributes: dict[str, Any] = {
            "db.system.name": connection.dialect.name,
            "db.operation.name": operation,
            "db.query.text": statement[:MAX_STATEMENT],
        }
        span = self._tracer.start_span(operation, kind=SpanKind.CLIENT, attributes=attributes)
        setattr(context, _SPAN, span)


def _end(
    _connection: Any, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: Any
) -> None:
    getattr(context, _SPAN).end()


def _fail(context: Any) -> None:
    span = getattr(context.execution_context, _SPAN, None)
    if span is not None:
        # The kind alone: what a driver says quotes the values that it was given.
        span.set_status(Status(StatusCode.ERROR, type(context.original_exception).__name__))
        span.end()
