"""Changes and deletions of an item: each compares the version that it read, and loses no other's."""

from collections.abc import Callable, Set
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy import delete as delete_from

from runcast.database import UnitOfWork
from runcast.errors import Forbidden, StillLive, VersionMismatch
from runcast.lifecycle import State
from runcast.models import Execution, Item
from runcast.services import acting
from runcast.services.audit import Actor, Audit
from runcast.services.items import (
    COLUMNS,
    ItemContent,
    StoredItem,
    check_size,
    columns_of,
    find,
    note_visibility,
)
from runcast.services.permissions import Right, Standing
from runcast.services.principals import Client, Principal

_LIVE = tuple(state.value for state in State if not state.final)


async def change(
    uow: UnitOfWork,
    item_id: UUID,
    principal: Principal,
    edit: Callable[[ItemContent], ItemContent],
    *,
    versions: Set[int] | None,
    audit: Audit,
    client: Client,
) -> StoredItem:
    """Return the item after an edit; one that changes nothing leaves version and time as they are.

    Losing a race against another change reads and edits again, so that neither is lost.

    Args:
        edit: from the content as it is to the content as it shall be; may be called several times,
            and what it raises is raised.
        versions: the only versions that may be changed; None for any.

    Raises:
        NotFound: there is none that the principal may see.
        Forbidden: they may see it, and not change it, or not who sees it.
        VersionMismatch: its version is none of `versions`.
        TooLarge: the new content is over 1 MiB of JSON.
        InvalidToken: it is others' to see, and the credential has ended meanwhile.
    """
    while True:
        item, standing = await find(uow, item_id, principal, Right.WRITE)
        _check_version(item, versions)
        content = edit(item.content)
        after = content.canonical()
        if after == item.content.canonical():
            return item
        check_size(after)
        _check_publishing(item, content, standing)
        if item.team_id is not None or content.visibility == "public":
            await acting.hold(uow, principal)
        changed = await _change_if_still(uow, item, content, audit.clock.now())
        if changed is not None and changed.visibility != item.visibility:
            await note_visibility(uow, audit, changed, Actor(client, principal))
        if changed is not None:
            return changed


async def delete(
    uow: UnitOfWork, item_id: UUID, principal: Principal, *, versions: Set[int] | None
) -> None:
    """Delete an item of which nothing runs; its ended executions stay, without an item.

    Args:
        versions: the only versions that may be deleted; None for any.

    Raises:
        NotFound: there is none that the principal may see.
        Forbidden: they may see it, and not delete it.
        VersionMismatch: its version is none of `versions`.
        StillLive: an execution of it has not ended.
        InvalidToken: it is a team's, and the credential has ended meanwhile.
    """
    found, _ = await find(uow, item_id, principal, Right.DELETE)
    if found.team_id is not None:
        await acting.hold(uow, principal)
    while True:
        item, _ = await find(uow, item_id, principal, Right.DELETE, lock=True)
        _check_version(item, versions)
        if await _delete_if_still(uow, item):
            return
        if (await uow.session.execute(select(_has_live(item_id)))).scalar_one():
            raise StillLive("executions of this item have not ended; cancel them first")


def _check_version(item: StoredItem, versions: Set[int] | None) -> None:
    if versions is not None and item.version not in versions:
        raise VersionMismatch(f"the item is at version {item.version} by now")


def _check_publishing(item: StoredItem, content: ItemContent, standing: Standing) -> None:
    if content.visibility != item.visibility and not standing.may(Right.PUBLISH):
        raise Forbidden("you may change this item, and not who sees it")


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

    Where rows are locked, the lock on this one (see `delete`) keeps new executions of it out: they
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
