"""Handlers on the wire."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class Handler(BaseModel):
    """What can run, and the JSON Schema of its input; `live` when a worker has it now."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    version: str | None
    description: str
    input_schema: dict[str, Any]
    options: dict[str, Any]
    live: bool
