"""API keys: asking for one, and what is told of it."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from runcast.schemas.moments import Moment
from runcast.schemas.users import Name
from runcast.scopes import Scope


class KeyRequest(BaseModel):
    """A key to be made; without `expires_at` it works until it is deleted."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    scopes: list[Scope] = Field(min_length=1, max_length=20)
    expires_at: Moment | None = None


class Key(BaseModel):
    """A key, told from others by its name and by its beginning, the `hint`."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    hint: str
    scopes: list[str]
    created_at: AwareDatetime
    expires_at: AwareDatetime | None
    last_used_at: AwareDatetime | None


class NewKey(Key):
    """A key that was made just now. `key` is its text, which is not told again."""

    key: str
