"""Law 4: a JSON column changed in place, at any depth, is saved, or the commit fails loudly.

SQLAlchemy sees what is assigned to an attribute, not what happens inside its value. The session here
remembers a digest (`json_rows`) of each JSON value that it has loaded or written, and before each
flush, autoflush, savepoint and commit calls `flag_modified` where the value's digest is another.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Mapper, Session, SessionTransaction

# The only way to the mappers that were configured before this module was imported. It is private, but
# its going away would stop the import, not the tracking.
from sqlalchemy.orm.mapper import _all_registries

from runcast.database.json_rows import (
    Row,
    find_columns,
    flag_changes,
    forget,
    has_loaded,
    remember,
)


class JsonTrackingSession(Session):
    """The session class behind every AsyncSession of Runcast.

    Rows of classes without a JSON column cost nothing. The others are held from the moment that such
    a column is loaded until they are expired, expunged or deleted or the session is closed: who
    streams more rows than fit into memory expunges them on the way, or selects columns.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        # SQLAlchemy holds clean rows weakly: in `(await s.get(Item, i)).meta["a"] = 1` the row, and
        # the change with it, would be gone before the commit.
        self.kept_rows: dict[Row, object] = {}
        super().__init__(*args, **options)

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Flush, with what was changed in place. Autoflush and savepoints come by here too.

        An override, because a session that looks clean never fires `before_flush`.
        """
        _flag_kept_rows(self)
        super().flush(objects)

    def rollback(self) -> None:
        """Roll back, and bring back what was changed in place before a transaction was begun.

        An assignment begins one, a change in place does not; without one a rollback does nothing.
        """
        if not self.in_transaction():
            _flag_kept_rows(self)
        super().rollback()


def _flag_kept_rows(session: JsonTrackingSession) -> None:
    for row in tuple(session.kept_rows):
        flag_changes(row)


def _flag_what_the_flush_changed(session: JsonTrackingSession, _context: object) -> None:
    """Flag what listeners or other tasks changed while the flush ran; a commit then flushes again.

    Values that are always in doubt were written just now, and there would be no end.
    """
    for row in tuple(session.kept_rows):
        flag_changes(row, in_doubt=False)


def _flag_what_the_savepoint_undoes(session: JsonTrackingSession) -> None:
    # Rolling back to a savepoint expires only the rows that were modified since.
    if session.in_nested_transaction():
        _flag_kept_rows(session)


def _keep(row: Row) -> None:
    session, instance = row.session, row.object
    if isinstance(session, JsonTrackingSession) and instance is not None and has_loaded(row):
        session.kept_rows[row] = instance


def _on_load(row: Row, _context: object) -> None:
    _on_refresh(row, _context, None)


def _on_refresh(row: Row, _context: object, keys: Collection[str] | None) -> None:
    if isinstance(row.session, JsonTrackingSession):
        remember(row, keys)
        _keep(row)


def _on_expire(row: Row, keys: Collection[str] | None) -> None:
    forget(row, keys)
    if isinstance(row.session, JsonTrackingSession) and not has_loaded(row):
        row.session.kept_rows.pop(row, None)


def _on_insert(_mapper: object, _connection: object, row: Row) -> None:
    # Before the statement, not after it: what changes the value meanwhile is seen as a change.
    _on_refresh(row, None, None)


def _on_update(_mapper: object, _connection: object, row: Row) -> None:
    # What the row's own listeners changed just now can still go into the same statement.
    if isinstance(row.session, JsonTrackingSession):
        flag_changes(row)
        _keep(row)


def _on_attach(_session: JsonTrackingSession, row: Row) -> None:
    _keep(row)


def _on_detach(session: JsonTrackingSession, row: Row) -> None:
    session.kept_rows.pop(row, None)


def _on_end(session: JsonTrackingSession, transaction: SessionTransaction) -> None:
    # Until here a rollback may bring a deleted row back as it was.
    if transaction.parent is None:
        for row in [row for row in session.kept_rows if row.was_deleted]:
            del session.kept_rows[row]


_ROW_LISTENERS: dict[str, Callable[..., None]] = {
    "load": _on_load,
    "refresh": _on_refresh,
    "refresh_flush": _on_refresh,
    "expire": _on_expire,
    "before_insert": _on_insert,
    "before_update": _on_update,
}


def _watch(mapper: Mapper[Any], _class: type | None = None) -> None:
    if find_columns(mapper):
        for name, listener in _ROW_LISTENERS.items():
            event.listen(mapper, name, listener, raw=True)


def _watch_configured_mappers() -> None:
    for registry in _all_registries():
        for mapper in registry.mappers:
            if mapper.configured:
                _watch(mapper)


event.listen(Mapper, "mapper_configured", _watch)
_watch_configured_mappers()

event.listen(JsonTrackingSession, "before_commit", _flag_kept_rows)
event.listen(JsonTrackingSession, "after_flush_postexec", _flag_what_the_flush_changed)
event.listen(JsonTrackingSession, "after_rollback", _flag_what_the_savepoint_undoes)
event.listen(JsonTrackingSession, "after_transaction_end", _on_end)
event.listen(JsonTrackingSession, "detached_to_persistent", _on_attach, raw=True)
for _departure in (
    "persistent_to_detached",
    "deleted_to_detached",
    "pending_to_transient",
    "persistent_to_transient",
):
    event.listen(JsonTrackingSession, _departure, _on_detach, raw=True)
