"""Whether the process lives and may be sent work."""

from typing import Literal

from pydantic import BaseModel


class Health(BaseModel):
    """The answer of both health endpoints."""

    status: Literal["ok"]
