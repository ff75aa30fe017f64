"""Changes and deletions of an item: each compares the version that it read, and loses no other's."""

from collections.abc import Callable, Set
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy import delete as delete_from

from runcast.clock import Clock
from runcast.database import UnitOfWork
from runcast.errors import Forbidden, StillLive, VersionMismatch
from runcast.lifecycle import State
from runcast.models import Execution, Item
from runcast.services.items import (
    COLUMNS,
    ItemContent,
    StoredItem,
    check_size,
    columns_of,
    find,
    not_found,
)

_LIVE = tuple(state.value for state in State if not state.final)


async def change(
    uow: UnitOfWork,
    item_id: UUID,
    user_id: UUID,
    edit: Callable[[ItemContent], ItemContent],
    *,
    versions: Set[int] | None,
    clock: Clock,
) -> StoredItem:
    """Return the item after an edit; one that changes nothing leaves version and time as they are.

    Losing a race against another change reads and edits again, so that neither is lost.

    Args:
        edit: from the content as it is to the content as it shall be; may be called several times,
            and what it raises is raised.
        versions: the only versions that may be changed; None for any.

    Raises:
        NotFound: there is none that the user may see.
        Forbidden: it is public, and someone else's.
        VersionMismatch: its version is none of `versions`.
        TooLarge: the new content is over 1 MiB of JSON.
    """
    while True:
        item = await _writable(uow, item_id, user_id, versions)
        content = edit(item.content)
        after = content.canonical()
        if after == item.content.canonical():
            return item
        check_size(after)
        changed = await _change_if_still(uow, item, content, clock.now())
        if changed is not None:
            return changed


async def delete(
    uow: UnitOfWork, item_id: UUID, user_id: UUID, *, versions: Set[int] | None
) -> None:
    """Delete an item of which nothing runs; its ended executions stay, without an item.

    Args:
        versions: the only versions that may be deleted; None for any.

    Raises:
        NotFound: there is none that the user may see.
        Forbidden: it is public, and someone else's.
        VersionMismatch: its version is none of `versions`.
        StillLive: an execution of it has not ended.
    """
    while True:
        item = await _writable(uow, item_id, user_id, versions, lock=True)
        if await _delete_if_still(uow, item):
            return
        if (await uow.session.execute(select(_has_live(item_id)))).scalar_one():
            raise StillLive("executions of this item have not ended; cancel them first")


async def _writable(
    uow: UnitOfWork,
    item_id: UUID,
    user_id: UUID,
    versions: Set[int] | None,
    *,
    lock: bool = False,
) -> StoredItem:
    item = await find(uow, item_id, lock=lock)
    if item is None or (item.owner_id != user_id and item.visibility != "public"):
        raise not_found(item_id)
    if item.owner_id != user_id:
        raise Forbidden("this item is someone else's")
    if versions is not None and item.version not in versions:
        raise VersionMismatch(f"the item is at version {item.version} by now")
    return item


async def _change_if_still(
    uow: UnitOfWork, item: StoredItem, content: ItemContent, now: datetime
) -> StoredItem | None:
    """Return the item after its change, or None if someone else changed it since it was read."""
    statement = (
        update(Item)
        .where(Item.id == item.id, Item.version == item.version)
        .values(**columns_of(content), version=item.version + 1, updated_at=now)
        .returning(*COLUMNS)
        .execution_options(synchronize_session=False)
    )
    row = (await uow.session.execute(statement)).first()
    return None if row is None else StoredItem(*row)


async def _delete_if_still(uow: UnitOfWork, item: StoredItem) -> bool:
    """Tell whether the item was deleted, as it was read and with nothing live.

    Where rows are locked, the lock on this one (see `_writable`) keeps new executions of it out: they
    need it for their foreign key. On SQLite this one statement sees and deletes under one lock.
    """
    statement = (
        delete_from(Item)
        .where(Item.id == item.id, Item.version == item.version, ~_has_live(item.id))
        .returning(Item.id)
        .execution_options(synchronize_session=False)
    )
    return (await uow.session.execute(statement)).first() is not None


def _has_live(item_id: UUID) -> ColumnElement[bool]:
    return exists().where(Execution.item_id == item_id, Execution.state.in_(_LIVE))
