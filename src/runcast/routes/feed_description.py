"""The feed in OpenAPI: the shapes of its frames and events, which no endpoint of HTTP names."""

from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import FastAPI

from runcast.schemas import frames


def install(app: FastAPI) -> None:
    """Add the feed to what the application says of itself."""
    # FastAPI's documented way to extend what it generates is to replace the method.
    app.openapi = partial(_document, app.openapi)  # type: ignore[method-assign]


def _document(generate: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    document = generate()
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name, schema in frames.components().items():
        schemas.setdefault(name, schema)
    return document
