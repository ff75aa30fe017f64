"""Where one is signed in."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class Session(BaseModel):
    """One sign-in; `current` is the one that asks."""

    id: UUID
    user_agent: str
    address: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    current: bool
