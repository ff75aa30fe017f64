"""The shape of every list: one page, and the cursor of the next."""

from typing import Generic, TypeVar

from pydantic import BaseModel

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """`next_cursor` is null on the last page; it fits only the same sort and filters."""

    items: list[T]
    next_cursor: str | None
