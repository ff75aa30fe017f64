"""Bodies of items: what a person writes, what a merge patch may hold, what Runcast answers."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

HANDLER_NAME = r"^[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,199}$"
Name = Annotated[str, Field(min_length=1, max_length=200)]
HandlerName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        pattern=HANDLER_NAME,
        description="The name of a handler; whether there is one is asked when an execution starts.",
    ),
]
Visibility = Literal["private", "public"]
Metadata = Annotated[dict[str, Any], Field(description="Any JSON object, nested at will.")]


class ItemBody(BaseModel):
    """The whole content of an item, as POST and PUT take it."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    handler: HandlerName | None = None
    metadata: Metadata = {}
    visibility: Visibility = "private"


class NewItem(ItemBody):
    """A new item; `team_id` says whose it is, and never changes."""

    team_id: Annotated[
        UUID | None, Field(description="The team that it belongs to; null for one's own.")
    ] = None


class ItemPatch(BaseModel):
    """A JSON Merge Patch (RFC 7396) of `ItemBody`: what is absent stays, null removes."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    handler: HandlerName | None = None
    metadata: Metadata | None = None
    visibility: Visibility | None = None


class Item(BaseModel):
    """An item; without `owner_id` for those for whom it is only public."""

    id: UUID
    name: str
    handler: str | None
    metadata: Metadata
    visibility: Visibility
    owner_id: Annotated[
        UUID | None, Field(description="Who made it; absent where it is only public.")
    ] = None
    team_id: Annotated[
        UUID | None,
        Field(description="Whose it is, unless it is its maker's; null where it is only public."),
    ]
    version: Annotated[int, Field(ge=1, description="Rises with every change; the ETag.")]
    created_at: datetime
    updated_at: datetime


class ItemFilters(BaseModel):
    """The query of a list of items; all of it but `limit` is bound into the cursor."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[
        str | None, Field(max_length=4000, description="The `next_cursor` of the page before.")
    ] = None
    sort: Annotated[
        str,
        Field(
            pattern=r"^[-+ ]?(id|name|updated_at)$",
            description="Ascending, or descending after a minus; names compare by code point.",
        ),
    ] = "id"
    where: Annotated[
        list[Annotated[str, Field(max_length=2000)]],
        Field(
            max_length=10,
            description="A JSON Pointer (RFC 6901; at most 16 tokens) into the metadata, a colon, "
            'a JSON value: `/color:"red"`. Repeated, all must hold.',
        ),
    ] = []
    q: Annotated[
        str | None,
        Field(
            max_length=200,
            pattern=r"^[^\x00]*$",
            description="Words, at most 10, each of which is in the name or in a key, string or number "
            "of the metadata; parts of words, without case.",
        ),
    ] = None
    everyone: Annotated[
        bool,
        Field(description="Everybody's, newest first, for administrators; a page may be short."),
    ] = False
    team_id: Annotated[
        UUID | None, Field(description="A team's; without it, one's own that are no team's.")
    ] = None
    handler: HandlerName | None = None
    visibility: Visibility | None = None

    @model_validator(mode="after")
    def _of_one_kind(self) -> "ItemFilters":
        """Refuse what `everyone` has no order or no room for."""
        if self.everyone and self.model_fields_set & {"team_id", "sort"}:
            raise ValueError("everyone=true goes with neither team_id nor sort")
        return self
