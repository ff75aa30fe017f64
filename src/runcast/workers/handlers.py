"""Handlers: the functions that do the work, registered by name, and what is known of each."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_type_hints

from pydantic import ConfigDict, TypeAdapter
from pydantic.errors import PydanticSchemaGenerationError, PydanticUserError

from runcast.schemas.items import HANDLER_NAME
from runcast.services.handlers import Announcement

Function = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Handler:
    """A registered function. `input_type` is None where it takes nothing but the run."""

    name: str
    function: Function
    input_type: TypeAdapter[Any] | None
    result_type: TypeAdapter[Any]
    retries: int
    timeout: float | None
    priority: int
    version: str | None

    @property
    def is_async(self) -> bool:
        """Whether it is awaited; a plain function runs in a thread."""
        return inspect.iscoroutinefunction(self.function)

    def announcement(self) -> Announcement:
        """Return what other processes may know of it."""
        schema = {} if self.input_type is None else self.input_type.json_schema()
        options = {"retries": self.retries, "timeout": self.timeout, "priority": self.priority}
        return Announcement(
            name=self.name,
            version=self.version,
            description=inspect.getdoc(self.function) or "",
            input_schema=schema,
            options=options,
        )


class HandlerRegistry:
    """The handlers of one application, by name."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}

    def __bool__(self) -> bool:
        return bool(self._handlers)

    def __getitem__(self, name: str) -> Handler:
        return self._handlers[name]

    def add(
        self,
        function: Function,
        *,
        name: str | None = None,
        retries: int = 0,
        timeout: float | None = None,
        priority: int = 0,
        version: str | None = None,
    ) -> None:
        """Register a function that takes a run and, if it likes, one input.

        Raises:
            ValueError: the name is taken, or an option is out of its range.
            TypeError: the function takes something else than a run and an input.
        """
        name = name or function.__name__
        if not re.fullmatch(HANDLER_NAME, name, re.ASCII):
            raise ValueError(f"{name!r} cannot be a handler's name")
        if name in self._handlers:
            raise ValueError(f"there is a handler called {name} already")
        if retries < 0 or (timeout is not None and timeout <= 0):
            raise ValueError("retries counts from 0, timeout is in seconds above 0")
        input_type, result_type = _types(function)
        self._handlers[name] = Handler(
            name, function, input_type, result_type, retries, timeout, priority, version
        )

    def announcements(self) -> list[Announcement]:
        """Return what other processes may know of all of them."""
        return [handler.announcement() for handler in self._handlers.values()]

    def claimable(self) -> list[tuple[str, str | None]]:
        """Return the names and versions of the executions that these handlers can run."""
        return [(handler.name, handler.version) for handler in self._handlers.values()]


def result_type(function: Function) -> TypeAdapter[Any]:
    """Return the adapter of a function's return annotation; of anything, if it says nothing usable."""
    annotation = _hints(function).get("return", Any)
    try:
        return _adapter(annotation)
    except PydanticSchemaGenerationError:
        return _adapter(Any)


def _adapter(annotation: Any) -> TypeAdapter[Any]:
    try:
        # Pydantic would write NaN as null, and nobody would know that there was a number.
        return TypeAdapter(annotation, config=ConfigDict(ser_json_inf_nan="constants"))
    except PydanticSchemaGenerationError:
        raise
    except PydanticUserError:
        # A model's own configuration decides.
        return TypeAdapter(annotation)


def _types(function: Function) -> tuple[TypeAdapter[Any] | None, TypeAdapter[Any]]:
    parameters = list(inspect.signature(function).parameters.values())
    required = [p for p in parameters if p.default is p.empty]
    if not parameters or len(required) > 2:
        raise TypeError(f"{function.__name__} must take a run, and at most one input")
    if len(parameters) == 1:
        return None, result_type(function)
    annotation = _hints(function).get(parameters[1].name, Any)
    return TypeAdapter(annotation), result_type(function)


def _hints(function: Function) -> dict[str, Any]:
    try:
        return get_type_hints(function, include_extras=True)
    except (NameError, TypeError, AttributeError):
        # A built-in, or an annotation that only a type checker can see: taken as it comes.
        return {}
