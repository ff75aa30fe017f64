"""A tracer provider of OpenTelemetry's API that remembers its spans; no SDK is needed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, Status, Tracer, TracerProvider


class Span(NonRecordingSpan):
    """Remembers what it was told."""

    def __init__(self, name: str, attributes: dict[str, Any], parent: trace.Span) -> None:
        super().__init__(SpanContext(1, 1, is_remote=False))
        self.name = name
        self.attributes = attributes
        self.parent = parent
        self.failure: str | None = None
        self.ends = 0

    def set_attribute(self, key: str, value: Any) -> None:
        """Keep what is told later."""
        self.attributes[key] = value

    def set_attributes(self, attributes: Any) -> None:
        """Keep what is told later."""
        self.attributes.update(attributes)

    def record_exception(self, exception: BaseException, *_: Any, **__: Any) -> None:
        """Keep what went wrong."""
        self.attributes["exception"] = repr(exception)

    def set_status(self, status: Any, description: str | None = None) -> None:
        """Keep why it failed."""
        self.failure = status.description if isinstance(status, Status) else description

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
        span = Span(name, dict(options.get("attributes") or {}), trace.get_current_span())
        self.spans.append(span)
        return span

    @contextmanager
    def start_as_current_span(self, name: str, *args: Any, **options: Any) -> Iterator[Span]:  # type: ignore[override]
        """Begin a span that is the current one for a block."""
        span = self.start_span(name, *args, **options)
        with trace.use_span(span, end_on_exit=True):
            yield span
