"""What the server hands out, as frozen values. Fields that this client does not know are ignored."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from runcast_client.errors import MalformedAnswer

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R", bound="DataclassInstance")

FINAL_STATES = frozenset({"succeeded", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class User:
    """A person with an account."""

    id: str
    email: str
    name: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """An owned JSON document; `version` is its ETag, `owner_id` is told to those with rights."""

    id: str
    name: str
    version: int
    handler: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    visibility: str = "private"
    owner_id: str | None = None
    team_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """One run of a handler on an input, as it was when the server was asked."""

    id: str
    state: str
    handler: str | None = None
    handler_version: str | None = None
    item_id: str | None = None
    input: Any = None
    result: Any = None
    error: dict[str, Any] | None = None
    progress: dict[str, Any] | None = None
    attempt: int = 0
    last_seq: int = 0
    open_questions: int = 0
    owner_id: str | None = None
    team_id: str | None = None
    retry_of: str | None = None
    parent_id: str | None = None
    priority: int = 0
    run_at: datetime | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def ended(self) -> bool:
        """Whether the state is a final one."""
        return self.state in FINAL_STATES


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of an execution's log; `seq` counts 1, 2, 3, … without a gap."""

    seq: int
    kind: str
    at: datetime | None = None
    attempt: int = 0
    step: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pruned:
    """The events `first` to `last`, which can no longer be had."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class EventPage:
    """A page of a log; `next_after` is the `after` of the page behind it."""

    events: tuple[Event, ...]
    oldest: int
    head: int
    next_after: int
    gap: Pruned | None


@dataclass(frozen=True, slots=True)
class Handler:
    """A handler that some worker announced; `live` says whether one that has it is alive."""

    name: str
    live: bool = False
    version: str | None = None
    description: str = ""
    input_schema: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)


def read(kind: type[R], document: object) -> R:
    """Return the record that a JSON object tells; raise MalformedAnswer where it cannot be one."""
    if not isinstance(document, Mapping):
        raise MalformedAnswer(f"no {kind.__name__}: {str(document)[:200]}")
    try:
        return kind(
            **{
                name.name: _value(name.name, document[name.name])
                for name in fields(kind)
                if name.name in document
            }
        )
    except (TypeError, ValueError) as error:
        raise MalformedAnswer(f"no {kind.__name__}: {error}") from error


def read_page(document: object) -> EventPage:
    """Return a page of events; raise MalformedAnswer where the document is none."""
    try:
        page: Any = document
        gap = page.get("gap")
        return EventPage(
            events=tuple(read(Event, event) for event in page["events"]),
            oldest=page["oldest"],
            head=page["head"],
            next_after=page["next_after"],
            gap=Pruned(gap["from"], gap["to"]) if gap else None,
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise MalformedAnswer(f"no page of events: {error}") from error


def _value(name: str, value: Any) -> Any:
    """Return a moment for what is named like one (RFC 3339), anything else as it is."""
    if isinstance(value, str) and (name == "at" or name.endswith("_at")):
        return datetime.fromisoformat(value)
    return value
